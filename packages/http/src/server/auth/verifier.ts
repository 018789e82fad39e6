/**
 * Verifies JWTs: signature, issuer, audience and times. What Oidc and DevLogin share.
 */
import { Digest, UserId } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Jose from "jose"
import * as Problem from "../../api/problems.ts"
import type { Authentication } from "./Authentication.ts"
import { Verified } from "./Verified.ts"

/** What signs by a private key alone: nobody who can verify such a token can make one. */
export const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519"
] as const
export type Algorithm = (typeof algorithms)[number]

export interface Options {
  /** Finds the key that a token says it is signed with; rejects with `KeysUnavailable` when it can't look. */
  readonly key: Jose.JWTVerifyGetKey
  readonly issuer: string
  readonly audience: string | ReadonlyArray<string>
  readonly algorithms: ReadonlyArray<Algorithm>
  /** How far the clocks of issuer and server may be apart, in seconds. */
  readonly clockToleranceSeconds: number
  /** Which claim is the user's id. */
  readonly claim: string
  /** Since `iat`, in seconds. */
  readonly maxTokenAgeSeconds?: number | undefined
  /** What time it is for tokens. */
  readonly now: Effect.Effect<DateTime.Utc>
}

/** The issuer's keys could not be had: nothing is known about the token. */
export class KeysUnavailable extends Error {}

/** In characters. Longer ones are not looked at. */
const longestToken = 8_192

const isUserId = Schema.is(UserId)
const refuse = (detail: string) => Effect.fail(new Problem.Unauthenticated({ detail }))

/** A verifier with its own small memory of tokens that held. */
export const make = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<Authentication["Service"], never, Digest.Digest> {
  const { sha256 } = yield* Digest.Digest
  const verified = new Verified()
  const { claim, clockToleranceSeconds, maxTokenAgeSeconds } = options

  const check = Effect.fnUntraced(function* (token: string, now: DateTime.Utc) {
    const { payload } = yield* Effect.tryPromise({
      try: () =>
        Jose.jwtVerify(token, options.key, {
          issuer: options.issuer,
          audience: typeof options.audience === "string" ? options.audience : [...options.audience],
          algorithms: [...options.algorithms],
          clockTolerance: clockToleranceSeconds,
          currentDate: DateTime.toDateUtc(now),
          requiredClaims: ["exp", "sub", claim],
          ...(maxTokenAgeSeconds === undefined ? {} : { maxTokenAge: maxTokenAgeSeconds })
        }),
      catch: (error) => error
    }).pipe(Effect.catch((error) => refused(error)))
    const user = payload[claim]
    if (!isUserId(user)) return yield* refuse(`claim ${claim} is not the id of a user`)
    const ends = [payload.exp!, ...(maxTokenAgeSeconds === undefined ? [] : [payload.iat! + maxTokenAgeSeconds])]
    return { user, until: (Math.min(...ends) + clockToleranceSeconds) * 1_000 }
  })

  return {
    verify: Effect.fnUntraced(function* (redacted) {
      const token = Redacted.value(redacted)
      if (token === "") return yield* refuse("no bearer token was sent")
      if (token.length > longestToken) return yield* refuse("the token is too long")
      const now = yield* options.now
      const key = sha256(token)
      const known = verified.get(key, now.epochMilliseconds)
      if (known !== undefined) return known
      const { until, user } = yield* check(token, now)
      verified.set(key, { user, from: now.epochMilliseconds, until })
      return user
    }),
    lifetime: Effect.fnUntraced(function* (token) {
      const until = verified.until(sha256(Redacted.value(token)))
      return until === undefined ? null : Math.max(0, until - (yield* options.now).epochMilliseconds)
    })
  }
})

const refused = (error: unknown): Effect.Effect<never, Problem.Unauthenticated | Problem.Unavailable> =>
  error instanceof KeysUnavailable
    ? Effect.logWarning("the keys of the identity provider could not be had", error.cause).pipe(
        Effect.andThen(Effect.fail(new Problem.Unavailable({ detail: "tokens can't be verified now" })))
      )
    : refuse(reasonOf(error))

/** Why a token does not hold, in words of our own: jose's messages may repeat what the token says. */
const reasonOf = (error: unknown): string => {
  if (error instanceof Jose.errors.JWTExpired) {
    return error.claim === "exp" ? "the token has expired" : "the token is too old"
  }
  if (error instanceof Jose.errors.JWTClaimValidationFailed) {
    return `claim ${error.claim} is ${error.reason === "missing" ? "missing" : "not accepted"}`
  }
  if (error instanceof Jose.errors.JOSEAlgNotAllowed) return "the algorithm of the signature is not accepted"
  if (error instanceof Jose.errors.JWSSignatureVerificationFailed) return "the signature does not hold"
  if (error instanceof Jose.errors.JWKSNoMatchingKey) return "the issuer has no such key"
  if (error instanceof Jose.errors.JWKSMultipleMatchingKeys) return "the token does not say which key signed it"
  return "the token is malformed"
}
