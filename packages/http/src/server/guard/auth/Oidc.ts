/**
 * Bearer tokens of an OpenID Connect provider: JWTs that are verified by its published keys.
 */
import { Actor, type Digest, type IdentityDirectory, type Users } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Jose from "jose"
import { Authentication } from "./Authentication.ts"
import { remembering } from "./remembering.ts"
import * as SignIn from "./SignIn.ts"
import { Tokens } from "./Tokens.ts"
import {
  type Algorithm,
  algorithms as accepted,
  KeysUnavailable,
  make,
  type TokenType,
  tokenTypes
} from "./verifier.ts"

export { type Algorithm, algorithms, type TokenType, tokenTypes } from "./verifier.ts"

export interface Options extends SignIn.Options {
  /** The provider, as its tokens name it in `iss`: compared to the letter. */
  readonly issuer: string
  /** What this API is called in `aud`; one of them is enough. */
  readonly audience: string | ReadonlyArray<string>
  /** Where the provider's keys are; default: what the issuer's `.well-known/openid-configuration` says. */
  readonly jwksUri?: string | undefined
  /** Default: RS256, ES256 and EdDSA. Shared secrets (`HS256`) and `none` are never accepted. */
  readonly algorithms?: ReadonlyArray<Algorithm> | undefined
  /** How far the clocks of provider and server may be apart, in seconds; default: 5. */
  readonly clockToleranceSeconds?: number | undefined
  /**
   * What the `typ` of a token may be; a token without one counts as `JWT`. Default: both; `at+jwt` alone is stricter.
   */
  readonly types?: ReadonlyArray<TokenType> | undefined
  /** Refuses tokens that were issued longer ago, however long they hold. */
  readonly maxTokenAgeSeconds?: number | undefined
  /**
   * Whether the provider may be reached without TLS elsewhere than on this machine: then whoever is in between can log
   * in.
   */
  readonly allowHttp?: boolean | undefined
}

/** The provider is not configured in a way that could work, or could not be asked for its configuration. */
export class OidcError extends Schema.TaggedError<OidcError>()("OidcError", { message: Schema.String }) {}

/** Milliseconds for the provider to answer. */
const patience = 5_000

/** Asks nobody for anything but the JWKS, unless the issuer has to be asked where that is. */
export const layer = (options: Options): Layer.Layer<Authentication, OidcError, Digest.Digest | Users> =>
  verifying(
    options,
    Effect.map(SignIn.here, (people) => SignIn.make(options, people))
  )

/**
 * The same for a process without the users: whom a token names is asked of those who have them, and believed for five
 * seconds. Whoever is to be made
 * at sign-in, or gets other roles by it, is so once they have asked the users' process for something.
 */
export const layerApart = (
  options: Omit<Options, "provision" | "roles" | "otherwise">
): Layer.Layer<Authentication, OidcError, Digest.Digest | IdentityDirectory> =>
  verifying(
    options,
    Effect.flatMap(SignIn.elsewhere, (people) =>
      remembering(SignIn.make(options, people), ({ issuer, payload, subject }) =>
        JSON.stringify([issuer, subject, payload[options.claim ?? "sub"]])
      )
    )
  )

/** Tokens of the provider for whichever company its subjects are users of. */
export const layerTokens = (options: Options): Layer.Layer<Tokens, OidcError, Digest.Digest> =>
  Layer.effect(
    Tokens,
    Effect.map(verifierOf(options), ({ lifetime, using }) => ({
      verify: (token) => using(token, Effect.succeed),
      lifetime,
      signIn: Effect.map(SignIn.here, (people) => SignIn.make(options, people)),
      signInWrites: options.provision !== undefined || options.roles !== undefined
    }))
  )

const verifying = <R>(options: Options, resolving: Effect.Effect<SignIn.Resolve, never, R>) =>
  Layer.effect(
    Authentication,
    Effect.gen(function* () {
      const { lifetime, using } = yield* verifierOf(options)
      const resolve = yield* resolving
      return { verify: (token) => using(token, resolve), lifetime }
    })
  )

const verifierOf = Effect.fnUntraced(function* (options: Options) {
  const algorithms = options.algorithms ?? ["RS256", "ES256", "EdDSA"]
  const unknown = algorithms.filter((name) => !(accepted as ReadonlyArray<string>).includes(name))
  if (unknown.length > 0 || algorithms.length === 0) {
    return yield* new OidcError({
      message: `algorithms must be some of ${accepted.join(", ")}, not ${unknown.join(", ") || "none"}`
    })
  }
  const roles = [...(options.otherwise ?? []), ...Object.values(options.roles?.map ?? {}).flat()]
  const wrong = roles.filter((role) => !isRole(role))
  if (wrong.length > 0 || options.otherwise?.length === 0) {
    return yield* new OidcError({ message: `roles must be lower-case words, not ${wrong.join(", ") || "none"}` })
  }
  yield* parseUrl(options, "issuer", options.issuer)
  const jwks = yield* parseUrl(options, "jwksUri", options.jwksUri ?? (yield* discover(options.issuer)))
  return yield* make({
    key: remote(jwks),
    issuer: options.issuer,
    audience: options.audience,
    algorithms,
    clockToleranceSeconds: options.clockToleranceSeconds ?? 5,
    types: options.types ?? tokenTypes,
    maxTokenAgeSeconds: options.maxTokenAgeSeconds,
    now: DateTime.now
  })
})

/**
 * The keys at a URL: kept for ten minutes, and asked for again when a token names a new one, twice a minute at most.
 */
const remote = (url: URL): Jose.JWTVerifyGetKey => {
  const keys = Jose.createRemoteJWKSet(url, { timeoutDuration: patience })
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      if (
        error instanceof Jose.errors.JWKSNoMatchingKey ||
        error instanceof Jose.errors.JWKSMultipleMatchingKeys ||
        error instanceof Jose.errors.JOSENotSupported
      ) {
        throw error
      }
      throw new KeysUnavailable("the JWKS could not be had", { cause: error })
    }
  }
}

const isRole = Schema.is(Actor.Role)

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"])

const parseUrl = (options: Options, name: string, text: string): Effect.Effect<URL, OidcError> => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) return Effect.fail(new OidcError({ message: `${name} is not a URL: ${text}` }))
  const trusted = loopback.has(url.hostname) || options.allowHttp === true
  return url.protocol === "https:" || (url.protocol === "http:" && trusted)
    ? Effect.succeed(url)
    : Effect.fail(new OidcError({ message: `${name} must begin with https: ${text}` }))
}

const decodeConfiguration = Schema.decodeUnknownEffect(
  Schema.Struct({ issuer: Schema.String, jwks_uri: Schema.String })
)

/** Asks the issuer where its keys are (OpenID Connect Discovery 1.0, section 4). */
const discover = Effect.fnUntraced(function* (issuer: string) {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`
  const failed = (reason: string) => new OidcError({ message: `${url} could not be read: ${reason}` })
  const document = yield* Effect.tryPromise({
    try: async (signal) => {
      const timed = AbortSignal.any([signal, AbortSignal.timeout(patience)])
      const response = await fetch(url, { redirect: "error", signal: timed })
      if (response.status !== 200) throw new Error(`status ${response.status}`)
      return await response.json()
    },
    catch: (error) => failed(error instanceof Error ? error.message : String(error))
  })
  const found = yield* Effect.mapError(decodeConfiguration(document), (error) => failed(error.message))
  // A provider that answers under another name would have its tokens taken for this one's.
  if (found.issuer !== issuer) return yield* failed(`it is the configuration of ${found.issuer}`)
  return found.jwks_uri
})
