/**
 * What a process answers the services of the other contexts, as routes below `/internal/v1`: on a port of their own
 * (`layer`), or beside the API for people (`routes`). Keep them from whoever is no service: a proxy in front of popug
 * passes on `/v1`, and nothing of these.
 */
import type { Digest } from "@popug/core"
import type * as FileSystem from "effect/FileSystem"
import type * as Etag from "effect/http/Etag"
import type * as HttpPlatform from "effect/http/HttpPlatform"
import type * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import type * as Path from "effect/Path"
import { ServicesApi } from "../../api/services/ServicesApi.ts"
import type { Bell } from "../../bell/Bell.ts"
import * as Contract from "../contract/Contract.ts"
import * as Validation from "../guard/Validation.ts"
import type { Drain } from "../platform/Drain.ts"
import * as Platform from "../platform/Platform.ts"
import * as Outages from "../wire/Outages.ts"
import type { Offers } from "./Offers.ts"
import * as ServiceKeys from "./ServiceKeys.ts"
import * as ServicesHandlers from "./ServicesHandlers.ts"
import * as Watch from "./Watch.ts"

export interface Options extends Watch.WatchOptions {
  /** Who asks, by which keys, and for what. */
  readonly credentials: ReadonlyArray<ServiceKeys.Credential>
}

/** `NodeHttpServer.layer` provides those of the platform. */
type Requirements =
  | Offers
  | Bell
  | Drain
  | Digest.Digest
  | HttpRouter.HttpRouter
  | HttpRouter.Request.From<"GlobalRequires", HttpPlatform.HttpPlatform>
  | Etag.Generator
  | FileSystem.FileSystem
  | HttpPlatform.HttpPlatform
  | Path.Path

/** The routes alone, for a router whose platform is there. */
export const routes = (options: Options): Layer.Layer<never, ServiceKeys.ServiceKeysError, Requirements> =>
  Contract.layer(ServicesApi, { kept: [Outages.Outages] }).pipe(
    Layer.provide(ServicesHandlers.layer),
    Layer.provide([
      ServiceKeys.layer(options.credentials),
      Validation.layer,
      Watch.Watch.layer(options),
      Outages.layer()
    ])
  )

/** The routes with all that stands around requests, for a router of their own. */
export const layer = (
  options: Options & Omit<Platform.PlatformOptions<string, never>, "api" | "pages">
): Layer.Layer<never, ServiceKeys.ServiceKeysError, Requirements> =>
  Layer.mergeAll(routes(options), Platform.layer({ ...options, api: ServicesApi }))
