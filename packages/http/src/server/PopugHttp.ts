/**
 * The whole of popug over HTTP as one layer of routes, for any router: the API, its documents, and what stands around
 * them. `layerDevelopment` has the development login besides.
 */
import type {
  Actor,
  Billing,
  BillingStore,
  Books,
  Company,
  Consumers,
  Digest,
  EventLog,
  Events,
  Reports,
  ReportStore,
  Streams,
  Tasks,
  TaskStore,
  Users,
  Verification
} from "@popug/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Etag from "effect/http/Etag"
import type * as HttpPlatform from "effect/http/HttpPlatform"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Layer from "effect/Layer"
import type * as Path from "effect/Path"
import { Api, DevelopmentApi } from "../api/Api.ts"
import * as Authorization from "./auth/authorization.ts"
import type { Authentication } from "./auth/Authentication.ts"
import type { DevTokens } from "./auth/DevLogin.ts"
import type { DevClock } from "./DevClock.ts"
import * as Documents from "./Documents.ts"
import { Feed, type FeedOptions } from "./feed/Feed.ts"
import { Hub, type HubOptions } from "./feed/Hub.ts"
import type * as Wake from "./feed/Wake.ts"
import * as BillingHandlers from "./handlers/billing.ts"
import * as DevelopmentHandlers from "./handlers/development.ts"
import * as EventsHandlers from "./handlers/events.ts"
import * as OperationsHandlers from "./handlers/operations.ts"
import * as ReportsHandlers from "./handlers/reports.ts"
import * as SystemHandlers from "./handlers/system.ts"
import * as TasksHandlers from "./handlers/tasks.ts"
import * as UsersHandlers from "./handlers/users.ts"
import * as Idempotency from "./idempotency.ts"
import * as CommandMetrics from "./platform/CommandMetrics.ts"
import type { Drain } from "./platform/Drain.ts"
import * as Favicon from "./platform/Favicon.ts"
import { type GaugeOptions, Gauges } from "./platform/Gauges.ts"
import * as MetricsRoute from "./platform/MetricsRoute.ts"
import * as Platform from "./platform/Platform.ts"
import { Prefix } from "./prefix.ts"
import * as RateLimit from "./rateLimit.ts"
import * as Validation from "./validation.ts"

type PlatformOptions = Omit<Platform.PlatformOptions<string, HttpApiGroup.Constraint>, "api" | "pages">

export interface Options extends PlatformOptions {
  /** How many requests one user and one address get. */
  readonly limits: RateLimit.Options
  /** `/metrics`, to whoever reaches it; null for none. */
  readonly metrics?: GaugeOptions | null | undefined
  /** How the feed of events follows them. */
  readonly feed?: (FeedOptions & HubOptions) | undefined
}

/** What the routes need: a company (`Popug.layer` over its ports), `Drain.layer`, `Wake.layer`, and a router. */
export type Requirements =
  | Actor.Directory
  | Billing
  | BillingStore
  | Books
  | Company
  | Consumers
  | Digest.Digest
  | EventLog
  | Events
  | Reports
  | ReportStore
  | Streams
  | Tasks
  | TaskStore
  | Users
  | Drain
  | Wake.Wake
  | HttpRouter.HttpRouter
  | HttpRouter.Request.From<"GlobalRequires", HttpPlatform.HttpPlatform>
  // Of the platform: `NodeHttpServer.layer` gives them.
  | Etag.Generator
  | FileSystem.FileSystem
  | HttpPlatform.HttpPlatform
  | Path.Path
  | Verification

const handlers = Layer.mergeAll(
  UsersHandlers.layer,
  TasksHandlers.layer,
  BillingHandlers.layer,
  ReportsHandlers.layer,
  EventsHandlers.layer,
  OperationsHandlers.layer,
  SystemHandlers.layer
).pipe(Layer.provide(CommandMetrics.layer))

const pages = ["/", "/docs", "/openapi.json", "/metrics", Favicon.path] as const

/** The page asks for a token, and leads nowhere else. */
const scalar = {
  withDefaultFonts: false,
  telemetry: false,
  showDeveloperTools: "never",
  hideClientButton: true,
  authentication: { preferredSecurityScheme: "bearer" }
}

/** The API by its address alone leads to its documents. */
const front = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    yield* router.add("GET", "/", HttpServerResponse.redirect(`${yield* Prefix}/docs`))
  })
)

const documents = <Id extends string, Groups extends HttpApiGroup.Constraint>(api: HttpApi.HttpApi<Id, Groups>) =>
  Layer.mergeAll(
    front,
    Favicon.layer,
    Documents.kept(HttpApiScalar.layer(api, { path: "/docs", scalar })),
    Documents.kept(
      HttpRouter.use((router) =>
        router.add(
          "GET",
          "/openapi.json",
          Effect.sync(() => HttpServerResponse.jsonUnsafe(OpenApi.fromApi(api)))
        )
      )
    )
  )

/** The API with its paths where the host has them: what documents and clients made of them call. */
const at = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  prefix: Prefix = ""
): HttpApi.HttpApi<Id, Groups> => (prefix === "" ? api : api.annotate(OpenApi.Servers, [{ url: prefix }]))

const around = ({ feed, limits, metrics, prefix = "" }: Options) =>
  Layer.mergeAll(
    Layer.succeed(Prefix, prefix),
    Layer.mergeAll(Authorization.layer, Idempotency.layer).pipe(Layer.provideMerge(RateLimit.layer(limits))),
    Validation.layer,
    Feed.layer({ trustedProxies: limits.trustedProxies, ...feed }).pipe(Layer.provide(Hub.layer(feed))),
    metrics === null ? Layer.empty : MetricsRoute.layer().pipe(Layer.provide(Gauges.layer(metrics)))
  )

/** The API for whoever has a token of `Authentication`. */
export const layer = (options: Options): Layer.Layer<never, never, Requirements | Authentication> => {
  const api = at(Api, options.prefix)
  return Layer.mergeAll(
    HttpApiBuilder.layer(api).pipe(Layer.provide(handlers)),
    documents(api),
    Platform.layer({ ...options, api, pages })
  ).pipe(Layer.provide(around(options)))
}

/** The same with `/dev`: logging in as anybody. */
export const layerDevelopment = (
  options: Options
): Layer.Layer<never, never, Requirements | Authentication | DevTokens | DevClock> => {
  const api = at(DevelopmentApi, options.prefix)
  return Layer.mergeAll(
    HttpApiBuilder.layer(api).pipe(Layer.provide(handlers), Layer.provide(DevelopmentHandlers.layer)),
    documents(api),
    Platform.layer({ ...options, api, pages })
  ).pipe(Layer.provide(around(options)))
}
