/**
 * The one document of the page, as a server sends it: where the page is, and how people sign in here.
 */

/** The development login, or a provider that speaks OpenID Connect. */
export type SignIn =
  | { readonly by: "development" }
  | {
      readonly by: "oidc"
      readonly issuer: string
      readonly clientId: string
      /** Default: `openid profile`. */
      readonly scope?: string | undefined
    }

/** JSON in a script element: nothing in it may end that. */
const embedded = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c")

export const documentOf = (
  built: string,
  { prefix, signIn }: { readonly prefix: string; readonly signIn: SignIn }
): string =>
  built.replace(
    "<head>",
    () =>
      `<head>\n    <base href="${prefix.replaceAll("&", "&amp;")}/" />\n` +
      // Data, which a browser does not run: no policy has to let it in.
      `    <script type="application/json" id="popug-config">${embedded({ signIn })}</script>`
  )

/** Own files alone, and requests to the API and to the provider; nothing written into the document is run. */
export const policyOf = (signIn: SignIn): string => {
  const provider = signIn.by === "oidc" ? ` ${new URL(signIn.issuer).origin}` : ""
  return (
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'${provider}; ` +
    "manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
  )
}
