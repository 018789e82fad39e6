/**
 * Keeps what is for development to requests of this machine: the contract's `LoopbackOnly`.
 */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import { LoopbackOnly } from "../../api/Development.ts"
import * as Problem from "../../api/Problem.ts"

/**
 * Answers only what was sent to this machine by name, from a page of this machine if from a page at all: otherwise any
 * site that a developer visits could log in, by a name of its own that leads to 127.0.0.1 (DNS rebinding), or have days
 * pass.
 */
export const layer = Layer.succeed(
  LoopbackOnly,
  LoopbackOnly.of(
    Effect.fnUntraced(function* (httpEffect) {
      const { host = "", origin } = (yield* HttpServerRequest.HttpServerRequest).headers
      if (isLoopback(`http://${host}`) && (origin === undefined || isLoopback(origin))) return yield* httpEffect
      return yield* new Problem.NotLoopback({ detail: "ask as http://localhost or http://127.0.0.1" })
    })
  )
)

const names = new Set(["localhost", "127.0.0.1", "[::1]"])
const isLoopback = (origin: string): boolean => URL.canParse(origin) && names.has(new URL(origin).hostname)
