/**
 * A host of many companies on the benchmarks' Postgres, in a schema of its own, with a clock that can be set ahead.
 */
import {
  Actor,
  type Books,
  Companies,
  Consumers,
  CreationLimit,
  Notifier,
  type TaskId,
  Tasks,
  Users
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { MovableClock } from "../postgres/company.ts"

let schemas = 0

const silent = Layer.succeed(Notifier, { send: (notices) => Effect.succeed(notices.map(() => null)) })

export interface HostOptions {
  /** How many connections the companies share; one more listens. */
  readonly connections: number
  /** The schema that the companies live in; default: a new one. */
  readonly schema?: string
  /** Whether this process does what is due of companies that nobody uses. */
  readonly works?: boolean
  readonly clock?: MovableClock
}

/** The ids of so many companies. */
export const idsOf = (count: number, prefix = "company"): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(6, "0")}`)

const newSchema = () => `companies_${(schemas += 1)}`

/** What companies of a process share: connections, and who listens. */
export const database = (url: string, schema: string, connections: number) =>
  Postgres.layerDatabase({
    url: Redacted.make(url),
    ssl: false,
    schema,
    migrate: true,
    clock: "effect",
    maxConnections: connections
  })

/** Starts a host. */
export const startHost = async (url: string, options: HostOptions) => {
  const { clock = new MovableClock(), connections, schema = newSchema(), works = false } = options
  const companies = Companies.layer({
    databases: { main: Postgres.layerHome },
    defaultDatabase: "main",
    notifier: () => silent
  })
  const runtime = ManagedRuntime.make(
    (works ? Companies.layerWork().pipe(Layer.provideMerge(companies)) : companies).pipe(
      Layer.provide([Postgres.layerDirectory, Postgres.layerSecrets(Redacted.make("bench")), Postgres.layerDigest]),
      Layer.provideMerge(database(url, schema, connections)),
      Layer.provideMerge(
        Layer.mergeAll(
          Layer.succeed(CreationLimit, () => null),
          clock.layer
        )
      )
    )
  )
  const host = await runtime.runPromise(Companies)
  /** Uses a company for a moment; the host keeps it for a while. */
  const use = <A, E>(id: string, body: Effect.Effect<A, E, Users | Tasks | Books | Consumers>) =>
    Effect.scoped(Effect.flatMap(host.get(id), (services) => Effect.provideContext(body, services)))
  return { schema, clock, host, use, run: runtime.runPromise, close: () => runtime.dispose() }
}
export type Host = Awaited<ReturnType<typeof startHost>>

const popugs = Array.from({ length: 10 }, (_, index) => ({
  id: `popug-${index}`,
  name: `Popug ${index}`,
  roles: ["worker"]
}))

/** Ten popugs for a company, which all contexts know. */
export const hire = Effect.gen(function* () {
  yield* (yield* Users).create(Actor.system, popugs)
  yield* (yield* Consumers).settle
})

/** A day's work of ten popugs: twenty tasks, half of them done, all booked. */
export const workOfADay = Effect.gen(function* () {
  const tasks = yield* Tasks
  const { answer } = yield* tasks.create(
    Actor.system,
    Array.from({ length: 20 }, (_, index) => ({ title: `Task number ${index}` }))
  )
  const ids: ReadonlyArray<TaskId> = answer.map(({ id }) => id)
  yield* tasks.completeMany(Actor.system, ids.slice(0, 10))
  yield* (yield* Consumers).settle
})

/** The services of companies, which stay in use as long as the scope is open. */
export const allOf = (host: Host["host"], ids: ReadonlyArray<string>, concurrency: number) =>
  Effect.forEach(ids, (id) => host.get(id), { concurrency })

/** Creates one task. */
export const createOne = (services: Context.Context<Tasks>, title: string) =>
  Context.get(services, Tasks).create(Actor.system, [{ title }])
