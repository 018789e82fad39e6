/**
 * A server on a free port over a company in memory, on the test clock: real tokens of a provider of its own, verified
 * as in production. Settled by hand.
 *
 * Whoever can act: ann (admin), max (manager), acc (accountant), will and olga (workers), dora (designer: a role that
 * no rule names), dead (a deactivated worker). It is Monday noon in UTC, 2026-11-23.
 */
import * as Http from "node:http"
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
import type { Authorization, Idempotency, RateLimit as RateLimited, Validation } from "../../src/api/middleware.ts"
import { Bell } from "../../src/bell/Bell.ts"
import type { DevClock } from "../../src/server/development/DevClock.ts"
import * as DevLogin from "../../src/server/development/DevLogin.ts"
import type { Authentication } from "../../src/server/guard/auth/Authentication.ts"
import { layer as layerAuthorization } from "../../src/server/guard/auth/Authorization.ts"
import * as Oidc from "../../src/server/guard/auth/Oidc.ts"
import { layer as layerIdempotency } from "../../src/server/guard/Idempotency.ts"
import * as RateLimit from "../../src/server/guard/RateLimit.ts"
import { layer as layerValidation } from "../../src/server/guard/Validation.ts"
import { Drain } from "../../src/server/platform/Drain.ts"
import * as PopugHttp from "../../src/server/PopugHttp.ts"
import { audience, Issuer, layer as layerIssuer } from "./issuer.ts"

/** Noon of a Monday in UTC. */
const monday = DateTime.makeUnsafe("2026-11-23T12:00:00Z").epochMilliseconds
const day = 86_400_000

/** Moves the clock of server and company to a number of days after Monday noon. */
export const toDay = (days: number) => TestClock.setTime(monday + days * day)

export interface Options {
  readonly company?: Partial<Parameters<typeof Company.layer>[0]>
  readonly ports?: typeof Memory.layer
  /** Policies other than the usual. */
  readonly policies?: Layer.Layer<never>
  /** Default: nobody is limited. */
  readonly limits?: RateLimit.Options
}

export interface RequestOptions {
  /** Whose good token to send. */
  readonly as?: string
  /** A token to send as it is. */
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  readonly redirect?: "manual"
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
    /** Opens a stream of events and returns its first message as if it were a list: of one event, or of none. */
    readonly firstOfFeed: (path: string, options?: RequestOptions) => Effect.Effect<Answer>
  }
>()("@popug/http/test/TestServer") {}

