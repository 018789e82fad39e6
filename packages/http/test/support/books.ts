/**
 * A company in memory behind a socket, for the tests of what is read from its books: settled by hand, on the test
 * clock. Whoever knows a user's id acts as them: how callers prove who they are is tested elsewhere.
 */
import * as Http from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import {
  Actor,
  Assignment,
  Company,
  Consumers,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  Pricing,
  Tasks,
  Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Api } from "../../src/api/Api.ts"
import { Billing } from "../../src/api/Billing.ts"
import {
  Authorization,
  CommandKey,
  CurrentActor,
  Idempotency,
  RateLimit,
  Validation
} from "../../src/api/middleware.ts"
import { Operations } from "../../src/api/Operations.ts"
import * as Problem from "../../src/api/Problem.ts"
import { Reports } from "../../src/api/Reports.ts"
import * as Contract from "../../src/server/contract/Contract.ts"
import * as ValidationLayer from "../../src/server/guard/Validation.ts"
import * as BillingHandlers from "../../src/server/handlers/BillingHandlers.ts"
import * as OperationsHandlers from "../../src/server/handlers/OperationsHandlers.ts"
import * as ReportsHandlers from "../../src/server/handlers/ReportsHandlers.ts"

/** The parts of the contract that these tests are about. */
class Part extends HttpApi.make("popug")
  .add(Billing)
  .add(Reports)
  .add(Operations)
  .middleware(Validation)
  .annotateMerge(Api.annotations) {}

const authorization = Layer.succeed(Authorization, {
  bearer: (effect, { credential }) => {
    const id = Redacted.value(credential)
    return id === ""
      ? Effect.fail(new Problem.Unauthenticated({ detail: "no token" }))
      : Effect.provideService(effect, CurrentActor, Actor.user(id))
  }
})

const idempotency = Layer.succeed(Idempotency, (effect) =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) => {
    const commandId = headers["idempotency-key"]
    return Effect.provideService(effect, CommandKey, commandId === undefined ? {} : { commandId })
  })
)

const middleware = Layer.mergeAll(
  authorization,
  idempotency,
  Layer.succeed(RateLimit, (effect) => effect),
  ValidationLayer.layer
)

const server = HttpRouter.serve(
  Contract.layer(Part).pipe(
    Layer.provide([BillingHandlers.layer, ReportsHandlers.layer, OperationsHandlers.layer]),
    Layer.provide(middleware)
  ),
  { disableLogger: true, disableListenLog: true }
)

/** Noon of a Monday in UTC. */
const monday = DateTime.makeUnsafe("2026-11-23T12:00:00Z").epochMilliseconds
const day = 86_400_000

/** Moves the clock to a number of days after Monday noon. */
export const toDay = (days: number) => TestClock.setTime(monday + days * day)

/** 10.00 to take a task, 30.00 for doing it; 40.00 for the one called `gold`. */
const prices = Layer.succeed(Pricing.Pricing, ({ task }) => ({ fee: 1000n, award: task.id === "gold" ? 4000n : 3000n }))

/** Tasks fall on the candidate that their ids begin with, or on the first. */
const namedAssignee = Layer.succeed(
  Assignment.ChooseAssignee,
  ({ candidates, task }) => candidates.findLast((id) => task.id.startsWith(id)) ?? candidates[0]!
)

/** A company of its own behind a free port, opened on that Monday. */
export const layer = (
  options: Partial<Parameters<typeof Company.layer>[0]> = {},
  ports: typeof Memory.layer = Memory.layer,
  notifier: Layer.Layer<Notifier> = Notifier.layerLog
) =>
  server.pipe(
    Layer.provideMerge(NodeHttpServer.layer(() => Http.createServer(), { host: "127.0.0.1", port: 0 })),
    Layer.provideMerge(Popug.layer),
    Layer.provideMerge(ports),
    Layer.provideMerge(Company.layer({ secret: "tests", ...options })),
    Layer.provide([notifier, Layer.succeed(PollInterval, null), prices, namedAssignee]),
    Layer.provideMerge(Ids.layer),
    Layer.provide(Layer.effectDiscard(toDay(0)))
  )

/** Waits until all consumers have applied everything. */
export const settle = Effect.flatMap(Consumers, (consumers) => consumers.settle)

/** An admin, a manager, an accountant and two workers; one has a name that a spreadsheet would run. */
export const staff = Effect.gen(function* () {
  const users = yield* Users
  yield* users.create(Actor.system, [
    { id: "ann", name: "Ann", roles: ["admin"] },
    { id: "max", name: "Max", roles: ["manager"] },
    { id: "acc", name: "Acc", roles: ["accountant", "manager"] },
    { id: "olga", name: "Olga", roles: ["worker"] },
    { id: "will", name: '=Will, "the 2nd"', roles: ["worker"] }
  ])
  yield* settle
})

/** Creates tasks by id and title. */
export const create = Effect.fnUntraced(function* (tasks: Readonly<Record<string, string>>) {
  yield* (yield* Tasks).create(
    Actor.system,
    Object.entries(tasks).map(([id, title]) => ({ id, title }))
  )
  yield* settle
})

export const complete = Effect.fnUntraced(function* (id: string) {
  yield* (yield* Tasks).complete(Actor.system, id)
  yield* settle
})

/** Ends the days that are over, and has them closed. */
export const endDays = Effect.gen(function* () {
  yield* (yield* Tasks).endRegistration(Actor.system)
  yield* settle
})

/**
 * Monday: Olga takes a roof and a door and mends the roof, Will takes a wall. Tuesday: Will takes gold and brings it.
 * Wednesday noon, both days closed, Olga has taken a lamp.
 */
export const twoDays = Effect.gen(function* () {
  yield* staff
  yield* create({ roof: "Mend the roof", door: '=cmd|" /C calc"!A1', "will.wall": "Build, then paint" })
  yield* complete("roof")
  yield* toDay(1)
  yield* endDays
  yield* create({ gold: "Bring the gold" })
  yield* complete("gold")
  yield* toDay(2)
  yield* endDays
  yield* create({ lamp: "@home: hang the lamp" })
})

/** What came over the wire is compared whole, not trusted to be of a type. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any

/** An answer as it came over the socket. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined when it is something else. */
  readonly body: Json
}

/** Asks as a user; `as: null` without a token. */
export const call = Effect.fnUntraced(function* (
  as: string | null,
  path: string,
  init: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: unknown } = {}
) {
  const { address } = yield* HttpServer.HttpServer
  const url = `${HttpServer.formatAddress(address)}${path}`
  return yield* Effect.promise(async (): Promise<Answer> => {
    const response = await fetch(url, {
      method: init.method ?? "GET",
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${as}` }),
        ...(init.body === undefined ? {} : { "content-type": "application/json" }),
        ...init.headers
      },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) })
    })
    const text = await response.text()
    const isJson = /json/u.test(response.headers.get("content-type") ?? "")
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined }
  })
})

/** An amount on the wire. */
export const usd = (amount: number) => ({ amount: String(amount), currency: "USD" })
