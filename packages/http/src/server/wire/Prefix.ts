/**
 * The path under which a host serves popug beside routes of its own: taken off the targets of requests before popug
 * gets them, and put before every path that popug's answers name.
 */
import { CompanyRecord } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Schema from "effect/Schema"

/** A path such as `/popug` or `/internal/popug`; empty where popug has the whole host for itself. */
export type Prefix = "" | `/${string}`

/**
 * What the handlers of this server put before the paths that they name. On a server of many companies pages are made
 * for all of them, and it has a parameter `:company`: `prefixHere` has the company that is asked for in its place.
 */
export const Prefix = Context.Reference<Prefix>("@popug/http/Prefix", { defaultValue: () => "" })

/**
 * Segments of what RFC 3986 lets stand in a path, none of them empty or dots: what no client, proxy or router changes.
 */
const wellFormed = /^(\/(?!\.{1,2}(\/|$))([\w.~!$&'()*+,;=:@-]|%[\da-fA-F]{2})+)*$/u

/**
 * The prefix as it was given, once it is known to be one. Throws for a text that is no prefix: no server is started
 * with it.
 */
export const checked = (prefix: string): Prefix => {
  if (wellFormed.test(prefix)) return prefix as Prefix
  throw new TypeError(`prefix: ${JSON.stringify(prefix)} is no path such as "/popug", without a slash at its end`)
}

/**
 * The target that popug's routes know, of a request's target at the host; undefined when it is not under the prefix.
 * For hosts whose framework does not take prefixes off: `/popug/v1/tasks?limit=1` becomes `/v1/tasks?limit=1`, `/popug`
 * becomes `/`, and `/popugs` is the host's own.
 */
export const withoutPrefix = (prefix: string, target: string): string | undefined => {
  // The absolute form, which every server has to take (RFC 9112, 3.2.2).
  const [origin] = /^https?:\/\/[^/?#]*/iu.exec(target) ?? [""]
  const path = target.slice(origin.length)
  if (!path.startsWith(prefix)) return undefined
  const rest = path.slice(prefix.length)
  if (rest.startsWith("/")) return origin + rest
  return rest === "" || rest.startsWith("?") ? `${origin}/${rest}` : undefined
}

const isCompany = Schema.is(CompanyRecord.fields.id)

/** A prefix as the request at hand has it; undefined where no company can be called as the path has it. */
export const prefixHere = (prefix: Prefix): Effect.Effect<Prefix | undefined, never, HttpRouter.RouteContext> =>
  Effect.map(HttpRouter.params, ({ company }) => {
    if (!prefix.includes(":company")) return prefix
    return isCompany(company) ? (prefix.replace(":company", company) as Prefix) : undefined
  })
