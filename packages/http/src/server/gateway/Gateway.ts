/**
 * One address in front of contexts that are served apart: each request goes on to the context that answers it, what all
 * of them answer is put together, and the page and the documents are here. It keeps nothing and knows no secret: any
 * number of them can run.
 */
import type { Digest } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type * as HttpPlatform from "effect/http/HttpPlatform"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { Api, DevelopmentApi } from "../../api/Api.ts"
import { type Answering, answering, type ContextName, contexts, sources } from "../../api/contexts.ts"
import * as Documents from "../documents/Documents.ts"
import * as Front from "../documents/Front.ts"
import * as RateLimit from "../guard/RateLimit.ts"
import { Gauges } from "../metrics/Gauges.ts"
import * as MetricsRoute from "../metrics/MetricsRoute.ts"
import { Drain } from "../platform/Drain.ts"
import * as Platform from "../platform/Platform.ts"
import { ofStatus } from "../wire/ProblemResponse.ts"
import { clock, streams, verification } from "./gathering.ts"
import { back, onward, unreachable } from "./passing.ts"
import { type UpstreamOptions, Upstreams } from "./Upstreams.ts"

export interface Options
  extends Omit<Platform.PlatformOptions<string, HttpApiGroup.Constraint>, "api" | "pages" | "prefix">, UpstreamOptions {
  /** How many requests for the page and the documents one address gets; contexts count those that they answer. */
  readonly limits: RateLimit.Options
  /** Whether `/metrics` tells of requests here; default: it does. */
  readonly metrics?: boolean | undefined
  /** A page in front of the API, such as `@popug/dashboard`'s; default: `/` leads to the documents. */
  readonly front?: Front.Front | undefined
}

/** What it needs: `Drain.layer`, a digest, and a router. */
export type Requirements =
  | Digest.Digest
  | Drain
  | HttpRouter.HttpRouter
  | HttpRouter.Request.From<"GlobalRequires", HttpPlatform.HttpPlatform>

/** The contexts' own limits come first, so that what they say of it is said. */
const timeLimit = "35 seconds"

/** The context of a source, or of a consumer: `billing` of `billing.users`. */
const named = <Name extends ContextName>(names: ReadonlyArray<Name>, name: string | undefined): Name | "users" =>
  names.find((known) => known === name) ?? "users"

const contextOf = (answers: ContextName | "source" | "consumer") =>
  Effect.gen(function* () {
    switch (answers) {
      case "source": {
        const { url } = yield* HttpServerRequest.HttpServerRequest
        return named(sources, new URLSearchParams(url.split("?")[1]).get("source") ?? undefined)
      }
      case "consumer":
        return named(contexts, (yield* HttpRouter.params)["consumer"]?.split(".")[0])
      default:
        return answers
    }
  })

const gathered: Readonly<Record<string, typeof streams | typeof clock>> = { streams, verify: verification, clock }

const ok = { status: "ok" } as const
/** It is ready whichever context is: the others answer. */
const probes: Readonly<Record<string, Effect.Effect<HttpServerResponse.HttpServerResponse, never, Drain>>> = {
  live: Effect.succeed(HttpServerResponse.jsonUnsafe(ok)),
  ready: Effect.map(Drain, ({ isDraining }) =>
    isDraining()
      ? ofStatus(503, { type: "urn:popug:problem:unavailable", detail: "the server is going down" })
      : HttpServerResponse.jsonUnsafe(ok)
  )
}

type Services = Context.Context<Upstreams | Drain>

/** What it needs is looked up once: to bring it to each request would cost more than to ask the router. */
const passOn = (services: Services, answers: ContextName | "source" | "consumer") => {
  const { ask } = Context.get(services, Upstreams)
  const { streamsEnd } = Context.get(services, Drain)
  return Effect.gen(function* () {
    const context = yield* contextOf(answers)
    return yield* back(context, yield* ask(context, yield* onward()), streamsEnd)
  })
}

const handlerOf = (services: Services, name: string, answers: Answering) => {
  if (answers === "self") return Effect.provideContext(probes[name]!, services)
  const asked = answers === "all" ? Effect.provideContext(gathered[name]!, services) : passOn(services, answers)
  return Effect.catchTag(asked as ReturnType<typeof passOn>, "Unreachable", (error) =>
    Effect.succeed(unreachable(error))
  )
}

const table: Readonly<Record<string, Readonly<Record<string, Answering>>>> = answering

/** A route for each endpoint of the contract. */
const routes = <Id extends string, Groups extends HttpApiGroup.Constraint>(api: HttpApi.HttpApi<Id, Groups>) =>
  HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const services = yield* Effect.context<Upstreams | Drain>()
      const all: Array<Effect.Effect<void>> = []
      HttpApi.reflect(api, {
        onGroup: () => undefined,
        onEndpoint: ({ endpoint, group }) => {
          const answers = table[group.identifier]?.[endpoint.identifier]
          if (answers === undefined) throw new TypeError(`nobody answers ${endpoint.path}`)
          const path = (endpoint.path.length > 1 ? endpoint.path.replace(/\/$/u, "") : endpoint.path) as `/${string}`
          const handler = handlerOf(services, endpoint.identifier, answers)
          all.push(router.add(endpoint.method as "GET", path, handler as never))
        }
      })
      yield* Effect.all(all, { discard: true })
    })
  )

const serving = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  { contexts, connectTimeout, front = Front.documents, limits, metrics = true, ...options }: Options
): Layer.Layer<never, never, Requirements> =>
  Layer.mergeAll(
    routes(api),
    front.routes,
    Documents.layer(api),
    metrics ? MetricsRoute.layer().pipe(Layer.provide(Layer.succeed(Gauges, { refresh: Effect.void }))) : Layer.empty,
    Platform.layer({ timeLimit, ...options, api, pages: [...front.paths, ...Documents.paths, "/metrics"] })
  ).pipe(Layer.provide([Upstreams.layer({ contexts, connectTimeout }), RateLimit.layer(limits)]))

/** In front of contexts for whoever has a token, which they verify. */
export const layer = (options: Options): Layer.Layer<never, never, Requirements> => serving(Api, options)

/** The same with `/dev`, in front of contexts with the development login. */
export const layerDevelopment = (options: Options): Layer.Layer<never, never, Requirements> =>
  serving(DevelopmentApi, options)
