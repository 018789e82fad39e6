/**
 * What is seen of the server from outside: its log, and traces, metrics and the log by OTLP where they are wanted.
 */
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Otlp from "effect/observability/Otlp"
import * as References from "effect/References"
import type { Settings } from "./settings.ts"

/** Logs go to stdout, as JSON or for people; spans are made only where somebody collects them. */
export const observability = (settings: Settings) => {
  const log = Layer.merge(
    Logger.layer([settings.POPUG_LOG_FORMAT === "json" ? Logger.consoleJson : Logger.consolePretty()]),
    Layer.succeed(References.MinimumLogLevel, settings.POPUG_LOG_LEVEL)
  )
  if (settings.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) {
    return Layer.merge(log, Layer.succeed(References.TracerEnabled, false))
  }
  return Otlp.layerJson({
    baseUrl: settings.OTEL_EXPORTER_OTLP_ENDPOINT,
    resource: { serviceName: settings.OTEL_SERVICE_NAME }
  }).pipe(
    Layer.provide(FetchHttpClient.layer),
    // Beneath it, not beside it: the exporter joins the loggers that it finds.
    Layer.provideMerge(log)
  )
}
