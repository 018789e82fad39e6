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
  Shuffling,
  Streams,
  Tasks,
  TaskStore,
  Users,
  Verification
} from "@popug/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import type * as Etag from "effect/http/Etag"
import type * as HttpPlatform from "effect/http/HttpPlatform"
import type * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import type * as Path from "effect/Path"
import { Api, DevelopmentApi } from "../api/Api.ts"
import type { Bell } from "../bell/Bell.ts"
import { aroundFeed, type AroundOptions } from "./around.ts"
import * as Contract from "./contract/Contract.ts"
import { DevClock, MovableClock } from "./development/DevClock.ts"
import * as DevelopmentHandlers from "./development/DevelopmentHandlers.ts"
import type { DevTokens } from "./development/DevLogin.ts"
import * as Documents from "./documents/Documents.ts"
import * as Front from "./documents/Front.ts"
import type { Authentication } from "./guard/auth/Authentication.ts"
import * as CompanyGroups from "./handlers/CompanyGroups.ts"
import * as SystemHandlers from "./handlers/SystemHandlers.ts"
import type { Drain } from "./platform/Drain.ts"
import * as Platform from "./platform/Platform.ts"
import * as Outages from "./wire/Outages.ts"
import type { Prefix } from "./wire/Prefix.ts"

type PlatformOptions = Omit<Platform.PlatformOptions<string, HttpApiGroup.Constraint>, "api" | "beside" | "pages">

export interface Options extends PlatformOptions, AroundOptions {
  readonly prefix?: Prefix | undefined
  /** A page in front of the API, such as `@popug/dashboard`'s; default: `/` leads to the documents. */
  readonly front?: Front.Front | undefined
}

/** What the routes need: a company (`Popug.layer` over its ports), `Drain.layer`, `Bell.layer`, and a router. */
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
  | Shuffling
  | Streams
  | Tasks
  | TaskStore
  | Users
  | Drain
  | Bell
  | HttpRouter.HttpRouter
  | HttpRouter.Request.From<"GlobalRequires", HttpPlatform.HttpPlatform>
  // Of the platform: `NodeHttpServer.layer` provides them.
  | Etag.Generator
  | FileSystem.FileSystem
  | HttpPlatform.HttpPlatform
  | Path.Path
  | Verification

const handlers = Layer.mergeAll(CompanyGroups.layer, SystemHandlers.layer)

/** The API with its paths where the host has them: what documents and clients made of them call. */
const at = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  prefix: Prefix = ""
): HttpApi.HttpApi<Id, Groups> => (prefix === "" ? api : api.annotate(OpenApi.Servers, [{ url: prefix }]))

/** What there is to read, and what stands around all requests. */
const documents = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  { front = Front.documents, ...options }: Options
) =>
  Layer.mergeAll(
    front.routes,
    Documents.layer(api),
    Platform.layer({ ...options, api, pages: [...front.paths, ...Documents.paths, "/metrics"] })
  )

/** The API for whoever has a token of `Authentication`. */
export const layer = (options: Options): Layer.Layer<never, never, Requirements | Authentication> => {
  const api = at(Api, options.prefix)
  return Layer.mergeAll(
    Contract.layer(api, { kept: [Outages.Outages] }).pipe(Layer.provide(handlers)),
    documents(api, options)
  ).pipe(Layer.provide(aroundFeed(options)))
}

/** The same with `/dev`: logging in as anybody. */
export const layerDevelopment = (
  options: Options
): Layer.Layer<never, never, Requirements | Authentication | DevTokens | DevClock> => {
  const api = at(DevelopmentApi, options.prefix)
  const clock = Layer.effect(
    MovableClock,
    Effect.map(DevClock, ({ movable }) => movable)
  )
  return Layer.mergeAll(
    Contract.layer(api, { kept: [Outages.Outages] }).pipe(
      Layer.provide(Layer.provide(handlers, clock)),
      Layer.provide(DevelopmentHandlers.layer)
    ),
    documents(api, options)
  ).pipe(Layer.provide(aroundFeed(options)))
}
