/**
 * How many requests one caller gets: the contract's `RateLimit` for addresses, before anything is looked at, and a
 * limit for users, once it is known who asks.
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import { RateLimit } from "../../api/middleware.ts"
import * as Problem from "../../api/Problem.ts"
import { withHeader } from "../wire/withHeader.ts"
import { addressOf, networkOf } from "./address.ts"
import { Buckets } from "./Buckets.ts"

export interface Options {
  /** Requests of one user in a window, batches by what is in them; null for as many as they like. */
  readonly perUser: number | null
  /** Requests of one address in a window, whoever sends them, to all companies; null for as many as it likes. */
  readonly perAddress: number | null
  /** Requests of one company in a window, on a server of many, as users' are counted; default: as many as it likes. */
  readonly perCompany?: number | null | undefined
  /** Default: one minute. A caller who was quiet for a window has all its requests at once. */
  readonly window?: Duration.Input | undefined
  /** How many proxies stand in front of the server and append to `X-Forwarded-For`; default: none. */
  readonly trustedProxies?: number | undefined
}

/** The limits of this process, for whoever knows the caller. */
export class Limits extends Context.Service<
  Limits,
  {
    /** `company` on a server of many. */
    readonly ofUser: (
      id: string,
      company?: string
    ) => Effect.Effect<void, Problem.TooManyRequests, HttpServerRequest.HttpServerRequest>
    /** Counts the rest of a batch of a user, whose request was counted as one. */
    readonly ofBatch: (id: string, items: ReadonlyArray<unknown>, company?: string) => Effect.Effect<void>
    readonly ofAddress: Effect.Effect<void, Problem.TooManyRequests, HttpServerRequest.HttpServerRequest>
  }
>()("@popug/http/Limits") {}

const layerLimits = (options: Options): Layer.Layer<Limits> =>
  Layer.sync(Limits, () => {
    const window = Duration.toMillis(Duration.fromInputUnsafe(options.window ?? "1 minute"))
    const buckets = new Buckets(window)
    const consume = (key: string, limit: number) =>
      Effect.clockWith((clock) => {
        // A clock that is set lets nobody in early, and keeps nobody out.
        const now = Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
        const refillMillis = window / limit
        const [remaining, elapsed] = buckets.take({ key, tokens: 1, limit, refillMillis, now })
        return remaining >= 0 ? Effect.void : refuse(-remaining * refillMillis - elapsed)
      })
    const { perAddress, perCompany = null, perUser, trustedProxies = 0 } = options
    const spend = (key: string, limit: number | null, tokens: number) => {
      if (limit !== null) buckets.spend(key, tokens, window / limit)
    }
    const network = remembering(networkOf)
    return {
      // A user who is over their own limit uses up nothing of the company's.
      ofUser: (id, company) => {
        const own = perUser === null ? Effect.void : consume(userKey(id, company), perUser)
        if (company === undefined || perCompany === null) return own
        return Effect.andThen(own, consume(companyKey(company), perCompany))
      },
      ofBatch: (id, items, company) =>
        Effect.sync(() => {
          spend(userKey(id, company), perUser, items.length - 1)
          if (company !== undefined) spend(companyKey(company), perCompany, items.length - 1)
        }),
      ofAddress:
        perAddress === null
          ? Effect.void
          : Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
              consume(`address:${network(addressOf(request, trustedProxies))}`, perAddress)
            )
    }
  })

/** No id of a company has a slash. */
const userKey = (id: string, company?: string): string =>
  company === undefined ? `user:${id}` : `user:${company}/${id}`
const companyKey = (company: string): string => `company:${company}`

/** How many addresses are remembered: taking one apart costs more than the limit itself. */
const mostAddresses = 10_000

const remembering = (of: (address: string) => string) => {
  const known = new Map<string, string>()
  return (address: string): string => {
    let found = known.get(address)
    if (found === undefined) {
      found = of(address)
      if (known.size >= mostAddresses) known.clear()
      known.set(address, found)
    }
    return found
  }
}

/** `wait`: in how many milliseconds there is a token again. */
const refuse = (wait: number) => {
  const retryAfterSeconds = Math.max(1, Math.ceil(wait / 1_000))
  return Effect.andThen(
    withHeader("retry-after", String(retryAfterSeconds)),
    Effect.fail(new Problem.TooManyRequests({ retryAfterSeconds, detail: `come back in ${retryAfterSeconds} seconds` }))
  )
}

/** Counts in this process alone: several of them allow as many times more. */
export const layer = (options: Options): Layer.Layer<RateLimit | Limits> =>
  Layer.effect(
    RateLimit,
    Effect.map(Limits, ({ ofAddress }) => RateLimit.of((httpEffect) => Effect.andThen(ofAddress, httpEffect)))
  ).pipe(Layer.provideMerge(layerLimits(options)))
