/**
 * What the server says to the page in the document itself: how people sign in here, which company it is, and
 * what time it is.
 */
export interface AtProvider {
  readonly by: "oidc"
  readonly issuer: string
  readonly clientId: string
  readonly scope?: string
  readonly parameters?: Readonly<Record<string, string>>
}

/** What the provider says of itself, in its own spelling. */
export type Provider = {
  readonly issuer: string
  readonly authorization_endpoint: string
  readonly token_endpoint: string
  readonly end_session_endpoint?: string
}

export interface Config {
  readonly signIn: { readonly by: "development" } | AtProvider | { readonly by: "nobody" }
  /** Not there when the server could not ask the provider: the page asks then. */
  readonly provider?: Provider
  /** Of a server of many companies: the one of this address, or null where the token says which. */
  readonly company?: string | null
  /** The server's clock as it sent the document, in milliseconds. */
  readonly now?: number
}

export const config: Config = JSON.parse(document.querySelector("#popug-config")?.textContent ?? "null") ?? {
  signIn: { by: "development" }
}

/** Where the API is: where the page is. */
export const baseUrl = new URL(".", document.baseURI).href.replace(/\/$/u, "")
