/**
 * What a process that works for many companies is told, and how it sees them.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import { Companies, type CompanyDirectory, type CompanyHome, Notifier } from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { fastClock } from "../node.ts"

export interface Plan {
  readonly name: string
  /** The databases by their names; the directory is in the first. */
  readonly urls: Readonly<Record<string, string>>
  readonly companies: ReadonlyArray<string>
  /** How many hosts of companies the process has, each as another process would. */
  readonly hosts: number
  /** How many fibers of each host send commands. */
  readonly writers: number
  /** How many commands each of them sends; without it, until the process is ended. */
  readonly commands?: number
  readonly began: number
  readonly factor: number
  /** Commands of a process that was killed before it got their answers. */
  readonly again: ReadonlyArray<Sent>
}

/** A command that makes tasks in a company. */
export interface Sent {
  readonly company: string
  readonly id: string
  readonly tasks: number
}

export const userIds = Array.from({ length: 5 }, (_, index) => `popug${index}`)

export const taskIds = ({ id, tasks }: Pick<Sent, "id" | "tasks">) =>
  Array.from({ length: tasks }, (_, index) => `${id}.${index}`)

export const schema = "popug"

const database = (url: string, name: string) =>
  Postgres.layerDatabase({
    url: Redacted.make(url),
    ssl: false,
    applicationName: name,
    migrate: true,
    clock: "effect",
    maxConnections: 5,
    // Somebody who is paused in mid-commit holds the others up for so long.
    idleTimeoutMillis: 3_000,
    lockTimeoutMillis: 6_000
  })

/** A host of the companies of some databases; each call makes one of its own. */
export const host = ({ began, factor, name, urls }: Pick<Plan, "name" | "urls" | "began" | "factor">) => {
  const homes = Object.entries(urls).map(
    ([key, url]) =>
      [
        key,
        Layer.provideMerge(Layer.mergeAll(Postgres.layerHome, Postgres.layerDirectory), database(url, name))
      ] as const
  )
  const databases: Record<string, Layer.Layer<CompanyHome, unknown>> = Object.fromEntries(homes)
  const directory = homes[0]![1] as Layer.Layer<CompanyDirectory, unknown>
  return Companies.layer({
    databases,
    defaultDatabase: "one",
    notifier: () => Notifier.layerLog,
    idleTimeToLive: "2 seconds"
  }).pipe(
    Layer.provideMerge(directory),
    Layer.provideMerge(
      Layer.mergeAll(Postgres.layerSecrets(Redacted.make("the key of this host")), Postgres.layerDigest)
    ),
    Layer.provideMerge(fastClock({ began, factor })),
    Layer.orDie
  )
}

export const clientOf = (url: string) =>
  Postgres.layerClient({ url: Redacted.make(url), ssl: false, maxConnections: 2 })

/** A statement on a connection of its own. */
export const query = <Row extends object>(url: string, sql: string) =>
  Effect.flatMap(PgClient, ({ unsafe }) => unsafe<Row>(sql)).pipe(Effect.provide(clientOf(url)), Effect.scoped)