export const layerTestServer = Layer.effect(
  TestServer,
  Effect.gen(function* () {
    const issuer = yield* Issuer
    const url = yield* HttpServer.addressFormattedWith((address) => Effect.succeed(address))
    const call = Effect.fnUntraced(function* <A>(
      method: string,
      path: string,
      { as, body, redirect, token, ...options }: RequestOptions,
      read: (response: Response) => Promise<A>
    ) {
      const sent = as === undefined ? token : yield* issuer.token(as)
      const headers = {
        ...(sent === undefined ? {} : { authorization: `Bearer ${sent}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...options.headers
      }
      return yield* Effect.promise(async (signal) =>
        read(
          await fetch(`${url}${path}`, {
            method,
            headers,
            signal,
            redirect: redirect ?? "follow",
            ...(body === undefined ? {} : { body: JSON.stringify(body) })
          })
        )
      )
    })
    const whole = async (response: Response): Promise<Answer> => {
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, json: parsed(text) }
    }

    return {
      url,
      request: (method, path, options = {}) => call(method, path, options, whole),
      firstOfFeed: Effect.fnUntraced(function* (path, options = {}) {
        const opened = yield* call("GET", path, options, async (response) =>
          response.ok ? response : await whole(response)
        )
        if (!(opened instanceof Response)) return opened
        // An idle stream says so as time passes.
        const text = yield* Effect.raceFirst(
          Effect.promise(() => firstMessage(opened)),
          Effect.forever(Effect.andThen(TestClock.adjust("1 second"), nextTurn))
        )
        const data = /event: (?:heartbeat|reassigned)/u.test(text) ? [] : [{ id: /^id: (\d+)/m.exec(text)?.[1] }]
        return { status: opened.status, headers: opened.headers, text, json: { data } }
      })
    }
  })
)

/** Gives sockets a chance. */
export const nextTurn = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

const firstMessage = async (response: Response): Promise<string> => {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ""
  while (!text.includes("\n\n")) {
    const { done, value } = await reader.read()
    if (done) throw new Error("the stream ended without a message")
    text += value
  }
  await reader.cancel()
  return text.slice(0, text.indexOf("\n\n"))
}

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

/** The first message of a stream of events of the server of the test. */
export const firstOfFeed = (path: string, options?: RequestOptions) =>
  Effect.flatMap(TestServer, (server) => server.firstOfFeed(path, options))

/** A price that tests can reckon with: 10.00 to take a task, 30.00 for doing it. */
const flatPrices = Layer.succeed(Pricing.Pricing, () => ({ fee: 1000n, award: 3000n }))

/** Everything falls on the first candidate by id, Dora before Olga before Will. */
const firstCandidate = Layer.succeed(Assignment.ChooseAssignee, ({ candidates }) => candidates[0]!)

/** A company without anybody. */
export const layerCompany = ({ company = {}, policies = Layer.empty, ports = Memory.layer }: Options = {}) =>
  Popug.layer.pipe(
    Layer.provideMerge(ports),
    Layer.provideMerge(Company.layer({ secret: "tests", ...company })),
    Layer.provideMerge(Ids.layer),
    Layer.provide(policies),
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

/** A company with its staff, and nobody to serve it. */
export const layerStaff = staff.pipe(Layer.provideMerge(layerCompany()))

/** Tokens of the test's own provider, under some options. */
export const layerOidcWith = (options: Partial<Oidc.Options>) =>
  Layer.unwrap(Effect.map(Issuer, ({ jwksUri, url }) => Oidc.layer({ issuer: url, audience, jwksUri, ...options })))

/** Tokens of the test's own provider, as in production. */
export const layerOidc: Layer.Layer<Authentication, Oidc.OidcError, Issuer | Digest.Digest | Users> = layerOidcWith({})

const unlimited: RateLimit.Options = { perUser: null, perAddress: null }

/** What stands around the handlers. */
const layerMiddleware = (
  limits: RateLimit.Options = unlimited
): Layer.Layer<
  Authorization | Idempotency | RateLimit.Limits | RateLimited | Validation,
  never,
  Authentication | Digest.Digest
> =>
  Layer.mergeAll(layerAuthorization, layerIdempotency).pipe(
    Layer.provideMerge(RateLimit.layer(limits)),
    Layer.merge(layerValidation)
  )

/** Serves routes on a free port. */
export const serve = <R>(routes: Layer.Layer<never, never, R>) =>
  layerTestServer.pipe(
    Layer.provideMerge(HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })),
    Layer.provideMerge(NodeHttpServer.layer(() => Http.createServer(), { port: 0, host: "127.0.0.1" }))
  )

/** A server of some routes, with its company, staff and middleware, and a way to log in. */
export const layerWith = <R, Services>(
  authentication: Layer.Layer<Services | Authentication, Oidc.OidcError, Issuer | Digest.Digest | Users>,
  routes: Layer.Layer<never, never, R>,
  options: Options = {}
) =>
  serve(routes).pipe(
    Layer.provideMerge(layerMiddleware(options.limits)),
    Layer.provideMerge(authentication),
    Layer.provideMerge(layerIssuer),
    Layer.provideMerge(staff),
    Layer.provideMerge(layerCompany(options))
  )

/** A server of some routes that takes the tokens of the test's own provider. */
export const layer = <R>(routes: Layer.Layer<never, never, R>, options: Options = {}) =>
  layerWith(layerOidc, routes, options)

/** All of popug's routes, as a host serves them. */
const popug = ({ limits = unlimited }: Options, more: Partial<PopugHttp.Options>): PopugHttp.Options => ({
  limits,
  // The clock stands still.
  timeLimit: null,
  ...more
})
const around = [Drain.layer, Bell.layer] as const

/** A whole server, as a host has it. */
export const layerPopug = (options: Options = {}, more: Partial<PopugHttp.Options> = {}) =>
  layer(PopugHttp.layer(popug(options, more)).pipe(Layer.provide([...around])), options)

/** A whole server with the development login, and a clock. */
export const layerDevelopment = (clock: Layer.Layer<DevClock>, options: Options = {}) =>
  layerWith(
    DevLogin.layer,
    PopugHttp.layerDevelopment(popug(options, {})).pipe(Layer.provide([...around, clock])),
    options
  )
