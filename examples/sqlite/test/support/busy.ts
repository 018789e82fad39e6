/** Works on a company in a file until it is killed, and says the ids of tasks once their creation was answered. */
import { writeSync } from "node:fs"
import { Actor, Consumers, Tasks, TaskStore, Users } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { companyIn } from "./company.ts"

const [file = "", run = ""] = process.argv.slice(2)

const work = Effect.gen(function* () {
  const [users, tasks] = [yield* Users, yield* Tasks]
  const { settle } = yield* Consumers
  yield* TestClock.setTime(DateTime.toEpochMillis((yield* (yield* TaskStore).head).at))
  const workers = ["anna", "boris", "vera"].map((id) => ({ id, name: id, roles: ["worker"] }))
  yield* users.create(Actor.system, workers, { commandId: "workers" })
  yield* settle
  for (let batch = 1; ; batch++) {
    const given = Array.from({ length: 100 }, (_, index) => ({ id: `${run}-${batch}-${index}`, title: "A task" }))
    const { answer } = yield* tasks.create(Actor.system, given, { commandId: `create-${run}-${batch}` })
    writeSync(1, `${answer.map(({ id }) => id).join(" ")}\n`)
    yield* Effect.forEach(answer.slice(0, 10), ({ assignee, id }) => tasks.complete(Actor.user(assignee!), id))
    yield* TestClock.adjust("8 hours")
    yield* settle
  }
})

await work.pipe(Effect.provide(companyIn(file)), Effect.provide(TestClock.layer()), Effect.runPromise)
