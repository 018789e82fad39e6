/**
 * Serves an API by its contract, in place of `HttpApiBuilder.layer`. Endpoints that take and give JSON, which nearly
 * all do, run as one step of a fiber: their schemas are compiled when the server starts, and what is decoded at once is
 * not waited for. All others are served by effect's own routes.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Endpoint from "./Endpoint.ts"

type Requirements<L> = L extends Layer.Layer<infer _A, infer _E, infer R> ? R : never

/** What `HttpApiBuilder.group` makes of a group; effect does not publish its shape, and is pinned. */
interface Group {
  readonly routes: ReadonlyArray<HttpRouter.Route>
  readonly handlers: ReadonlyMap<string, Endpoint.Handled>
}

/**
 * The API, with the groups of `HttpApiBuilder.group`. Handlers have the services that they took when their group was
 * built, and of a request what middleware gives; of the layer's own services they see those in `kept`. Every error of
 * the contract has to be a problem.
 */
export const layer = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  kept: ReadonlyArray<Endpoint.Kept> = []
): Layer.Layer<never, never, Requirements<ReturnType<typeof HttpApiBuilder.layer<Id, Groups>>>> =>
  HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const services = yield* Effect.context<never>()
      // What is wrong with the API as a whole is found by effect's own layer, whose routes go nowhere.
      const nowhere = HttpRouter.HttpRouter.of({ ...router, addAll: () => Effect.void })
      const given = Layer.succeedContext(Context.add(services, HttpRouter.HttpRouter, nowhere))
      yield* Effect.scoped(
        Layer.build(
          Layer.provide(
            HttpApiBuilder.layer(api),
            given as Layer.Layer<Requirements<ReturnType<typeof HttpApiBuilder.layer<Id, Groups>>>>
          )
        )
      )
      for (const group of Object.values(api.groups) as ReadonlyArray<HttpApiGroup.Top>) {
        const { handlers, routes } = services.mapUnsafe.get(group.key) as Group
        yield* router.addAll(
          [...handlers.values()].map((handled, index) => {
            const run = Endpoint.compile({ api, group, handled, services, kept })
            if (run !== undefined) return { ...routes[index]!, handler: run }
            // By effect's own route, bytes that are no UTF-8 would be read as question marks.
            if (handled.endpoint.payload.size > 0) throw new TypeError(notServed(handled.endpoint.path))
            return routes[index]!
          }) as ReadonlyArray<HttpRouter.Route<never, never>>
        )
      }
    })
  ) as never

const notServed = (path: string): string =>
  `${path} takes a body: it has to take and give JSON, and the layer needs the middleware of its contract`
