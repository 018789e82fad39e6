/**
 * Serves an API by its contract, in place of `HttpApiBuilder.layer`. Endpoints that take and give JSON, which nearly
 * all do, run as one step of a fiber: their schemas are compiled when the server starts, and what is decoded at once is
 * not waited for. All others are served as effect serves them.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import type { Prefix } from "../wire/Prefix.ts"
import * as Endpoint from "./Endpoint.ts"
import type { Group } from "./Group.ts"

export { group } from "./Group.ts"

type Requirements<L> = L extends Layer.Layer<infer _A, infer _E, infer R> ? R : never

export interface Options {
  /** Of the layer's own services those that requests see; others are the middleware's to give. */
  readonly kept?: ReadonlyArray<Endpoint.Kept> | undefined
  /** What stands before every path of the routes; parameters in it are none of the endpoints'. Default: nothing. */
  readonly prefix?: Prefix | undefined
}

/**
 * The API, with the groups of `Contract.group` or `HttpApiBuilder.group`. Handlers have the services that they took
 * when their group was built, and of a request what middleware gives. Every error of the contract has to be a problem.
 */
export const layer = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  { kept = [], prefix = "" }: Options = {}
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
        const { handlers } = services.mapUnsafe.get(group.key) as Group
        for (const handled of handlers.values()) {
          const { method, path } = handled.endpoint
          const run =
            Endpoint.compile({ api, group, handled, services, kept, prefix }) ?? (yield* otherwise(api, group, handled))
          yield* router.addAll([
            HttpRouter.route(method, `${prefix}${path}` as HttpRouter.PathInput, run)
          ]) as Effect.Effect<void>
        }
      }
    })
  ) as never

/** An endpoint of something else than JSON, as effect serves it. */
const otherwise = (api: unknown, group: HttpApiGroup.Top, { endpoint, handler }: Endpoint.Handled) => {
  // By effect's own way, bytes that are no UTF-8 would be read as question marks.
  if (endpoint.payload.size > 0) throw new TypeError(notServed(endpoint.path))
  const serve = HttpApiBuilder.endpoint as unknown as (
    ...args: ReadonlyArray<unknown>
  ) => Effect.Effect<Endpoint.Served>
  return serve(api, group.identifier, endpoint.identifier, handler)
}

const notServed = (path: string): string =>
  `${path} takes a body: it has to take and give JSON, and the layer needs the middleware of its contract`
