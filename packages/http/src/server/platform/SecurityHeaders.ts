/**
 * What every response says to browsers and caches.
 */
import * as Duration from "effect/Duration"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

export interface Options {
  /** How long browsers must come by HTTPS only (HSTS). Default: off, since plain HTTP would be locked out. */
  readonly hsts?: Duration.Input | undefined
  /** Where the API's documentation is, which runs a script of its own page; default: `/docs`. */
  readonly docsPath?: `/${string}` | undefined
  /** The Content-Security-Policy of other pages; default: own scripts, styles, pictures and requests only. */
  readonly pagePolicy?: string | undefined
}

/** JSON loads nothing and is shown nowhere. */
const apiPolicy = "default-src 'none'; frame-ancestors 'none'"

const everyPage = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
const defaultPagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  `connect-src 'self'; manifest-src 'self'; ${everyPage}`

/** The page of the docs holds its script, which is no one's input; it loads nothing from elsewhere. */
const docsPolicy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data: blob:; " +
  `font-src 'self' data:; connect-src 'self'; worker-src blob:; ${everyPage}`

/** Adds to a response what it does not say itself. */
export const make = ({ docsPath = "/docs", hsts, pagePolicy = defaultPagePolicy }: Options) => {
  const always: Readonly<Record<string, string>> = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    ...(hsts === undefined ? {} : { "strict-transport-security": `max-age=${Math.floor(Duration.toSeconds(hsts))}` })
  }
  const policyOf = (url: string, contentType: string | undefined): string => {
    if (contentType?.startsWith("text/html") !== true) return apiPolicy
    return pathOf(url) === docsPath ? docsPolicy : pagePolicy
  }
  return (
    request: HttpServerRequest.HttpServerRequest,
    response: HttpServerResponse.HttpServerResponse,
    more: Readonly<Record<string, string>>
  ): HttpServerResponse.HttpServerResponse => {
    const { headers } = response
    const added: Record<string, string> = { ...more }
    for (const name in always) if (headers[name] === undefined) added[name] = always[name]!
    if (headers["cache-control"] === undefined) added["cache-control"] = cacheControl(headers["etag"])
    if (headers["content-security-policy"] === undefined) {
      added["content-security-policy"] = policyOf(request.url, headers["content-type"])
    }
    return HttpServerResponse.setHeaders(response, added)
  }
}

/**
 * Answers are about people and money, and stay nowhere. What has a strong entity tag is not compressed either, by us or
 * by others: that would weaken the tag, and `If-Match` takes strong ones only.
 */
const cacheControl = (etag: string | undefined): string =>
  etag === undefined || etag.startsWith("W/") ? "no-store" : "no-store, no-transform"

/** The path of a request's target. */
export const pathOf = (url: string): string => {
  const end = url.search(/[?#]/u)
  return end === -1 ? url : url.slice(0, end)
}
