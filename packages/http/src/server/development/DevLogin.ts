/**
 * The development login: tokens of any user for the asking, signed with a key that lives as long as the process. Each
 * company has a key of its own, so that a token of one opens no other.
 */
import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject, randomBytes } from "node:crypto"
import { type Digest, UserId } from "@popug/core"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Jose from "jose"
import { Authentication } from "../guard/auth/Authentication.ts"
import type { Claims } from "../guard/auth/SignIn.ts"
import { Tokens } from "../guard/auth/Tokens.ts"
import { make, type Verifier } from "../guard/auth/verifier.ts"

/** Who signs, and for whom: an identity provider's tokens never pass for these, nor these for its. */
const issuer = "urn:popug:development"
const audience = "urn:popug:development"
const algorithm = "Ed25519"
const hours = 12

/** Makes tokens for development. */
export class DevTokens extends Context.Service<
  DevTokens,
  {
    /** A token that says its bearer is this user, for 12 hours that pass: a clock that is moved ends no session. */
    readonly issue: (user: UserId) => Effect.Effect<{ readonly token: string; readonly expiresAt: DateTime.Utc }>
  }
>()("@popug/http/DevTokens") {}

/** The logins of a process, by company. */
export class DevLogins extends Context.Service<
  DevLogins,
  { readonly of: (company: string) => Effect.Effect<DevTokens["Service"]> }
>()("@popug/http/DevLogins") {}

/** A clock that shows the time of the start and what has passed since, whoever moves the server's clock. */
const passing = Effect.gen(function* () {
  const start = yield* DateTime.now
  const from = yield* Clock.monotonicTimeNanos
  return Effect.map(Clock.monotonicTimeNanos, (to) =>
    DateTime.add(start, { milliseconds: Number((to - from) / 1_000_000n) })
  )
})

/** What stands before a seed of 32 bytes where an Ed25519 key is written as PKCS #8 (RFC 8410, section 7). */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex")

/** A company's pair of keys, made of the process's: whoever has one company's can't make another's. */
const keysOf = (
  root: Uint8Array,
  company: string
): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } => {
  const seed = Buffer.from(hkdfSync("sha256", root, "", `popug development login ${company}`, 32))
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

/** Of a user that was there when the token was made. */
const subjectOf = ({ subject }: Claims) => Effect.succeed(UserId.make(subject))

interface Login {
  readonly tokens: DevTokens["Service"]
  readonly verifier: Verifier
}

/** How many companies' logins are kept. */
const most = 1_000

/** What keys are made of, and what time it is for tokens. */
interface Root {
  readonly key: Uint8Array
  readonly now: Effect.Effect<DateTime.Utc>
}

/** Of this process alone. */
const ownRoot: Effect.Effect<Root> = Effect.map(passing, (now) => ({ key: randomBytes(32), now }))

/** The logins of companies that anybody asks for, whether they are there or not. */
const logins = Effect.fnUntraced(function* ({ key: root, now }: Root) {
  const digest = yield* Effect.context<Digest.Digest>()
  const known = new Map<string, Login>()
  yield* Effect.logWarning(
    "THE DEVELOPMENT LOGIN IS ON: whoever reaches this server can act as anybody. Never use it with real data."
  )
  const login = Effect.fnUntraced(function* (company: string) {
    const { privateKey, publicKey } = keysOf(root, company)
    const verifier = yield* make({
      key: () => Promise.resolve(publicKey),
      issuer,
      audience,
      algorithms: [algorithm],
      clockToleranceSeconds: 0,
      types: ["JWT"],
      now
    }).pipe(Effect.provideContext(digest))
    return { verifier, tokens: { issue: issuing(privateKey, now) } }
  })
  return (company: string): Effect.Effect<Login> =>
    Effect.suspend(() => {
      const found = known.get(company)
      if (found !== undefined) return Effect.succeed(found)
      return Effect.map(login(company), (made) => {
        if (known.size >= most) known.clear()
        known.set(company, made)
        return made
      })
    })
})

const issuing = (privateKey: KeyObject, now: Effect.Effect<DateTime.Utc>): DevTokens["Service"]["issue"] =>
  Effect.fnUntraced(function* (user) {
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
        .sign(privateKey)
    )
    return { token, expiresAt: DateTime.add(DateTime.startOf(yield* DateTime.now, "second"), { hours }) }
  })

const authentication = Effect.fnUntraced(function* (root: Root) {
  const { tokens, verifier } = yield* (yield* logins(root))("")
  return Context.make(Authentication, {
    verify: (token) => verifier.using(token, subjectOf),
    lifetime: verifier.lifetime
  }).pipe(Context.add(DevTokens, tokens))
})

/** Takes the place of `Oidc.layer`: whoever reaches the server can act as anybody. */
export const layer: Layer.Layer<Authentication | DevTokens, never, Digest.Digest> = Layer.effectContext(
  Effect.flatMap(ownRoot, authentication)
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
  Layer.effectContext(authentication({ key: new TextEncoder().encode(Redacted.value(secret)), now }))

/** Takes the place of `Oidc.layerTokens`, where the company is in the path. */
export const layerTokens: Layer.Layer<Tokens | DevLogins, never, Digest.Digest> = Layer.effectContext(
  Effect.gen(function* () {
    const login = yield* logins(yield* ownRoot)
    return Context.make(Tokens, {
      verify: (token, company = "") =>
        Effect.flatMap(login(company), ({ verifier }) => verifier.using(token, Effect.succeed)),
      lifetime: (token, company = "") => Effect.flatMap(login(company), ({ verifier }) => verifier.lifetime(token)),
      signIn: Effect.succeed(subjectOf),
      signInWrites: false
    }).pipe(Context.add(DevLogins, { of: (company) => Effect.map(login(company), ({ tokens }) => tokens) }))
  })
)
