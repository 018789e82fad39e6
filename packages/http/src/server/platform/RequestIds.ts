/**
 * Request ids: what a caller, a proxy and the log name one request by.
 */
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Random from "effect/Random"

/** The header of an id, in requests and responses. */
export const header = "x-request-id"

/** What is taken over from a caller: nothing that could break a line of a log, or be meant for one. */
const wellFormed = /^[A-Za-z0-9._:=+/-]{1,128}$/u

/** Gives each request its id: its own when that is well-formed, otherwise a new one. */
export type RequestIds = (request: HttpServerRequest.HttpServerRequest) => string

/** Numbers after a start that is drawn once: a draw for each request would disturb the draws of a simulation. */
export const make: Effect.Effect<RequestIds> = Effect.gen(function* () {
  const start = (yield* Random.nextIntBetween(36 ** 6, 36 ** 7)).toString(36)
  let count = 0
  return (request) => {
    const own = request.headers[header]
    if (own !== undefined && wellFormed.test(own)) return own
    count += 1
    return `${start}-${count.toString(36)}`
  }
})
