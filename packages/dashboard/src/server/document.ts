/**
 * The one document of the page, as a server sends it: where the page is, how people sign in here, and what it may load
 * and ask.
 */
import type { Provider } from "./provider.ts"

/** The development login, a provider that speaks OpenID Connect, or nobody through the page. */
export type SignIn =
  | { readonly by: "development" }
  | {
      readonly by: "oidc"
      /** The provider, to the letter as its tokens name it. */
      readonly issuer: string
      /** The page, as it is registered there: a public client. */
      readonly clientId: string
      /** Default: `openid profile`. */
      readonly scope?: string | undefined
      /** What the provider must be told besides, to give tokens for this API: `audience` or `resource`. */
      readonly parameters?: Readonly<Record<string, string>> | undefined
    }
  | { readonly by: "nobody" }

export interface Told {
  /** Of a server of many companies: the one of this address, or null where the token says which. */
  readonly company?: string | null
  readonly prefix: string
  readonly signIn: SignIn
  readonly provider: Provider | undefined
  /** By the server's clock, in milliseconds: that of the machine with the browser may be wrong. */
  readonly now: number
}

/** JSON in a script element: nothing in it may end that. */
const embedded = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c")

export const documentOf = (built: string, { company, now, prefix, provider, signIn }: Told): string =>
  built.replace(
    "<head>",
    () =>
      `<head>\n    <base href="${prefix.replaceAll("&", "&amp;")}/" />\n` +
      // Data, which a browser does not run: no policy has to let it in.
      `    <script type="application/json" id="popug-config">${embedded({ signIn, provider, company, now })}</script>`
  )

const originOf = (address: string): string => new URL(address).origin
const sources = (...origins: ReadonlyArray<string>): string => [...new Set(["'self'", ...origins])].join(" ")

/** Own files alone, and requests to the API and to the provider; nothing written into the document is run. */
export const policyOf = (signIn: SignIn, provider: Provider | undefined): string => {
  const issuers = signIn.by === "oidc" ? [originOf(signIn.issuer)] : []
  const asked = provider === undefined ? [] : [originOf(provider.token_endpoint)]
  // A frame that nobody sees renews the session, and comes back to the page's own address.
  const framed = provider === undefined ? issuers : [originOf(provider.authorization_endpoint)]
  return (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
    `connect-src ${sources(...issuers, ...asked)}; ` +
    (signIn.by === "oidc" ? `frame-src ${sources(...framed)}; ` : "") +
    "manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
  )
}

/** What the frame of a renewal comes back to: its address is all that the page around it wants. */
export const returned = {
  text: "<!doctype html><title>popug</title>",
  policy: "default-src 'none'; frame-ancestors 'self'"
}
