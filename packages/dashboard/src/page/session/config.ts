/**
 * What the server says to the page in the document itself: how people sign in here.
 */
export interface Config {
  readonly signIn:
    | { readonly by: "development" }
    | { readonly by: "oidc"; readonly issuer: string; readonly clientId: string; readonly scope: string }
  readonly version: string
}

export const config: Config = JSON.parse(document.querySelector("#popug-config")?.textContent ?? "null") ?? {
  signIn: { by: "development" },
  version: ""
}

/** Where the API is: where the page is. */
export const baseUrl = new URL(".", document.baseURI).href.replace(/\/$/u, "")
