/**
 * Verifies JWTs: signature, issuer, audience and times. What Oidc and DevLogin share.
 */
import { Digest, Trouble } from "@popug/core"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Jose from "jose"
import * as Problem from "../../../api/Problem.ts"
import type { Claims } from "./SignIn.ts"
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
  readonly algorithms: ReadonlyArray<string>
  /** How far the clocks of issuer and server may be apart, in seconds. */
  readonly clockToleranceSeconds: number
  /** The `typ` that a token may have, in lower case; `jwt` stands for none, too. */
  readonly types: ReadonlyArray<TokenType>
  /** Since `iat`, in seconds. */
  readonly maxTokenAgeSeconds?: number | undefined
  /** What time it is for tokens. */
  readonly now: Effect.Effect<DateTime.Utc>
}

/**
 * What a token may say that it is: a JWT of any kind, or an access token (RFC 9068). Others are signed by the same keys
 * for other ends, and let nobody in: `logout+jwt`, `secevent+jwt`, `dpop+jwt`.
 */
export const tokenTypes = ["JWT", "at+jwt"] as const
export type TokenType = (typeof tokenTypes)[number]

/** The issuer's keys could not be had: nothing is known about the token. */
export class KeysUnavailable extends Error {}

/** In characters. Longer ones are not looked at. */
const longestToken = 8_192

/**
 * For how long no token may miss its key before the provider is back, in milliseconds: those whose keys are known hold
 * meanwhile, and the provider is asked for others twice a minute.
 */
const quiet = 60_000

const refuse = (detail: string) => Effect.fail(new Problem.Unauthenticated({ detail }))

type Refusal = Problem.Unauthenticated | Problem.Unavailable

/** What tells whether tokens hold, and what they say. */
export interface Verifier {
  /**
   * What a token says that holds. It is remembered when `use` has made something of that; `fresh` until then.
   */
  readonly using: <A, E>(
    token: Redacted.Redacted,
    use: (claims: Claims, fresh: boolean) => Effect.Effect<A, E>
  ) => Effect.Effect<A, E | Refusal>
  /** For how many milliseconds a token that is remembered still holds; null for others. */
  readonly lifetime: (token: Redacted.Redacted) => Effect.Effect<number | null>
}

/** A verifier with its own small memory of tokens that held. */
export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Verifier, never, Digest.Digest> {
  const { sha256 } = yield* Digest.Digest
  const verified = new Verified<Claims>()
  const { clockToleranceSeconds, maxTokenAgeSeconds } = options
  const away = Trouble.calmed(Trouble.make("the keys of the identity provider could not be had"), quiet)
  const types = new Set(options.types.map((type) => type.toLowerCase()))

  const check = Effect.fnUntraced(function* (token: string, now: DateTime.Utc) {
    const { payload, protectedHeader } = yield* Effect.tryPromise({
      try: () =>
        Jose.jwtVerify(token, options.key, {
          issuer: options.issuer,
          audience: typeof options.audience === "string" ? options.audience : [...options.audience],
          algorithms: [...options.algorithms],
          clockTolerance: clockToleranceSeconds,
          currentDate: DateTime.toDateUtc(now),
          requiredClaims: ["exp", "sub"],
          ...(maxTokenAgeSeconds === undefined ? {} : { maxTokenAge: maxTokenAgeSeconds })
        }),
      catch: (error) => error
    }).pipe(Effect.tap(away.over), Effect.catch(refused(away)))
    if (!types.has(typeOf(protectedHeader))) return yield* refuse("the token is of a type that lets nobody in")
    // What a provider says to a server about a session, under whatever `typ` (RFC 8417, OpenID Connect logout).
    if (payload["events"] !== undefined) return yield* refuse("the token tells of events, and lets nobody in")
    const { sub } = payload
    if (typeof sub !== "string" || sub === "") return yield* refuse("claim sub is not accepted")
    const ends = [payload.exp!, ...(maxTokenAgeSeconds === undefined ? [] : [payload.iat! + maxTokenAgeSeconds])]
    return {
      claims: { issuer: options.issuer, subject: sub, payload },
      until: (Math.min(...ends) + clockToleranceSeconds) * 1_000
    }
  })

  return {
    using: Effect.fnUntraced(function* (redacted, use) {
      const token = Redacted.value(redacted)
      if (token === "") return yield* refuse("no bearer token was sent")
      if (token.length > longestToken) return yield* refuse("the token is too long")
      const now = yield* options.now
      const key = sha256(token)
      const known = verified.get(key, now.epochMilliseconds)
      if (known !== undefined) return yield* use(known, false)
      const { claims, until } = yield* check(token, now)
      const made = yield* use(claims, true)
      verified.set(key, { claims, from: now.epochMilliseconds, until })
      return made
    }),
    lifetime: Effect.fnUntraced(function* (token) {
      const until = verified.until(sha256(Redacted.value(token)))
      return until === undefined ? null : Math.max(0, until - (yield* options.now).epochMilliseconds)
    })
  }
})

/** A media type without `application/`, which may be left out (RFC 7515, section 4.1.9). */
const typeOf = ({ typ }: Jose.JWTHeaderParameters): string =>
  typ === undefined
    ? "jwt"
    : String(typ)
        .toLowerCase()
        .replace(/^application\//u, "")

const refused =
  (away: Trouble.Trouble) =>
  (error: unknown): Effect.Effect<never, Problem.Unauthenticated | Problem.Unavailable> =>
    error instanceof KeysUnavailable
      ? Effect.andThen(
          away.met(Cause.fail(error.cause)),
          Effect.fail(new Problem.Unavailable({ detail: "tokens can't be verified now" }))
        )
      : refuse(reasonOf(error))

/** Why a token is not valid, in words that are written here: jose's messages may repeat what the token says. */
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
