/**
 * Which methods a path takes: the router knows a request's own method alone, and calls everything else not found. And
 * which paths are not written as the contract has them: the router takes `/METRICS` and `//metrics` for `/metrics`,
 * which a rule of a proxy in front does not.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as FindMyWay from "effect/http/FindMyWay"

export interface Allow {
  /**
   * The methods that a path (with or without a query) takes, as `Allow` lists them; undefined if there is no such path.
   */
  readonly methods: (url: string) => string | undefined
  /** Whether the router would take it for a path of ours, though it is written in another way. */
  readonly isMisspelt: (method: string, url: string) => boolean
}

/** An API with what stands before its paths. */
export interface Served {
  readonly api: HttpApi.Top
  readonly prefix?: string | undefined
}

/** Of APIs, and of other paths that are read with GET: those that end in a slash are written so. */
export const make = (apis: ReadonlyArray<Served>, pages: ReadonlyArray<`/${string}`> = []): Allow => {
  /** By the path, whether it ends in a slash. */
  const exact = FindMyWay.make<boolean>({
    caseSensitive: true,
    ignoreDuplicateSlashes: false,
    ignoreTrailingSlash: false
  })
  const lax = FindMyWay.make<true>({ caseSensitive: false, ignoreDuplicateSlashes: true, ignoreTrailingSlash: true })
  const methods = new Set<string>()
  let hasCapitals = false
  const paths = new Set<string>()
  const add = (method: string, path: string, slash: boolean) => {
    // The root of a group is its prefix.
    const written = (path.length > 1 && !slash ? path.replace(/\/$/u, "") : path) as FindMyWay.PathInput
    if (paths.has(`${method} ${written}`)) return
    paths.add(`${method} ${written}`)
    hasCapitals ||= /[A-Z]/u.test(written.replaceAll(/:\w+/gu, ""))
    methods.add(method)
    exact.on(method, written, slash)
    if (!slash) lax.on(method, written, true)
  }
  for (const { api, prefix = "" } of apis) {
    HttpApi.reflect(api as never, {
      onGroup: () => undefined,
      onEndpoint: ({ endpoint }) => add(endpoint.method, prefix + endpoint.path, false)
    })
  }
  for (const page of pages) add("GET", page, page.length > 1 && page.endsWith("/"))
  /** A path whose parameters have something in them. */
  const find = (method: string, url: string) => {
    const found = exact.find(method, url)
    return found !== undefined && Object.values(found.params).includes("") ? undefined : found
  }
  return {
    methods: (url) => {
      const taken = [...methods].filter((method) => find(method, url) !== undefined)
      if (taken.includes("GET")) taken.push("HEAD")
      return taken.length === 0 ? undefined : taken.sort().join(", ")
    },
    isMisspelt: (method, url) => {
      if (disguise.test(url)) return true
      // Nearly all requests: written as it is here, only one path can be meant.
      if (!hasCapitals && !ambiguous.test(url)) return false
      const asked = method === "HEAD" ? "GET" : method
      const found = find(asked, url)
      if (found !== undefined) return endsInSlash.test(url) && !found.handler
      return lax.find(asked, url) !== undefined
    }
  }
}

/** What the router reads in more than one way: capital letters, slashes in a row, and one at the end. */
const ambiguous = /^[^?]*(?:[A-Z]|\/\/|.\/(?:\?|$))/u

/** A slash at the end, which the router would take for an empty id or for nothing. */
const endsInSlash = /^\/[^?]*\/(?:\?|$)/u

/**
 * What needs no percent sign (RFC 3986, section 2.3) and has one all the same; or a `;` or `#`, where a path ends for
 * the router.
 */
const disguise = /^[^?]*(?:%(?:2[DEde]|3[0-9]|4[1-9A-Fa-f]|5[0-9AFaf]|6[1-9A-Fa-f]|7[0-9AEae])|[;#])/u
