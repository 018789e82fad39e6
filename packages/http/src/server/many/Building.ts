/**
 * What makes a company ready for requests: its handlers over its own services, its feed, and how its users are found.
 */
import type { CompanyServices } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpApi from "effect/http-api/HttpApi"
import * as Layer from "effect/Layer"
import type { Bell } from "../../bell/Bell.ts"
import { DevClock, MovableClock } from "../development/DevClock.ts"
import * as DevelopmentHandlers from "../development/DevelopmentHandlers.ts"
import { DevLogins, DevTokens } from "../development/DevLogin.ts"
import { Feed, type FeedOptions } from "../feed/Feed.ts"
import { Hub, type HubOptions } from "../feed/Hub.ts"
import * as Places from "../feed/Places.ts"
import { Tokens } from "../guard/auth/Tokens.ts"
import * as CompanyGroups from "../handlers/CompanyGroups.ts"
import type { Drain } from "../platform/Drain.ts"
import { Prefix } from "../wire/Prefix.ts"
import { handlersOf } from "./handling.ts"
import type { Which } from "./TenantAuthorization.ts"
import type { Build } from "./Tenants.ts"

export interface Options {
  readonly companies: Which
  readonly feed?: (FeedOptions & HubOptions) | undefined
  readonly limits: { readonly trustedProxies?: number | undefined }
}

type Host = Bell | Drain | Tokens
export type Building = Effect.Effect<Build, never, Host | DevLogins | DevClock>

/** Words of the database ring for feeds: looking is for what got lost. */
const pollInterval = "5 seconds"

const feedOf = ({ feed, limits: { trustedProxies } }: Options) =>
  Feed.layer({ trustedProxies, ...feed }).pipe(Layer.provide(Hub.layer({ pollInterval, ...feed })))

type Own = CompanyServices | Bell | Drain

/** `more` is what a company has besides, of what the server has. */
const building = <R>(
  api: HttpApi.Top,
  options: Options,
  groups: Layer.Layer<never, never, never>,
  more: Effect.Effect<(id: string) => Effect.Effect<Context.Context<never>>, never, R>
): Effect.Effect<Build, never, Host | R> =>
  Effect.gen(function* () {
    const host = yield* Effect.context<Host>()
    const { signIn } = yield* Tokens
    const besides = yield* more
    const shared = Places.make(options.feed ?? {})
    return Effect.fnUntraced(function* (id, services) {
      const own = Context.mergeAll(host, services, yield* besides(id)).pipe(
        Context.add(Prefix, options.companies === "path" ? `/c/${id}` : ""),
        Context.add(Places.Shared, shared)
      )
      const scope = yield* Effect.scope
      // A memory of its own: effect would otherwise give the second company the first one's handlers.
      const built = yield* Layer.buildWithMemoMap(groups, Layer.makeMemoMapUnsafe(), scope).pipe(
        Effect.provideContext(own as Context.Context<Own>)
      )
      const resolve = yield* Effect.provideContext(signIn, services)
      return { resolve, handlers: handlersOf(api, built) }
    })
  })

/** Of companies as they are in production. */
export const make = (api: HttpApi.Top, options: Options): Building =>
  building(
    api,
    options,
    CompanyGroups.layer.pipe(Layer.provide(feedOf(options))) as never,
    Effect.succeed(() => Effect.succeed(Context.empty()))
  )

/** With the development login. */
export const makeDevelopment = (api: HttpApi.Top, options: Options): Building =>
  building(
    api,
    options,
    Layer.merge(CompanyGroups.layer, DevelopmentHandlers.layer).pipe(Layer.provide(feedOf(options))) as never,
    Effect.gen(function* () {
      const clock = yield* DevClock
      const { of } = yield* DevLogins
      return (id: string) =>
        Effect.map(
          of(id),
          (tokens) =>
            Context.make(DevTokens, tokens).pipe(
              Context.add(DevClock, clock),
              Context.add(MovableClock, clock.movable)
            ) as never
        )
    })
  )
