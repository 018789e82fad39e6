/**
 * A company whose contexts run apart, each part in a scope of its own: it goes down and comes up while the others run.
 * They speak over real connections, and keep what they have in a Postgres, each in a schema of its own.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { observability } from "@popug-examples/server/observability"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
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
  /** What each makes its spans with; without it none are made. */
  readonly tracerOf?: (part: PartName) => Tracer.Tracer
}

export interface Apart {
  /** Where the front is. */
  readonly url: string
  readonly urlOf: (part: PartName) => string
  readonly down: (...names: ReadonlyArray<PartName>) => Promise<void>
  readonly up: (...names: ReadonlyArray<PartName>) => Promise<void>
  readonly folder: string
  readonly close: () => Promise<void>
}

/** Starts all of them. */
export const apart = async ({ databaseOf, environment = {}, tracerOf }: Given): Promise<Apart> => {
  const folder = mkdtempSync(join(tmpdir(), "popug-services-"))
  const ports = new Map<PartName, number>()
  for (const part of parts) ports.set(part, await freePort())
  const urlOf = (part: PartName) => `http://127.0.0.1:${ports.get(part)}`
  const running = new Map<PartName, Scope.Closeable>()

  const settingsOf = (part: PartName) => {
    const own = part === "front" ? {} : { ...keysOf(part, secret), DATABASE_URL: databaseOf(part) }
    const settings = read({
      HOST: "127.0.0.1",
      PORT: String(ports.get(part)),
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
      ...Object.fromEntries(parts.slice(0, 4).map((name) => [`POPUG_${name.toUpperCase()}_URL`, urlOf(name)])),
      OTEL_SERVICE_NAME: `popug-${part}`,
      ...own,
      ...environment
    })
    return Result.getOrThrowWith(settings, (wrong) => new Error(wrong.join("\n")))
  }

  const up = async (part: PartName) => {
    const scope = Scope.makeUnsafe()
    running.set(part, scope)
    // Each has what a process of its own would have.
    const settings = settingsOf(part)
    const traced =
      tracerOf === undefined
        ? Layer.succeed(References.TracerEnabled, false)
        : Layer.succeed(Tracer.Tracer, tracerOf(part))
    const seen =
      settings.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? Layer.merge(Layer.succeed(References.MinimumLogLevel, "None"), traced)
        : observability(settings)
    await Effect.runPromise(
      Layer.buildWithMemoMap(
        Layer.fresh(layer(settings)).pipe(Layer.provide(seen)),
        Layer.makeMemoMapUnsafe(),
        scope
      ) as Effect.Effect<unknown, unknown>
    )
  }
  const down = async (part: PartName) => {
    await Effect.runPromise(Scope.close(running.get(part)!, Exit.void))
    running.delete(part)
  }
  const each = (act: (part: PartName) => Promise<void>) => async (names: ReadonlyArray<PartName>) => {
    for (const name of names) await act(name)
  }
  const [start, stop] = [each(up), each(down)]
  await start(parts)
  return {
    url: urlOf("front"),
    urlOf,
    up: (...names) => start(names),
    down: (...names) => stop(names),
    folder,
    close: async () => {
      await stop([...running.keys()].toReversed())
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
