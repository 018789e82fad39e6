/**
 * A company as `npm run services` runs it, with a network between any two of its parts that can be troubled.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type ContextName, contexts } from "@popug/http/api"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import * as Nats from "../../../../packages/nats/test/server/Server.ts"
import * as Server from "../../../../packages/postgres/test/server/Server.ts"
import type { PartName } from "../../src/settings.ts"
import { type Company, supervise } from "../../src/supervise.ts"
import { type Way, wayTo } from "../support/way.ts"

export const secret = "what prices and draws are keyed by"

export interface Options {
  readonly store: "pglite" | "postgres"
  readonly bus: "nats" | "polling"
}

export interface Deployment {
  readonly company: Company
  /** Between two parts that speak with one another, such as `tasks to users`. */
  readonly ways: ReadonlyMap<string, Way>
  readonly nats: Nats.Server | undefined
  readonly postgres: Server.Server | undefined
  /** Where each context's rows are, straight. */
  readonly stores: Readonly<Record<ContextName, { readonly url: string } | { readonly folder: string }>>
  readonly folder: string
  /** What the processes have said, the last lines of it. */
  readonly said: Array<string>
  /** Ends all of it; returns where its data are if they are kept. */
  readonly close: (keep: boolean) => Promise<string | null>
}

/** Who asks whom; the front asks all contexts. */
const pairs: ReadonlySet<string> = new Set([
  ...contexts.map((name) => `front to ${name}`),
  "tasks to users",
  "tasks to billing",
  "billing to users",
  "billing to tasks",
  "reports to users",
  "reports to billing",
  ...contexts.flatMap((name) => [`${name} to nats`, `${name} to database`])
])

/** A database for each context on one server. */
const databases = async (server: Server.Server): Promise<Readonly<Record<ContextName, string>>> => {
  await Effect.runPromise(
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      for (const name of contexts) yield* sql.unsafe(`create database ${name}`)
    }).pipe(Effect.provide(Postgres.layerClient({ url: Redacted.make(server.url), ssl: false })), Effect.scoped)
  )
  const of = (name: string) => Object.assign(new URL(server.url), { pathname: `/${name}` }).href
  return { users: of("users"), tasks: of("tasks"), billing: of("billing"), reports: of("reports") }
}

const environment = {
  POPUG_DEV_LOGIN: "true",
  POPUG_DEV_CLOCK: "true",
  POPUG_DEMO: "false",
  POPUG_ADMIN: "admin",
  POPUG_LONGEST_JUMP: "1000000",
  POPUG_TASKS_A_DAY: "0",
  // Nothing is forgotten: what was answered is looked for at the end.
  POPUG_COMMANDS_DAYS: "100000",
  POPUG_MAIL: "files",
  POPUG_RATE_LIMIT: "0",
  POPUG_RATE_LIMIT_ADDRESS: "0",
  POPUG_DRAIN_DELAY_SECONDS: "0",
  POPUG_DRAIN_SECONDS: "3",
  POPUG_LOG_LEVEL: "Warn"
}

export const open = async ({ bus, store }: Options): Promise<Deployment> => {
  const folder = mkdtempSync(join(tmpdir(), "popug-soak-"))
  const nats = bus === "nats" ? await Nats.launch() : undefined
  const postgres = store === "postgres" ? await Server.launch({ fsync: true }) : undefined
  const urls = postgres === undefined ? {} : await databases(postgres)
  const ways = new Map<string, Way>()
  const said: Array<string> = []
  const company = await supervise({
    environment: { ...(process.env as Record<string, string>), ...environment },
    port: 0,
    folder,
    secret,
    nats: nats?.url ?? "none",
    databases: urls,
    longest: 1_000,
    said: (name, line) => {
      said.push(`${name.padEnd(8)} ${line}`)
      if (said.length > 2_000) said.splice(0, 1_000)
    },
    way: async (from, to, url) => {
      const name = `${from} to ${to}`
      if (!pairs.has(name)) return url
      const { hostname, port } = new URL(url)
      const way = await wayTo(hostname, Number(port))
      ways.set(name, way)
      return Object.assign(new URL(url), { hostname: "127.0.0.1", port: String(way.port) }).href.replace(/\/$/u, "")
    }
  })
  return {
    company,
    ways,
    nats,
    postgres,
    stores: Object.fromEntries(
      contexts.map((name) => {
        const url = (urls as Partial<Record<ContextName, string>>)[name]
        return [name, url === undefined ? { folder: join(folder, name, "company") } : { url }]
      })
    ) as Deployment["stores"],
    folder,
    said,
    close: async (keep) => {
      for (const { mend } of ways.values()) mend("lost")
      await company.end()
      for (const { close } of ways.values()) await close()
      await nats?.stop()
      await postgres?.stop(keep)
      if (!keep) rmSync(folder, { recursive: true, force: true })
      return keep ? [folder, ...(postgres === undefined ? [] : [postgres.folder])].join(" ") : null
    }
  }
}

export const parts: ReadonlyArray<PartName> = [...contexts, "front"]
