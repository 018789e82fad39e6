import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { NewTask, newTaskAtOnce, taskIdAtOnce } from "../../src/tasks/commands.ts"
import { TaskId } from "../../src/values/Ids.ts"
import * as Input from "../../src/values/Input.ts"

const reader = <S extends Schema.Codec<unknown, unknown>>(schema: S) => {
  const decode = Schema.decodeUnknownResult(schema, { onExcessProperty: "error" })
  return (input: unknown) => Result.getOrUndefined(decode(input))
}

const odd = [
  undefined,
  null,
  true,
  0,
  8,
  "",
  "t1",
  "me",
  "System",
  "a b",
  "a\n",
  "x".repeat(65),
  [],
  ["t1"],
  {},
  { id: "t1" }
]

describe("what of a command is read at once", () => {
  it("is an id as the schema reads it, or left to the schema", () => {
    const read = reader(TaskId)
    for (const value of odd) expect(taskIdAtOnce(value)).toBe(read(value))
  })

  it("is a new task as the schema reads it, or left to the schema", () => {
    const read = reader(NewTask)
    const titles = [...odd, " x", "[A-1] x", "cafe\u0301", "caf\u00e9", "Mend the roof", "y".repeat(501)]
    let atOnce = 0
    for (const id of odd) {
      for (const title of titles) {
        for (const more of [{}, { jiraId: "A-1" }, { description: "x" }, { other: 1 }]) {
          const input = { id, title, ...more }
          const task = newTaskAtOnce(input)
          if (task === undefined) continue
          atOnce += 1
          expect(task).toEqual(read(input))
          expect(task).not.toBe(input)
        }
      }
    }
    expect(atOnce).toBeGreaterThan(0)
    for (const value of odd) expect(newTaskAtOnce(value)).toBe(undefined)
  })

  it("is a list of its own, or left to the schema as a whole", () => {
    const read = Input.listAtOnce(taskIdAtOnce)
    const ids = ["t1", "t2"]
    expect(read(ids)).toEqual(ids)
    expect(read(ids)).not.toBe(ids)
    expect(read(["t1", "me"])).toBe(undefined)
    expect(read("t1")).toBe(undefined)
    expect(read([])).toEqual([])
  })
})
