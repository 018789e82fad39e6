import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, rmSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Actor, Consumers, TaskId, TaskStore, Verification } from "@popug/core"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { companyIn } from "./support/company.ts"
import { newFile } from "./support/stores.ts"

const program = fileURLToPath(new URL("support/busy.ts", import.meta.url))

/** In popug's repository the packages are their sources. */
const conditions = existsSync(new URL("../../../packages", import.meta.url)) ? ["--conditions=@popug/source"] : []

/** Lets a process work on a file, and kills it once so many of its commands were answered. Returns their tasks. */
const killed = async (file: string, run: string, after: number) => {
  const child = spawn(process.execPath, [...conditions, program, file, run])
  const ended = once(child, "close")
  const tasks: Array<string> = []
  let answers = 0
  for await (const line of createInterface(child.stdout)) {
    tasks.push(...line.split(" "))
    if (++answers === after) child.kill("SIGKILL")
  }
  await ended
  expect(answers).toBeGreaterThanOrEqual(after)
  return tasks
}

it("has all that was answered, once and in balance, after its process was killed in the middle", async () => {
  const file = newFile()
  try {
    const answered = [...(await killed(file, "first", 3)), ...(await killed(file, "second", 5))]
    const after = Effect.gen(function* () {
      yield* (yield* Consumers).settle
      const found = yield* (yield* TaskStore).get(answered.map((id) => TaskId.make(id)))
      return { found, verdict: yield* (yield* Verification).run(Actor.system) }
    })
    const { found, verdict } = await Effect.runPromise(Effect.provide(after, companyIn(file)))
    expect(found.map(({ id }) => id).sort()).toEqual(answered.sort())
    expect(verdict.difference).toBeNull()
    expect(verdict.transfers).toBeGreaterThan(answered.length)
  } finally {
    rmSync(join(file, ".."), { recursive: true, force: true })
  }
})
