/**
 * What one sees of the server from outside: its log, and traces and metrics by OTLP where they are wanted.
 */
import * as Layer from "effect/Layer"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Logger from "effect/Logger"
import * as Otlp from "effect/observability/Otlp"
import * as References from "effect/References"
import type { Settings } from "./settings.ts"

/** Logs go to stdout, as JSON or for people; spans are made only where somebody collects them. */
export const observability = (settings: Settings) =>
  Layer.mergeAll(
    Logger.layer([settings.POPUG_LOG_FORMAT === "json" ? Logger.consoleJson : Logger.consolePretty()]),
    Layer.succeed(References.MinimumLogLevel, settings.POPUG_LOG_LEVEL),
    settings.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
      ? Layer.succeed(References.TracerEnabled, false)
      : Otlp.layerJson({
          baseUrl: settings.OTEL_EXPORTER_OTLP_ENDPOINT,
          resource: { serviceName: settings.OTEL_SERVICE_NAME },
          loggerMergeWithExisting: true
        }).pipe(Layer.provide(FetchHttpClient.layer))
  )
