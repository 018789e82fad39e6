/**
 * A company on the benchmarks' Postgres, in a schema of its own, with a clock that can be set ahead. Its consumers run
 * when they are told to.
 */
import {
  Actor,
  Billing,
  Books,
  Company,
  Consumers,
  CreationLimit,
  EventLog,
  Ids,
  layerDirectory,
  Notifier,
  PollInterval,
  Popug,
  Reports,
  type TaskId,
  Tasks,
  Users
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import type { Meter } from "./Meter.ts"

const day = 86_400_000
let schemas = 0

/** A clock that can be set ahead; sleeping is real. */
export class MovableClock {
  ahead = 0
  readonly layer: Layer.Layer<never>

  constructor() {
    const live = Clock.Clock.defaultValue()
    const millis = () => live.currentTimeMillisUnsafe() + this.ahead
    this.layer = Layer.succeed(Clock.Clock, {
      currentTimeMillisUnsafe: millis,
      currentTimeMillis: Effect.sync(millis),
      currentTimeNanosUnsafe: () => BigInt(millis()) * 1_000_000n,
      currentTimeNanos: Effect.sync(() => BigInt(millis()) * 1_000_000n),
      monotonicTimeNanosUnsafe: () => live.monotonicTimeNanosUnsafe(),
      monotonicTimeNanos: live.monotonicTimeNanos,
      sleep: (duration) => live.sleep(duration)
    })
  }
}

/** Users and tasks alone: nobody follows the tasks' events. */
const producers = Layer.mergeAll(Users.layer, Tasks.layer).pipe(
  Layer.provideMerge(Layer.mergeAll(Consumers.layer, layerDirectory))
)
/** Those who follow them. */
const followers = Layer.mergeAll(Billing.layer, Books.layer, Reports.layer.pipe(Layer.provide(Popug.layerPayouts)))

const silent = Layer.succeed(Notifier, { send: (notices) => Effect.succeed(notices.map(() => null)) })

/** The stores; with a meter, over a client that adds up what their statements cost. */
const stores = (url: string, schema: string, meter: Meter | undefined) => {
  const [client, options] = [
    { url: Redacted.make(url), ssl: false },
    { schema, migrate: true, clock: "effect" }
  ] as const
  return meter === undefined
    ? Postgres.layer({ ...client, ...options })
    : Postgres.layerOver(options).pipe(Layer.provideMerge(meter.layer), Layer.provide(Postgres.layerClient(client)))
}

const services = (url: string, schema: string, clock: MovableClock, meter: Meter | undefined) =>
  producers.pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        stores(url, schema, meter),
        Ids.layer,
        silent,
        Layer.succeed(PollInterval, null),
        Layer.succeed(CreationLimit, () => null)
      )
    ),
    Layer.provideMerge(Company.layer({ secret: "bench" })),
    Layer.provideMerge(clock.layer)
  )

export interface BenchTask {
  readonly id: TaskId
  readonly title: string
}

/** Tasks whose ids grow with time, as those of UUIDv7 do. */
export const newTasks = (count: number, from = 0): ReadonlyArray<BenchTask> =>
  Array.from({ length: count }, (_, index) => ({
    id: `t${String(from + index).padStart(9, "0")}` as TaskId,
    title: `Task number ${from + index}`
  }))

/** Opens a company of some popugs, which the tasks context knows; `ids` are theirs, `meter` adds up what rows cost. */
export const open = async (
  url: string,
  popugs: number,
  { ids, meter }: { readonly ids?: ReadonlyArray<string>; readonly meter?: Meter } = {}
) => {
  const schema = `bench_${(schemas += 1)}`
  const clock = new MovableClock()
  const runtime = ManagedRuntime.make(services(url, schema, clock, meter))
  const run = runtime.runPromise
  const workers = Array.from({ length: popugs }, (_, index) => {
    const id = ids?.[index] ?? `p${String(index).padStart(6, "0")}`
    return { id, name: `Popug ${index}`, roles: ["worker"] }
  })
  const tasks = await run(
    Effect.gen(function* () {
      yield* (yield* Users).create(Actor.system, workers)
      yield* (yield* Consumers).settle
      return yield* Tasks
    })
  )
  return {
    schema,
    /** The tasks' events above a number. */
    events: (after: number, limit: number) => run(Effect.flatMap(EventLog, (log) => log.read("tasks", after, limit))),
    /** Runs an effect, so that many callers can be many fibers. */
    run: <A, E>(effect: Effect.Effect<A, E>) => run(effect),
    create: (created: ReadonlyArray<BenchTask>) => Effect.asVoid(tasks.create(Actor.system, created)),
    done: (ids: ReadonlyArray<string>) => run(Effect.asVoid(tasks.completeMany(Actor.system, ids))),
    /** Gives how many tasks fell on somebody else. */
    shuffle: () => run(Effect.map(tasks.shuffle(Actor.system), ({ answer }) => answer.reassigned)),
    /** Sets the clock a day ahead and ends the one that is over. */
    endDay: () => {
      clock.ahead += day
      return run(Effect.asVoid(tasks.endRegistration(Actor.system)))
    },
    /** Has billing and the reports follow, until nothing moves, and uses the books then. */
    follow: (use: Effect.Effect<void, unknown, Books> = Effect.void) =>
      run(
        Effect.scoped(
          Effect.flatMap(Layer.build(Layer.fresh(followers)), (following) =>
            Effect.flatMap(Consumers, ({ settle }) => Effect.andThen(settle, Effect.provideContext(use, following)))
          )
        )
      ),
    close: () => runtime.dispose()
  }
}
