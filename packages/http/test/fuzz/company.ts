/**
 * The server as it is deployed, over a company in memory that has lived for two days: everything that a request can
 * ask for is there. Time stands still, so that nothing but requests changes anything.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import {
  Actor,
  Billing,
  BillingStore,
  type Consumers,
  EventLog,
  Reports,
  Streams,
  Tasks,
  Users,
  type Page,
  type PageRequest
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { Bell } from "../../src/bell/Bell.ts"
import { Drain } from "../../src/server/platform/Drain.ts"
import * as NodeServer from "../../src/server/platform/NodeServer.ts"
import * as PopugHttp from "../../src/server/PopugHttp.ts"
import { layer as layerIssuer } from "../support/issuer.ts"
import { endDay, layerCompany, layerOidc, settle, toDay, type Options } from "../support/server.ts"

/** Who asks: every role, a deactivated user, and somebody whose good token names nobody here. */
export const staff = ["ann", "max", "acc", "olga", "will", "dora", "dead", "ghost"] as const

/** Tasks that are there from the start; `t-1` and `t-2` are done. */
export const tasks = ["t-1", "t-2", "t-3", "t-4", "t-5", "t-6"] as const

const history = Layer.effectDiscard(
  Effect.gen(function* () {
    const users = yield* Users
    const tasksOf = yield* Tasks
    const system = Actor.system
    yield* users.create(system, [
      { id: "acc", name: "Acc", roles: ["accountant"] },
      { id: "ann", name: "Ann", roles: ["admin"] },
      { id: "dead", name: "Dead", roles: ["worker"] },
      { id: "dora", name: "Dora", roles: ["designer"] },
      { id: "max", name: "Max", roles: ["manager"] },
      { id: "olga", name: "Olga", roles: ["worker"] },
      { id: "will", name: '=Will, "the 2nd"', roles: ["worker"] }
    ])
    yield* users.update(system, { id: "dead", status: "deactivated" })
    yield* settle
    const create = (ids: ReadonlyArray<string>) =>
      Effect.andThen(
        tasksOf.create(
          system,
          ids.map((id) => ({ id, title: `Task ${id}`, jiraId: "POPUG-1" }))
        ),
        settle
      )
    yield* create(["t-1", "t-2", "t-3"])
    yield* tasksOf.complete(system, "t-1")
    yield* toDay(1)
    yield* endDay
    yield* create(["t-4"])
    yield* tasksOf.complete(system, "t-2")
    yield* toDay(2)
    yield* endDay
    yield* create(["t-5", "t-6"])
    yield* (yield* Billing).correct(system, { transfer: 1, reason: "the wrong price" })
    yield* settle
  })
)

/** A server on a free port with all of its middleware, without limits on how often one may ask. */
export const layer = (options: Options = {}) =>
  Layer.unwrap(
    Effect.sync(() => {
      const node = NodeServer.make()
      // A stream that somebody left may still be open: time stands still, and nothing would end it.
      const hangUp = Layer.effectDiscard(Effect.addFinalizer(() => node.closeConnections))
      const routes = HttpRouter.serve(
        PopugHttp.layer({ limits: { perUser: null, perAddress: null }, timeLimit: null }).pipe(
          Layer.provide([Drain.layer, Bell.layer])
        ),
        { disableLogger: true, disableListenLog: true }
      )
      return hangUp.pipe(
        Layer.provideMerge(routes),
        Layer.provideMerge(NodeHttpServer.layer(() => node.server, { host: "127.0.0.1", port: 0 }))
      )
    })
  ).pipe(
    Layer.provideMerge(layerOidc),
    Layer.provideMerge(layerIssuer),
    Layer.provideMerge(history),
    Layer.provideMerge(layerCompany(options))
  )

export const port = Effect.map(HttpServer.HttpServer, ({ address }) => (address as { readonly port: number }).port)

const all = Effect.fnUntraced(function* <Row, E, Key extends string | number>(
  read: (paging: PageRequest<Key>) => Effect.Effect<Page<Row>, E>,
  key: (row: Row) => Key
) {
  const rows: Array<Row> = []
  for (let page = yield* read({ limit: 100 }); ;) {
    rows.push(...page.rows)
    if (!page.more) return rows
    page = yield* read({ limit: 100, after: key(page.rows.at(-1)!) })
  }
})

const sources = ["users", "tasks", "billing"] as const

/** All that a refused request must leave alone, as text: heads of the three logs, users, tasks, books, notices. */
export const state = Effect.gen(function* () {
  const log = yield* EventLog
  const users = yield* Users
  const tasksOf = yield* Tasks
  const billing = yield* BillingStore
  const reports = yield* Reports
  const system = Actor.system
  const heads: Array<unknown> = []
  for (const source of sources) {
    // Each event has the digest of the one before in it: the last one speaks for all.
    const number = yield* log.last(source)
    heads.push(number === 0 ? null : yield* log.read(source, number - 1, 1))
  }
  return text({
    heads,
    users: yield* all(
      (paging: PageRequest) => users.list(system, {}, paging),
      ({ id }): string => id
    ),
    tasks: yield* all(
      (paging: PageRequest) => tasksOf.list(system, {}, paging),
      ({ id }): string => id
    ),
    head: yield* billing.head,
    sums: yield* billing.sums,
    accounts: (yield* billing.accounts({}, { limit: 10_000 })).rows,
    streams: yield* (yield* Streams).status(system),
    notices: yield* all(
      (paging: PageRequest) => reports.notices(system, {}, paging),
      ({ notice }) => notice.id
    )
  })
})

export { settle } from "../support/server.ts"
export type Services = Layer.Success<ReturnType<typeof layer>> | Consumers

const text = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `${inner}n` : inner))
