/**
 * Many companies over HTTP as one layer of routes, for any router. Endpoints are compiled once; a company brings its
 * handlers, and is made ready when it is first asked for. What stands around requests is shared by all.
 */
import type { Companies, Digest } from "@popug/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type * as Etag from "effect/http/Etag"
import type * as HttpPlatform from "effect/http/HttpPlatform"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import type * as Path from "effect/Path"
import { CompanyApi } from "../api/Api.ts"
import { CompanyDevelopmentApi, HostApi, SystemApi } from "../api/HostApi.ts"
import type { Bell } from "../bell/Bell.ts"
import * as Contract from "./contract/Contract.ts"
import type { DevClock } from "./development/DevClock.ts"
import type { DevLogins } from "./development/DevLogin.ts"
import * as LoopbackOnly from "./development/LoopbackOnly.ts"
import * as Documents from "./documents/Documents.ts"
import type * as Front from "./documents/Front.ts"
import type { FeedOptions } from "./feed/Feed.ts"
import type { HubOptions } from "./feed/Hub.ts"
import type { Tokens } from "./guard/auth/Tokens.ts"
import * as Idempotency from "./guard/Idempotency.ts"
import * as RateLimit from "./guard/RateLimit.ts"
import * as Validation from "./guard/Validation.ts"
import * as Building from "./many/Building.ts"
import { handling } from "./many/handling.ts"
import * as HostHandlers from "./many/HostHandlers.ts"
import * as HostMetrics from "./many/HostMetrics.ts"
import * as Operators from "./many/Operators.ts"
import * as PlatformHandlers from "./many/PlatformHandlers.ts"
import * as TenantAuthorization from "./many/TenantAuthorization.ts"
import { Tenants, type TenantsOptions } from "./many/Tenants.ts"
import type { Drain } from "./platform/Drain.ts"
import * as Platform from "./platform/Platform.ts"
import * as Outages from "./wire/Outages.ts"
import { Prefix } from "./wire/Prefix.ts"

export { fingerprint } from "./many/Operators.ts"

type PlatformOptions = Omit<
  Platform.PlatformOptions<string, HttpApiGroup.Constraint>,
  "api" | "beside" | "pages" | "prefix"
>

export interface Options extends PlatformOptions {
  /**
   * Where a request says which company it is for: in its path (`/c/{company}/v1/...`, and a page for each at
   * `/c/{company}/`), or in a claim of its token.
   */
  readonly companies: TenantAuthorization.Which
  /** How many requests one user, one company and one address get. */
  readonly limits: RateLimit.Options
  /** The SHA-256 (hexadecimal) of the operator's token: who has it opens companies. Default: nobody does. */
  readonly operator?: string | undefined
  /** `/metrics`, to whoever reaches it; null for none. */
  readonly metrics?: HostMetrics.HostMetricsOptions | null | undefined
  /** How the feeds of events follow them. */
  readonly feed?: (FeedOptions & HubOptions) | undefined
  /** How many companies are ready at once, and for how long. */
  readonly ready?: TenantsOptions | undefined
  /** A page in front of each company. */
  readonly front?: Front.Front | undefined
}

/** What the routes need: `Companies`, `Drain.layer`, `Bell.layer`, `Tokens`, and a router. */
export type Requirements =
  | Companies
  | Digest.Digest
  | Drain
  | Tokens
  | Bell
  | HttpRouter.HttpRouter
  | HttpRouter.Request.From<"GlobalRequires", HttpPlatform.HttpPlatform>
  // Of the platform: `NodeHttpServer.layer` provides them.
  | Etag.Generator
  | FileSystem.FileSystem
  | HttpPlatform.HttpPlatform
  | Path.Path

const prefixOf = ({ companies }: Options): Prefix => (companies === "path" ? "/c/:company" : "")

const hostApi = ({ operator }: Options): HttpApi.Top => (operator === undefined ? SystemApi : HostApi) as never

/** The endpoints of companies, whose handlers the request's company brings. */
const ofCompanies = (api: HttpApi.Top, options: Options) =>
  Contract.layer(api as never, { kept: [Outages.Outages], prefix: prefixOf(options) }).pipe(
    Layer.provide(Layer.effectContext(Effect.map(Tenants, (tenants) => handling(api, tenants)))),
    Layer.provide(LoopbackOnly.layer)
  )

/** The endpoints of the server. */
const ofHost = (options: Options) => {
  const { operator } = options
  const routes = Contract.layer(hostApi(options) as never, { kept: [Outages.Outages] }).pipe(
    Layer.provide(HostHandlers.layer)
  )
  return operator === undefined
    ? routes
    : routes.pipe(Layer.provide(PlatformHandlers.layer), Layer.provide(Operators.layer(operator)))
}

/** The page, where companies have it. */
const frontOf = (options: Options): Front.Front => {
  const { front } = options
  const prefix = prefixOf(options)
  if (front === undefined) return { paths: [], routes: Layer.empty }
  if (prefix === "") return front
  const under = Layer.effect(
    HttpRouter.HttpRouter,
    Effect.map(HttpRouter.HttpRouter, (router) => ({
      ...router,
      add: ((method, path, ...more) => router.add(method, `${prefix}${path}`, ...more)) as typeof router.add
    }))
  )
  return {
    paths: front.paths.map((path) => `${prefix}${path}` as const),
    routes: front.routes.pipe(Layer.provide(under), Layer.provide(Layer.succeed(Prefix, prefix)))
  }
}

/** The server's own address leads to its documents, unless it is a company's page. */
const root = HttpRouter.add("GET", "/", HttpServerResponse.redirect("/docs"))

const make = (api: HttpApi.Top, build: Building.Building, options: Options) => {
  const front = frontOf(options)
  const hasRoot = front.paths.includes("/")
  const host = hostApi(options)
  const pages = [...front.paths, ...Documents.paths, "/metrics", ...(hasRoot ? [] : ["/" as const])] as const
  const metrics = options.metrics === null ? Layer.empty : HostMetrics.layer(options.metrics ?? {})
  const beside = [{ api, prefix: prefixOf(options) }]
  return Layer.mergeAll(
    ofCompanies(api, options),
    ofHost(options),
    front.routes,
    hasRoot ? Layer.empty : root,
    metrics,
    Documents.layerHost({ company: api, host, prefix: prefixOf(options) }),
    Platform.layer({ ...options, api: host as never, beside, pages })
  ).pipe(
    Layer.provide(Idempotency.layer),
    Layer.provide(TenantAuthorization.layer(options.companies)),
    Layer.provide([RateLimit.layer(options.limits), Validation.layer]),
    Layer.provide(Tenants.layer(build, options.ready)),
    Layer.provide(Outages.layer())
  )
}

/** The API of each company for whoever has a token of `Tokens`, and that of the server for its operator. */
export const layer = (options: Options): Layer.Layer<never, never, Requirements> =>
  make(CompanyApi as never, Building.make(CompanyApi as never, options), options) as never

/** The same with `/c/{company}/dev`: logging in as anybody. The companies have to be in the path. */
export const layerDevelopment = (
  options: Options & { readonly companies: "path" }
): Layer.Layer<never, never, Requirements | DevLogins | DevClock> =>
  make(
    CompanyDevelopmentApi as never,
    Building.makeDevelopment(CompanyDevelopmentApi as never, options),
    options
  ) as never
