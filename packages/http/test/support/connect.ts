/**
 * The typed client of somebody, on real time, at a server whose clock stands still.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import {
  Client,
  type Followed,
  type FollowError,
  type FollowOptions,
  followWith,
  type Options
} from "../../src/client/index.ts"
import { promises } from "../../src/promises/index.ts"
import { Issuer, type TokenOptions } from "./issuer.ts"
import * as Server from "./server.ts"

/** The clock of the server, which stands still; a client's pauses are real. */
class ServerTime extends Context.Service<ServerTime, Clock.Clock>()("@popug/http/test/ServerTime") {}

/** Runs a test on real time. */
export const live = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Clock.Clock, (clock) => TestClock.withLive(Effect.provideService(self, ServerTime, clock)))

const onServerTime = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.flatMap(ServerTime, (clock) => Effect.provideService(self, Clock.Clock, clock))

/** A good token of a user. */
export const tokenOf = (id: string, options: TokenOptions = {}) =>
  onServerTime(Effect.flatMap(Issuer, ({ token }) => token(id, options)))

/** Has the server look for what was written. */
export const tick = (time: Duration.Input) => onServerTime(TestClock.adjust(time))
export const ticking = Effect.forkChild(Effect.forever(Effect.andThen(tick("250 millis"), Effect.sleep("20 millis"))))

/** A client of either kind, as the one with Effect. */
export type Connected = Client["Service"] & {
  readonly follow: (options: FollowOptions) => Stream.Stream<Followed, FollowError>
}

export interface ConnectOptions extends Partial<Options> {
  readonly fetch?: typeof globalThis.fetch
}

/** A client of somebody, at the server or on the way to it. */
export const connect = Effect.fnUntraced(function* (
  as: string,
  { fetch = globalThis.fetch, ...options }: ConnectOptions = {}
) {
  const { url } = yield* Server.TestServer
  const token = yield* tokenOf(as)
  const context = yield* Layer.build(
    Client.layer({ baseUrl: url, token, ...options }).pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
  )
  const client = yield* Effect.provideContext(Client, context)
  return { ...client, follow: (what: FollowOptions) => followWith(client, what) } satisfies Connected
})

/** The client without Effect, in the place of the other: what holds for that must hold for this. */
const connectPromises = Effect.fnUntraced(function* (as: string, options: ConnectOptions = {}) {
  const { url } = yield* Server.TestServer
  const own = yield* tokenOf(as)
  const { baseUrl = url, fetch, freshToken, longestWait, retries, token = own } = options
  const popug = promises({
    baseUrl,
    fetch,
    retries,
    longestWait: longestWait === undefined ? undefined : Duration.toMillis(longestWait),
    token: Effect.isEffect(token) ? asked(token) : text(token),
    freshToken: freshToken === undefined ? undefined : asked(freshToken)
  })
  const groups = Object.entries(popug).map(([name, methods]) => [
    name,
    Object.fromEntries(Object.entries(methods).map(([method, call]) => [method, effectOf(call as Call)]))
  ])
  return {
    ...(Object.fromEntries(groups) as Client["Service"]),
    follow: ({ silence, ...what }: FollowOptions) =>
      Stream.fromAsyncIterable(
        {
          [Symbol.asyncIterator]: () =>
            popug.follow({ ...what, silence: silence === undefined ? undefined : Duration.toMillis(silence) })
        },
        (error) => error as FollowError
      )
  } satisfies Connected
})

/** Both clients, for `describe.each`. */
export const clients = [
  ["with Effect", connect],
  ["without Effect", connectPromises as typeof connect]
] as const

type Token = Effect.Success<Exclude<Options["freshToken"], undefined>>
const text = (token: Token): string => (Redacted.isRedacted(token) ? Redacted.value(token) : token)
const asked = (token: Effect.Effect<Token>) => () => Effect.runPromise(Effect.map(token, text))

type Call = (request: object, options: { readonly signal: AbortSignal }) => Promise<unknown>

const effectOf = (call: Call) => (request: object) =>
  Effect.tryPromise({ try: (signal) => call(request, { signal }), catch: (error) => error }).pipe(Effect.map(effectful))

/** What Effect has in the place of dates and of what comes piece by piece. */
const effectful = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (value instanceof Date) return DateTime.makeUnsafe(value)
  if (Array.isArray(value)) return value.map(effectful)
  if (Symbol.asyncIterator in value) return Stream.fromAsyncIterable(value as AsyncIterable<unknown>, (error) => error)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, effectful(inner)]))
}
