/**
 * The typed client of somebody, on real time, at a server whose clock stands still.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Client, type Options } from "../../src/client/index.ts"
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

/** A client of somebody, at the server or on the way to it. */
export const connect = Effect.fnUntraced(function* (as: string, options: Partial<Options> = {}) {
  const { url } = yield* Server.TestServer
  const token = yield* tokenOf(as)
  const context = yield* Layer.build(Client.layer({ baseUrl: url, token, ...options }))
  return yield* Effect.provideContext(Client, context)
})
