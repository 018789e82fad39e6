/**
 * What an identity provider says of itself (OpenID Connect Discovery 1.0): asked by the server, so that the policy of
 * the page names every origin that the page needs, and a page that is loaded asks nobody first.
 */
import * as Cache from "effect/Cache"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"

/** What a page can be led to or may ask; the page's policy is made of such. */
const Address = Schema.String.check(
  Schema.makeFilter((text) => (/^https?:\/\//iu.test(text) && URL.canParse(text)) || "an address of the web")
)

const Metadata = Schema.Struct({
  issuer: Schema.String,
  authorization_endpoint: Address,
  token_endpoint: Address,
  end_session_endpoint: Schema.optionalKey(Address),
  authorization_response_iss_parameter_supported: Schema.optionalKey(Schema.Boolean),
  id_token_signing_alg_values_supported: Schema.optionalKey(Schema.Array(Schema.String))
})
/** The members that the page needs, spelt as the provider spells them. */
export type Provider = typeof Metadata.Type

const decode = Schema.decodeUnknownEffect(Metadata)

/** Milliseconds for the provider to answer: the first who asks for the page waits for it. */
const patience = 3_000

/** Where an issuer says what it is. */
const addressOf = (issuer: string): string => `${issuer.replace(/\/$/u, "")}/.well-known/openid-configuration`

const ask = (issuer: string) =>
  Effect.tryPromise({
    try: async (signal) => {
      const timed = AbortSignal.any([signal, AbortSignal.timeout(patience)])
      const response = await fetch(addressOf(issuer), { redirect: "error", signal: timed })
      if (!response.ok) throw new Error(`status ${response.status}`)
      return (await response.json()) as unknown
    },
    catch: (cause) => (cause instanceof Error ? cause : new Error(String(cause)))
  }).pipe(
    Effect.flatMap(decode),
    // Who answers under another name is somebody else.
    Effect.filterOrFail(
      (found) => found.issuer === issuer,
      (found) => new Error(`it is the configuration of ${found.issuer}`)
    )
  )

/**
 * What the provider says, kept for an hour. Undefined when it can't be had: then the page asks for itself, since
 * browsers may reach a provider that the server does not, and the server asks again half a minute later.
 */
export const providerOf = (issuer: string): Effect.Effect<Effect.Effect<Provider | undefined>> =>
  Effect.map(
    Cache.makeWith(ask, {
      capacity: 1,
      timeToLive: (exit) => (Exit.isSuccess(exit) ? "1 hour" : "30 seconds")
    }),
    (known) =>
      Cache.get(known, issuer).pipe(
        Effect.tapError((error) => Effect.logWarning(`${addressOf(issuer)} could not be read: ${error.message}`)),
        Effect.orElseSucceed(() => undefined)
      )
  )
