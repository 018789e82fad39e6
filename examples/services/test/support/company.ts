/**
 * A company whose contexts run apart, each part in a scope of its own: it goes down and comes up while the others run.
 * They speak over real connections, and keep what they have in a Postgres, each in a schema of its own.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { observability } from "@popug-examples/server/observability"
import { type ContextName, contexts } from "@popug/http/api"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as References from "effect/References"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import { freePort } from "../../src/broker.ts"
import { keysOf } from "../../src/keys.ts"
import { layer } from "../../src/serving.ts"
import { type PartName, parts, read } from "../../src/settings.ts"

export const secret = "what prices and draws are keyed by"

export interface Given {
  /** The Postgres of all, or of each. */
  readonly databaseOf: (part: PartName) => string
  /** What differs from a demonstration's; an empty text for what is not set. */
  readonly environment?: Readonly<Record<string, string>>
  /** A context that there is a second process of. */
  readonly twice?: ContextName
  /** What each makes its spans with; without it none are made. */
  readonly tracerOf?: (part: PartName) => Tracer.Tracer
}

export interface Apart {
  /** Where the front is. */
  readonly url: string
  readonly urlOf: (place: Place) => string
  readonly down: (...places: ReadonlyArray<Place>) => Promise<void>
  readonly up: (...places: ReadonlyArray<Place>) => Promise<void>
  readonly folder: string
  readonly close: () => Promise<void>
}

/** A process: one of each part, and the second of the context that there are two of. */
type Place = PartName | "second"

/** Starts all of them. */
export const apart = async ({ databaseOf, environment = {}, tracerOf, twice }: Given): Promise<Apart> => {
  const folder = mkdtempSync(join(tmpdir(), "popug-services-"))
  const places: ReadonlyArray<Place> = twice === undefined ? parts : [...parts, "second"]
  const ports = new Map<Place, number>()
  for (const place of places) ports.set(place, await freePort())
  const urlOf = (place: Place) => `http://127.0.0.1:${ports.get(place)}`
  const running = new Map<Place, Scope.Closeable>()
  const urlsOf = (context: ContextName) => [urlOf(context), ...(context === twice ? [urlOf("second")] : [])].join(",")

  const settingsOf = (place: Place) => {
    const part = place === "second" ? twice! : place
    const own = part === "front" ? {} : { ...keysOf(part, secret), DATABASE_URL: databaseOf(part) }
    const settings = read({
      HOST: "127.0.0.1",
      PORT: String(ports.get(place)),
      POPUG_SERVICE: part,
      POPUG_SECRET: secret,
      POPUG_DATA_DIR: folder,
      POPUG_DATABASE_SCHEMA: part,
      POPUG_DATABASE_CONNECTIONS: "3",
      POPUG_DEV_LOGIN: "true",
      POPUG_DEV_CLOCK: "true",
      POPUG_DEMO: "true",
      POPUG_LONGEST_JUMP: "1000",
      POPUG_RATE_LIMIT: "0",
      POPUG_RATE_LIMIT_ADDRESS: "0",
      POPUG_TRUSTED_PROXIES: part === "front" ? "0" : "1",
      ...Object.fromEntries(contexts.map((name) => [`POPUG_${name.toUpperCase()}_URL`, urlsOf(name)])),
      OTEL_SERVICE_NAME: `popug-${part}`,
      ...own,
      ...environment
    })
    return Result.getOrThrowWith(settings, (wrong) => new Error(wrong.join("\n")))
  }

  const up = async (place: Place) => {
    const scope = Scope.makeUnsafe()
    running.set(place, scope)
    // Each has what a process of its own would have.
    const settings = settingsOf(place)
    const traced =
      tracerOf === undefined
        ? Layer.succeed(References.TracerEnabled, false)
        : Layer.succeed(Tracer.Tracer, tracerOf(settings.POPUG_SERVICE))
    const seen =
      settings.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? Layer.merge(Layer.succeed(References.MinimumLogLevel, "None"), traced)
        : observability(settings)
    await Effect.runPromise(
      Layer.buildWithMemoMap(
        Layer.fresh(layer(settings)).pipe(
          Layer.provide(seen),
          Layer.provide(Layer.succeed(Metric.MetricRegistry, new Map()))
        ),
        Layer.makeMemoMapUnsafe(),
        scope
      ) as Effect.Effect<unknown, unknown>
    )
  }
  const down = async (place: Place) => {
    await Effect.runPromise(Scope.close(running.get(place)!, Exit.void))
    running.delete(place)
  }
  const each = (act: (place: Place) => Promise<void>) => async (all: ReadonlyArray<Place>) => {
    for (const place of all) await act(place)
  }
  const [start, stop] = [each(up), each(down)]
  await start(places)
  return {
    url: urlOf("front"),
    urlOf,
    up: (...all) => start(all),
    down: (...all) => stop(all),
    folder,
    close: async () => {
      await stop([...running.keys()].toReversed())
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
