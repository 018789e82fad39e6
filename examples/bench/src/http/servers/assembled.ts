/**
 * popug's server as a deployment puts it together. In memory with as much switched on as the variant names, one after
 * another, over the Map of the other servers or over the core; or over the core on Postgres.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import {
  Actor,
  Company,
  Consumers,
  CreationLimit,
  EventBus,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  TaskNotFound,
  Tasks,
  UserId,
  Users
} from "@popug/core"
import { Authentication, Bell, DevLogin, Drain, NodeServer, PopugHttp } from "@popug/http/server"
import { Memory } from "@popug/memory"
import { Postgres } from "@popug/postgres"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { draft, held, idOf, makeStore } from "../tasks.ts"
import { host, type Start } from "./server.ts"
import { type Variant, variants } from "./variants.ts"

/** Who sends every request: an admin. */
const boss = UserId.make("boss")
/** Who the tasks fall on. */
const workers = 1_000

/** The Map of the other servers behind popug's handlers. */
const inMap = Layer.effect(
  Tasks,
  Effect.map(Tasks, (tasks) => {
    const store = makeStore()
    return Tasks.of({
      ...tasks,
      get: (_, id) => {
        const task = store.get(id)
        return task === undefined ? Effect.fail(new TaskNotFound({ id })) : Effect.succeed(task as never)
      },
      list: (_, __, { limit = 100 } = {}) => {
        const { data, hasMore } = store.list(limit)
        return Effect.succeed({ rows: data as never, last: null, more: hasMore })
      },
      create: (_, [task]) => Effect.succeed({ answer: [store.create(task!)] as never, number: 0 })
    })
  })
)

/** A login that asks nobody: what verifying a token costs is seen without it. */
const everybodyIsBoss = Layer.mergeAll(
  Layer.succeed(Authentication, { verify: () => Effect.succeed(boss) }),
  Layer.succeed(DevLogin.DevTokens, {
    issue: () => Effect.succeed({ token: "none", expiresAt: DateTime.makeUnsafe("2100-01-01T00:00:00Z") })
  })
)

/** Postgres where there is a URL; each server has a schema of its own there. */
const ports = () => {
  const url = process.env["BENCH_DATABASE_URL"]
  return url === undefined
    ? Memory.layer
    : Postgres.layer({ url: Redacted.make(url), ssl: false, schema: `bench_${process.pid}`, migrate: true })
}

/** Nobody hears of what was committed: whoever follows does so when told. */
const silence = Layer.merge(
  Layer.effect(
    EventBus,
    Effect.map(EventBus, (bus) => EventBus.of({ ...bus, publish: () => Effect.void }))
  ),
  Layer.succeed(PollInterval, null)
)

/** A company with everything that follows its tasks: what a server runs. */
const company = () =>
  Popug.layer.pipe(
    Layer.provide(Layer.succeed(Notifier, { send: (notices) => Effect.succeed(notices.map(() => null)) })),
    Layer.provide(Layer.succeed(CreationLimit, () => null)),
    Layer.provideMerge(process.env["BENCH_UNFOLLOWED"] === undefined ? Bell.layerBus : silence),
    Layer.provideMerge(ports()),
    Layer.provideMerge(Layer.mergeAll(Company.layer({ secret: "bench" }), Ids.layer, Bell.layer))
  )

/** Popugs, and the tasks that are read. */
const fill = Effect.gen(function* () {
  const users = yield* Users
  const popugs = Array.from({ length: workers }, (_, index) => {
    const id = `p${String(index).padStart(6, "0")}`
    return { id, name: id, roles: ["worker"] }
  })
  yield* users.create(Actor.system, [{ id: boss, name: "Boss", roles: ["admin"] }, ...popugs])
  const consumers = yield* Consumers
  yield* consumers.settle
  const tasks = Array.from({ length: held }, (_, index) => ({ ...draft(index), id: idOf(index) }))
  yield* (yield* Tasks).create(Actor.system, tasks)
  yield* consumers.settle
})

const server = (variant: Variant) => {
  const has = (step: Variant) => variants.indexOf(step) <= variants.indexOf(variant)
  const most = has("rate limit") ? 1_000_000_000 : null
  const options: PopugHttp.Options = {
    // All streams of the bench are of one user at one address.
    feed: { perUser: 10_000, perAddress: 10_000, total: 10_000 },
    limits: { perUser: most, perAddress: most },
    compression: has("compression")
  }
  const routes = PopugHttp.layer(options)
  const node = NodeServer.make()
  return HttpRouter.serve(has("core") ? routes : routes.pipe(Layer.provide(inMap)), {
    disableLogger: true,
    disableListenLog: true
  }).pipe(
    Layer.provideMerge(NodeHttpServer.layer(() => node.server, { port: 0, host })),
    Layer.provideMerge(Drain.layer),
    Layer.provideMerge(has("JWT") ? DevLogin.layer : everybodyIsBoss),
    Layer.provideMerge(company()),
    // The development login says aloud that it is on.
    Layer.provide(Logger.layer([]))
  )
}

export const start: Start = async (variant) => {
  const runtime = ManagedRuntime.make(server(variant as Variant))
  const { address } = await runtime.runPromise(HttpServer.HttpServer)
  if (!("port" in address)) throw new Error("not listening on a port")
  await runtime.runPromise(fill)
  const { token } = await runtime.runPromise(Effect.flatMap(DevLogin.DevTokens, ({ issue }) => issue(boss)))
  return { port: address.port, headers: { authorization: `Bearer ${token}` } }
}
