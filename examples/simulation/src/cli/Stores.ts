/**
 * Where a program can keep a company's books.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import * as Sqlite from "@popug-examples/sqlite"
import type { Company, CursorStore, Ports } from "@popug/core"
import { StoreError } from "@popug/core"
import { Memory } from "@popug/memory"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

export const Name = Schema.Literals(["memory", "pglite", "postgres", "sqlite"])
export type Name = typeof Name.Type

/** A schema of its own on a server, gone when the program ends. */
const onServer = (url: string) =>
  Layer.unwrap(
    Effect.map(Clock.currentTimeMillis, (now) => {
      const schema = `popug_tmp_${process.pid}_${now}`
      const drop = Layer.effectDiscard(
        Effect.flatMap(PgClient, (sql) =>
          Effect.addFinalizer(() => Effect.ignore(sql.unsafe(`drop schema if exists ${schema} cascade`)))
        )
      )
      return Postgres.layerOver({ schema, clock: "effect", migrate: true }).pipe(
        Layer.provide(drop),
        Layer.provide(Postgres.layerClient({ url: Redacted.make(url) }))
      )
    })
  )

/** All ports, empty, for as long as the program runs, of the company that it is given; the clock is the program's. */
export const layer = (name: Name, url: string | undefined): Layer.Layer<Ports | CursorStore, StoreError, Company> => {
  if (name === "memory") return Memory.layer
  if (name === "sqlite") return Sqlite.layer({ file: ":memory:" })
  const ports: Layer.Layer<Ports | CursorStore, Layer.Error<ReturnType<typeof Pglite.layer>>, Company> = name ===
  "pglite"
    ? Pglite.layer({ clock: "effect" })
    : onServer(url ?? "postgres://localhost/postgres")
  return ports.pipe(
    Layer.catchCause((cause) =>
      Layer.effectContext(
        Effect.mapError(Effect.failCause(cause), (error) =>
          error instanceof StoreError
            ? error
            : new StoreError({ reason: "Unavailable", retryable: false, committed: "no", message: error.message })
        )
      )
    )
  )
}
