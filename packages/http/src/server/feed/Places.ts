/**
 * How many streams are open: by one user, from one address, and of all, so that connections stay free for others.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as Scope from "effect/Scope"
import * as Problem from "../../api/Problem.ts"
import { withHeader } from "../wire/withHeader.ts"

export interface PlaceOptions {
  /** How many streams one user may have open in this process; default: 20. */
  readonly perUser?: number | undefined
  /** How many streams one company may have open, on a server of many; default: 1,000. */
  readonly perCompany?: number | undefined
  /** How many streams may come from one address (an IPv4 address, or a /64 of IPv6); default: 1,000. */
  readonly perAddress?: number | undefined
  /**
   * How many streams may be open at all; default: 8,000. Less than the server's `maxConnections` (10,000), so that
   * others still get a connection.
   */
  readonly total?: number | undefined
}

/** Seconds after which to ask again. */
const retryAfterSeconds = 15

const later = withHeader("retry-after", String(retryAfterSeconds))

export type Refusal = Problem.TooManyRequests | Problem.Unavailable

/** Takes a place for as long as the scope is open; `company` on a server of many. */
export type Places = (key: {
  readonly user: string
  readonly network: string
  readonly company?: string | undefined
}) => Effect.Effect<void, Refusal, HttpServerRequest | Scope.Scope>

/** The places that all companies of a server share; null where each feed has its own. */
export const Shared = Context.Reference<Places | null>("@popug/http/Places", { defaultValue: () => null })

export const make = (options: PlaceOptions): Places => {
  const { perAddress = 1_000, perCompany = 1_000, perUser = 20, total = 8_000 } = options
  const counts = new Map<string, number>()
  let all = 0
  const of = (key: string) => counts.get(key) ?? 0
  const add = (key: string, change: 1 | -1) => {
    const count = of(key) + change
    if (count === 0) counts.delete(key)
    else counts.set(key, count)
  }
  const change = (keys: ReadonlyArray<string>, by: 1 | -1) => {
    all += by
    for (const key of keys) add(key, by)
  }
  const refuse = (detail: string) =>
    Effect.andThen(later, Effect.fail(new Problem.TooManyRequests({ retryAfterSeconds, detail })))

  return ({ company, network, user }) => {
    const users = company === undefined ? `user:${user}` : `user:${company}/${user}`
    const keys = [users, `address:${network}`, ...(company === undefined ? [] : [`company:${company}`])] as const
    const take = Effect.suspend((): Effect.Effect<void, Refusal, HttpServerRequest> => {
      if (of(keys[0]) >= perUser) return refuse(`${perUser} streams of yours are open: end one of them`)
      if (of(keys[1]) >= perAddress) return refuse(`${perAddress} streams from your address are open`)
      if (keys[2] !== undefined && of(keys[2]) >= perCompany)
        return refuse(`${perCompany} streams of your company are open`)
      if (all < total) return Effect.sync(() => change(keys, 1))
      const detail = "no more streams can be opened here now"
      return Effect.andThen(later, Effect.fail(new Problem.Unavailable({ detail })))
    })
    return Effect.acquireRelease(take, () => Effect.sync(() => change(keys, -1)))
  }
}
