/**
 * Lets in whoever operates the server: the contract's `Operator`.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Operator } from "../../api/middleware.ts"
import * as Problem from "../../api/Problem.ts"
import { challenge } from "../guard/auth/Authorization.ts"

/** The SHA-256 of a credential, in hexadecimal. */
export const fingerprint = (token: string): string => createHash("sha256").update(token).digest("hex")

/**
 * One credential, known by its SHA-256 alone: what a token's digest is compared with, in a time that does not tell how
 * much of it is right. Dies of a text that is no SHA-256: nobody could be let in by it.
 */
export const layer = (sha256: string): Layer.Layer<Operator> => {
  if (!/^[0-9a-f]{64}$/iu.test(sha256)) {
    return Layer.effect(
      Operator,
      Effect.die(new TypeError("operator: 64 hexadecimal digits, as `fingerprint` makes them"))
    )
  }
  const expected = Buffer.from(sha256, "hex")
  return Layer.succeed(Operator, {
    operator: (httpEffect, { credential }) => {
      const token = Redacted.value(credential)
      if (timingSafeEqual(Buffer.from(fingerprint(token), "hex"), expected)) {
        return Effect.annotateLogs(httpEffect, { operator: true })
      }
      const detail = token === "" ? "no bearer token was sent" : "the token is not the operator's"
      return Effect.fail(new Problem.Unauthenticated({ detail })).pipe(Effect.tapError(challenge(credential)))
    }
  })
}
