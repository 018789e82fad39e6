/**
 * A server on a free port over a company in memory, on the test clock: real tokens of a provider of its own, verified
 * as in production. Settled by hand.
 *
 * Whoever can act: ann (admin), max (manager), acc (accountant), will and olga (workers), dora (designer: a role that
 * no rule names), dead (a deactivated worker). It is Monday noon in UTC, 2026-11-23.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import {
  Actor,
  Assignment,
  Company,
  Consumers,
  type Digest,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  Pricing,
  Tasks,
  Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as Http from "node:http"
import { type Authorization, type Idempotency, type RateLimit as RateLimited } from "../../src/api/middleware.ts"
import type { Authentication } from "../../src/server/auth/Authentication.ts"
import { layer as layerAuthorization } from "../../src/server/auth/authorization.ts"
import * as Oidc from "../../src/server/auth/Oidc.ts"
import { layer as layerIdempotency } from "../../src/server/idempotency.ts"
import * as RateLimit from "../../src/server/rateLimit.ts"
import { audience, Issuer, layer as layerIssuer } from "./issuer.ts"
import * as ValidationLayer from "../../src/server/validation.ts"
import { Validation } from "../../src/api/middleware.ts"

/** Noon of a Monday in UTC. */
const monday = DateTime.makeUnsafe("2026-11-23T12:00:00Z").epochMilliseconds
const day = 86_400_000

/** Moves the clock of server and company to a number of days after Monday noon. */
export const toDay = (days: number) => TestClock.setTime(monday + days * day)

export interface RequestOptions {
  /** Whose good token to send. */
  readonly as?: string
  /** A token to send as it is. */
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined when it is none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it
  readonly json: any
}

export class TestServer extends Context.Service<
  TestServer,
  {
    /** `http://127.0.0.1:port` */
    readonly url: string
    readonly request: (method: string, path: string, options?: RequestOptions) => Effect.Effect<Answer>
  }
>()("@popug/http/test/TestServer") {}

const layerTestServer = Layer.effect(
  TestServer,
  Effect.gen(function* () {
    const issuer = yield* Issuer
    const url = yield* HttpServer.addressFormattedWith((address) => Effect.succeed(address))
    return {
      url,
      request: Effect.fnUntraced(function* (method, path, options = {}) {
        const token = options.as === undefined ? options.token : yield* issuer.token(options.as)
        const headers = {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(options.body === undefined ? {} : { "content-type": "application/json" }),
          ...options.headers
        }
        return yield* Effect.promise(async (signal) => {
          const response = await fetch(`${url}${path}`, {
            method,
            headers,
            signal,
            ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) })
          })
          const text = await response.text()
          return { status: response.status, headers: response.headers, text, json: parsed(text) }
        })
      })
    }
  })
)

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Sends a request to the server of the test. */
export const request = (method: string, path: string, options?: RequestOptions) =>
  Effect.flatMap(TestServer, (server) => server.request(method, path, options))

/** A price that tests can reckon with: 10.00 to take a task, 30.00 for doing it. */
const flatPrices = Layer.succeed(Pricing.Pricing, () => ({ fee: 1000n, award: 3000n }))

/** Everything falls on the first candidate by id, Dora before Olga before Will. */
const firstCandidate = Layer.succeed(Assignment.ChooseAssignee, ({ candidates }) => candidates[0]!)

/** A company without anybody. */
export const layerCompany = (
  options: Partial<Parameters<typeof Company.layer>[0]> = {},
  ports: typeof Memory.layer = Memory.layer
) =>
  Popug.layer.pipe(
    Layer.provideMerge(ports),
    Layer.provideMerge(Company.layer({ secret: "tests", ...options })),
    Layer.provideMerge(Ids.layer),
    Layer.provide([Notifier.layerLog, flatPrices, firstCandidate]),
    Layer.provide(Layer.succeed(PollInterval, null)),
    Layer.provide(Layer.effectDiscard(toDay(0)))
  )

/** Waits until all consumers have applied everything. */
export const settle = Effect.flatMap(Consumers, (consumers) => consumers.settle)

/** Ends the days that are over, and has them closed. */
export const endDay = Effect.gen(function* () {
  yield* (yield* Tasks).endRegistration(Actor.system)
  yield* settle
})

const staff = Layer.effectDiscard(
  Effect.gen(function* () {
    const users = yield* Users
    yield* users.create(Actor.system, [
      { id: "acc", name: "Acc", roles: ["accountant"] },
      { id: "ann", name: "Ann", roles: ["admin"] },
      { id: "dead", name: "Dead", roles: ["worker"] },
      { id: "dora", name: "Dora", roles: ["designer"] },
      { id: "max", name: "Max", roles: ["manager"] },
      { id: "olga", name: "Olga", roles: ["worker"] },
      { id: "will", name: "Will", roles: ["worker"] }
    ])
    yield* users.update(Actor.system, { id: "dead", status: "deactivated" })
    yield* settle
  })
)

/** Tokens of the test's own provider, as in production. */
export const layerOidc: Layer.Layer<Authentication, Oidc.OidcError, Issuer | Digest.Digest> = Layer.unwrap(
  Effect.map(Issuer, ({ jwksUri, url }) => Oidc.layer({ issuer: url, audience, jwksUri }))
)

/** What stands around the handlers; nobody is limited unless told. */
export const layerMiddleware = (
  limits: RateLimit.Options = { perUser: null, perAddress: null }
): Layer.Layer<
  Authorization | Idempotency | RateLimit.Limits | RateLimited | Validation,
  never,
  Authentication | Digest.Digest
> =>
  Layer.mergeAll(layerAuthorization, layerIdempotency).pipe(
    Layer.provideMerge(RateLimit.layer(limits)),
    Layer.merge(ValidationLayer.layer)
  )

/** Serves routes on a free port. */
export const serve = <R>(routes: Layer.Layer<never, never, R>) =>
  layerTestServer.pipe(
    Layer.provideMerge(HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })),
    Layer.provideMerge(NodeHttpServer.layer(() => Http.createServer(), { port: 0, host: "127.0.0.1" }))
  )

export interface Options {
  readonly company?: Partial<Parameters<typeof Company.layer>[0]>
  readonly ports?: typeof Memory.layer
  readonly limits?: RateLimit.Options
}

/** A server of some routes, with its company, staff and middleware, and a way to log in. */
export const layerWith = <R, Services>(
  authentication: Layer.Layer<Services | Authentication, Oidc.OidcError, Issuer | Digest.Digest>,
  routes: Layer.Layer<never, never, R>,
  options: Options = {}
) =>
  serve(routes).pipe(
    Layer.provideMerge(layerMiddleware(options.limits)),
    Layer.provideMerge(authentication),
    Layer.provideMerge(layerIssuer),
    Layer.provideMerge(staff),
    Layer.provideMerge(layerCompany(options.company, options.ports))
  )

/** A server of some routes that takes the tokens of the test's own provider. */
export const layer = <R>(routes: Layer.Layer<never, never, R>, options: Options = {}) =>
  layerWith(layerOidc, routes, options)
