import { BusinessDay, NewTask, NewUser } from "@popug/core"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { expect, it } from "vitest"
import { newTask, newUser, period, taskId, userId } from "../../src/arbitraries/index.ts"

const accepts = (schema: Schema.Codec<unknown, unknown>) => {
  const decode = Schema.decodeUnknownResult(schema)
  return (value: unknown): void => {
    expect(decode(value)._tag, JSON.stringify(value)).toBe("Success")
  }
}

it("arbitrary users are users that can be created", () => {
  fc.assert(fc.property(newUser, userId, (user, id) => accepts(NewUser)({ ...user, id })))
})

it("arbitrary tasks are tasks that can be created", () => {
  fc.assert(fc.property(newTask, taskId, (task, id) => accepts(NewTask)({ ...task, id })))
})

it("arbitrary periods are dates that exist", () => {
  fc.assert(fc.property(period, accepts(BusinessDay.Period)))
})
