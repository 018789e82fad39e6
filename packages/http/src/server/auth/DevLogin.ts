/**
 * The development login: tokens of any user for the asking, signed with a key that lives as long as the process.
 */
import type { Digest, UserId } from "@popug/core"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Jose from "jose"
import { Authentication } from "./Authentication.ts"
import { make } from "./verifier.ts"

/** Who signs, and for whom: an identity provider's tokens never pass for these, nor these for its. */
const issuer = "urn:popug:development"
const audience = "urn:popug:development"
const algorithm = "ES256"
const hours = 12

/** Makes tokens for development. */
export class DevTokens extends Context.Service<
  DevTokens,
  {
    /** A token that says its bearer is this user, for 12 hours. */
    readonly issue: (user: UserId) => Effect.Effect<{ readonly token: string; readonly expiresAt: DateTime.Utc }>
  }
>()("@popug/http/DevTokens") {}

/** Takes the place of `Oidc.layer`: whoever reaches the server can act as anybody. */
export const layer: Layer.Layer<Authentication | DevTokens, never, Digest.Digest> = Layer.effectContext(
  Effect.gen(function* () {
    const { privateKey, publicKey } = yield* Effect.promise(() => Jose.generateKeyPair(algorithm))
    const authentication = yield* make({
      key: () => Promise.resolve(publicKey),
      issuer,
      audience,
      algorithms: [algorithm],
      clockToleranceSeconds: 0,
      claim: "sub"
    })
    yield* Effect.logWarning(
      "THE DEVELOPMENT LOGIN IS ON: whoever reaches this server can act as anybody. Never use it with real data."
    )
    return Context.make(Authentication, authentication).pipe(
      Context.add(DevTokens, {
        issue: Effect.fnUntraced(function* (user) {
          const now = yield* DateTime.now
          const expiresAt = DateTime.add(now, { hours })
          const token = yield* Effect.promise(() =>
            new Jose.SignJWT()
              .setProtectedHeader({ alg: algorithm })
              .setIssuer(issuer)
              .setAudience(audience)
              .setSubject(user)
              .setIssuedAt(DateTime.toDateUtc(now))
              .setExpirationTime(DateTime.toDateUtc(expiresAt))
              .sign(privateKey)
          )
          return { token, expiresAt }
        })
      })
    )
  })
)
