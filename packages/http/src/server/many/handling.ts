/**
 * The endpoints of companies, with handlers that have those of the request's company do the work.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Authorization } from "../../api/middleware.ts"
import type { Handled } from "../contract/Endpoint.ts"
import type { Group } from "../contract/Group.ts"
import { Caller } from "../guard/auth/Caller.ts"
import { asProblems } from "../wire/asProblems.ts"
import type { Tenant } from "./Tenant.ts"
import type { Tenants } from "./Tenants.ts"

type Handler = Handled["handler"]
type Groups = Readonly<Record<string, HttpApiGroup.Top>>

const nameOf = (group: HttpApiGroup.Top, endpoint: string): string => `${group.identifier}.${endpoint}`

/** The handlers that were built of an API's groups. */
export const handlersOf = (api: HttpApi.Top, built: Context.Context<never>): ReadonlyMap<string, Handler> =>
  new Map(
    Object.values(api.groups as Groups).flatMap((group) => {
      const { handlers } = built.mapUnsafe.get(group.key) as Group
      return [...handlers].map(([name, { handler }]) => [nameOf(group, name), handler] as const)
    })
  )

const notFound = HttpServerResponse.empty({ status: 404 })

/**
 * Handlers for `Contract.layer` that have those of the request's company do the work. Where no token says who asks, as
 * at the development login, it is the one in the path.
 */
export const handling = (api: HttpApi.Top, tenants: Tenants["Service"]): Context.Context<never> => {
  const run = (tenant: Tenant, name: string, asked: never) => tenant.handlers.get(name)!(asked)
  const enter = (name: string, asked: never) =>
    Effect.matchEffect(
      Effect.flatMap(named, (company = "") => tenants.enter(company)),
      {
        onFailure: (error) =>
          error._tag === "StoreError" ? asProblems(Effect.fail(error)) : Effect.succeed<unknown>(notFound),
        onSuccess: (tenant) => run(tenant, name, asked)
      }
    )
  return Context.makeUnsafe(
    new Map(
      Object.values(api.groups as Groups).map((group) => {
        const handlers = new Map<string, Handled>()
        for (const endpoint of Object.values(group.endpoints)) {
          const name = nameOf(group, endpoint.identifier)
          const handler = endpoint.middlewares.has(Authorization)
            ? (asked: never) =>
                Effect.withFiber<unknown, unknown>(({ context }) =>
                  run(Context.get(context, Caller).tenant!, name, asked)
                )
            : (asked: never) => enter(name, asked)
          handlers.set(endpoint.identifier, { endpoint, handler: handler as Handler, isRaw: false })
        }
        return [group.key, { routes: [], handlers } satisfies Group] as const
      })
    )
  )
}

/** The company that a path names. */
export const named: Effect.Effect<string | undefined> = Effect.withFiber(({ context }) => {
  const route = Context.getOrUndefined(context as Context.Context<HttpRouter.RouteContext>, HttpRouter.RouteContext)
  return Effect.succeed(route?.params["company"])
})
