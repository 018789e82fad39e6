/**
 * What is asked of the provider, and how its answers are told apart: the one place that knows `oauth4webapi`.
 */
import * as oauth from "oauth4webapi"
import { callback, type Way } from "../arrival.ts"
import { type AtProvider, baseUrl, config, type Provider } from "../config.ts"
import type { Ended } from "../session.ts"

/** What the provider gave. It is held in memory, and nowhere else. */
export interface Given {
  /** For popug's API. */
  readonly access: string
  readonly refresh: string | undefined
  /** Says who it is, to this page alone. */
  readonly identity: string
  readonly claims: oauth.IDToken
  /** For how many seconds the access token is good. */
  readonly lifetime: number | undefined
}

const signIn = config.signIn as AtProvider
const redirect = `${baseUrl}/${callback}`
/** Only a provider on this machine is spoken to without TLS: the server takes no other such issuer. */
const options = { [oauth.allowInsecureRequests]: new URL(signIn.issuer).protocol === "http:" }

/** How far the server is in front of this machine, in seconds, as the document was sent. */
const skew = (): number => {
  const [loading] = performance.getEntriesByType("navigation")
  const here = performance.timeOrigin + (loading instanceof PerformanceNavigationTiming ? loading.responseStart : 0)
  return config.now === undefined ? 0 : Math.round((config.now - here) / 1_000)
}

const client: oauth.Client = {
  client_id: signIn.clientId,
  [oauth.clockSkew]: skew(),
  [oauth.clockTolerance]: 30
}

let known: Provider | undefined = config.provider

/** What the provider says of itself; asked of it when the server could not. */
const metadata = async (): Promise<oauth.AuthorizationServer & Provider> => {
  if (known !== undefined) return known
  const issuer = new URL(signIn.issuer)
  const found = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
  return (known = found as Provider)
}

/** Whether the provider answers at all: who goes there and finds nobody has lost the page. */
export const isThere = async (): Promise<boolean> => {
  const address = `${signIn.issuer.replace(/\/$/u, "")}/.well-known/openid-configuration`
  try {
    // Whatever it answers: that it does is enough, and is told without its leave.
    await fetch(address, { mode: "no-cors", credentials: "omit", signal: AbortSignal.timeout(5_000) })
    return true
  } catch {
    return false
  }
}

/** A new way, that leads back to a view. */
export const wayTo = (to: string): Way => ({
  state: oauth.generateRandomState(),
  nonce: oauth.generateRandomNonce(),
  verifier: oauth.generateRandomCodeVerifier(),
  to
})

/** Where the way begins: `none` asks nobody, `login` asks whoever is there to say anew who they are. */
export const beginningOf = async (way: Way, prompt?: "none" | "login"): Promise<string> => {
  const address = new URL((await metadata()).authorization_endpoint)
  const given = {
    ...signIn.parameters,
    client_id: signIn.clientId,
    redirect_uri: redirect,
    response_type: "code",
    scope: signIn.scope ?? "openid profile",
    state: way.state,
    nonce: way.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(way.verifier),
    code_challenge_method: "S256",
    ...(prompt === undefined ? {} : { prompt })
  }
  for (const [name, value] of Object.entries(given)) address.searchParams.set(name, value)
  return address.href
}

const givenBy = (answer: oauth.TokenEndpointResponse, before?: Given): Given => ({
  access: answer.access_token,
  // A provider that does not change it says nothing of it.
  refresh: answer.refresh_token ?? before?.refresh,
  identity: answer.id_token ?? before?.identity ?? "",
  claims: oauth.getValidatedIdTokenClaims(answer) ?? before!.claims,
  lifetime: answer.expires_in
})

/** The end of a way: tokens for the code in the answer. */
export const endOf = async (way: Way, answer: URL): Promise<Given> => {
  const provider = await metadata()
  const checked = oauth.validateAuthResponse(provider, client, answer, way.state)
  const response = await oauth.authorizationCodeGrantRequest(
    provider,
    client,
    oauth.None(),
    checked,
    redirect,
    way.verifier,
    { ...options, additionalParameters: { ...signIn.parameters } }
  )
  return givenBy(
    await oauth.processAuthorizationCodeResponse(provider, client, response, {
      expectedNonce: way.nonce,
      requireIdToken: true
    })
  )
}

/** Tokens in place of those that run out, without anybody being asked. */
export const refreshed = async (before: Given, refresh: string): Promise<Given> => {
  const provider = await metadata()
  const response = await oauth.refreshTokenGrantRequest(provider, client, oauth.None(), refresh, {
    ...options,
    additionalParameters: { ...signIn.parameters }
  })
  return givenBy(await oauth.processRefreshTokenResponse(provider, client, response), before)
}

/** Where one signs out at the provider too; it leads back to the page. Undefined where a provider has no such place. */
export const endOfSession = (given: Given): string | undefined => {
  if (known?.end_session_endpoint === undefined) return undefined
  const address = new URL(known.end_session_endpoint)
  address.searchParams.set("id_token_hint", given.identity)
  address.searchParams.set("client_id", signIn.clientId)
  address.searchParams.set("post_logout_redirect_uri", `${baseUrl}/sign-in`)
  return address.href
}

/** What providers answer that were told to ask nobody, and would have to. */
const wouldAsk = new Set(["login_required", "interaction_required", "consent_required", "account_selection_required"])

/** Why there are no tokens, in the page's words. */
export const reasonOf = (error: unknown): Ended => {
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    if (wouldAsk.has(error.error)) return { why: null }
    if (error.error === "access_denied") return { why: "denied" }
    return { why: "refused", detail: [error.error, error.error_description].filter(Boolean).join(": ") }
  }
  if (error instanceof oauth.OperationProcessingError) {
    return error.code === oauth.JWT_TIMESTAMP_CHECK ? { why: "clock" } : { why: "refused", detail: error.message }
  }
  return { why: "provider" }
}
