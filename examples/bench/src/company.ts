/**
 * A company in memory for the benchmarks: one admin who acts, popugs who get the tasks, settled by hand.
 */
import {
  Actor,
  Company,
  Consumers,
  CreationLimit,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  type TaskId,
  Tasks,
  Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as TestClock from "effect/testing/TestClock"
import { BaseCompany } from "./baseline.ts"

const secret = "bench"
const start = DateTime.makeUnsafe("2026-11-23T09:00:00Z").epochMilliseconds
const day = 86_400_000

const popugs = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `p${String(index).padStart(6, "0")}`)

export interface BenchTask {
  readonly id: TaskId
  readonly title: string
}

export const newTasks = (count: number, from = 0): ReadonlyArray<BenchTask> =>
  Array.from({ length: count }, (_, index) => ({
    id: `t${String(from + index).padStart(8, "0")}` as TaskId,
    title: `Task number ${from + index}`
  }))

export const chunks = <A>(values: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, index) => values.slice(index * size, (index + 1) * size))

const layer = Popug.layer.pipe(
  Layer.provideMerge(Memory.layer),
  Layer.provideMerge(Company.layer({ secret })),
  Layer.provide([
    Ids.layer,
    Notifier.layerLog,
    Layer.succeed(PollInterval, null),
    Layer.succeed(CreationLimit, () => null)
  ]),
  Layer.provideMerge(Layer.effectDiscard(TestClock.setTime(start))),
  Layer.provideMerge(TestClock.layer({ warningDelay: "1 hour" }))
)

const admin = Actor.user("admin")

/** Opens a company of some popugs; its acts are promises, so that the clock on the wall sees all of them. */
export const open = async (count: number) => {
  const runtime = ManagedRuntime.make(layer)
  const run = runtime.runPromise
  await run(
    Effect.gen(function* () {
      const users = yield* Users
      yield* users.create(Actor.system, [{ id: "admin", name: "Admin", roles: ["admin"] }])
      yield* users.create(
        admin,
        popugs(count).map((id) => ({ id, name: id, roles: ["worker"] }))
      )
      yield* (yield* Consumers).settle
    })
  )
  return {
    create: (tasks: ReadonlyArray<BenchTask>) => run(Effect.flatMap(Tasks, (service) => service.create(admin, tasks))),
    done: (ids: ReadonlyArray<string>) => run(Effect.flatMap(Tasks, (service) => service.completeMany(admin, ids))),
    shuffle: () => run(Effect.flatMap(Tasks, (service) => Effect.asVoid(service.shuffle(admin)))),
    settle: () => run(Effect.flatMap(Consumers, (consumers) => consumers.settle)),
    /** Ends the day and closes it. */
    close: (days: number) =>
      run(
        Effect.gen(function* () {
          yield* TestClock.setTime(start + days * day)
          yield* (yield* Tasks).endRegistration(Actor.system)
          yield* (yield* Consumers).settle
        })
      ),
    run,
    dispose: () => runtime.dispose()
  }
}

export const openBaseline = (count: number) => new BaseCompany(secret, popugs(count))
