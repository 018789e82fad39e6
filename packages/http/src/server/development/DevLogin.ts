/**
 * The development login: tokens of any user for the asking, signed with a key that lives as long as the process.
 */
import { Digest, UserId } from "@popug/core"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Jose from "jose"
import { Authentication } from "../guard/auth/Authentication.ts"
import { make } from "../guard/auth/verifier.ts"

/** Who signs, and for whom: an identity provider's tokens never pass for these, nor these for its. */
const issuer = "urn:popug:development"
const audience = "urn:popug:development"
const hours = 12

/** Makes tokens for development. */
export class DevTokens extends Context.Service<
  DevTokens,
  {
    /** A token that says its bearer is this user, for 12 hours that pass: a clock that is moved ends no session. */
    readonly issue: (user: UserId) => Effect.Effect<{ readonly token: string; readonly expiresAt: DateTime.Utc }>
  }
>()("@popug/http/DevTokens") {}

/** A clock that shows the time of the start and what has passed since, whoever moves the server's clock. */
const passing = Effect.gen(function* () {
  const start = yield* DateTime.now
  const from = yield* Clock.monotonicTimeNanos
  return Effect.map(Clock.monotonicTimeNanos, (to) =>
    DateTime.add(start, { milliseconds: Number((to - from) / 1_000_000n) })
  )
})

/** What signs tokens and verifies them. */
interface Keys {
  readonly algorithm: string
  readonly sign: Jose.CryptoKey | Uint8Array
  readonly verify: Jose.CryptoKey | Uint8Array
  /** What time it is for tokens. */
  readonly now: Effect.Effect<DateTime.Utc>
}

const login = Effect.fnUntraced(function* ({ algorithm, now, sign, verify }: Keys) {
  const authentication = yield* make({
    key: () => Promise.resolve(verify),
    issuer,
    audience,
    algorithms: [algorithm],
    clockToleranceSeconds: 0,
    types: ["JWT"],
    // Of a user that was there when the token was made.
    resolve: ({ subject }) => Effect.succeed(UserId.make(subject)),
    now
  })
  yield* Effect.logWarning(
    "THE DEVELOPMENT LOGIN IS ON: whoever reaches this server can act as anybody. Never use it with real data."
  )
  return Context.make(Authentication, authentication).pipe(
    Context.add(DevTokens, {
      issue: Effect.fnUntraced(function* (user) {
        // A token counts in whole seconds.
        const issuedAt = DateTime.startOf(yield* now, "second")
        const token = yield* Effect.promise(() =>
          new Jose.SignJWT()
            .setProtectedHeader({ alg: algorithm })
            .setIssuer(issuer)
            .setAudience(audience)
            .setSubject(user)
            .setIssuedAt(DateTime.toDateUtc(issuedAt))
            .setExpirationTime(DateTime.toDateUtc(DateTime.add(issuedAt, { hours })))
            .sign(sign)
        )
        return { token, expiresAt: DateTime.add(DateTime.startOf(yield* DateTime.now, "second"), { hours }) }
      })
    })
  )
})

/** Takes the place of `Oidc.layer`: whoever reaches the server can act as anybody. */
export const layer: Layer.Layer<Authentication | DevTokens, never, Digest.Digest> = Layer.effectContext(
  Effect.gen(function* () {
    const now = yield* passing
    const { privateKey, publicKey } = yield* Effect.promise(() => Jose.generateKeyPair("ES256"))
    return yield* login({ algorithm: "ES256", sign: privateKey, verify: publicKey, now })
  })
)

export interface SharedOptions {
  /** Known to all processes of the company, and to nobody else. */
  readonly secret: Redacted.Redacted
  /** What time it is for tokens: by a clock that nobody moves, the same for all of them. */
  readonly now: Effect.Effect<DateTime.Utc>
}

/** The same for a company of several processes: a token that one of them made holds with all, after a restart too. */
export const layerShared = ({
  now,
  secret
}: SharedOptions): Layer.Layer<Authentication | DevTokens, never, Digest.Digest> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const { sha256 } = yield* Digest.Digest
      const key = new TextEncoder().encode(sha256(`popug.development ${Redacted.value(secret)}`))
      return yield* login({ algorithm: "HS256", sign: key, verify: key, now })
    })
  )
