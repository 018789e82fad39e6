/**
 * The baselines' SQL, which is kept in files beside the sources, and what it is sent with.
 */
import { readFileSync } from "node:fs"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

const folder = new URL("../../sql/", import.meta.url)

/** The statements of a file, in their order, for a schema. */
export const statements = (file: string, schema: string): ReadonlyArray<string> =>
  readFileSync(new URL(file, folder), "utf8").replaceAll(":schema", schema).trimEnd().replace(/;$/, "").split(";\n\n")

/** The one statement of a file. */
export const statement = (file: string, schema: string): string => {
  const [only, ...more] = statements(file, schema)
  if (only === undefined || more.length > 0) throw new Error(`${file} should hold one statement`)
  return only
}

/** A pool of connections, for as long as it is not disposed of. */
export const connect = async (url: string, maxConnections: number) => {
  const runtime = ManagedRuntime.make(PgClient.layer({ url: Redacted.make(url), ssl: false, maxConnections }))
  const client = await runtime.runPromise(PgClient.PgClient)
  return {
    client,
    run: runtime.runPromise,
    runAll: async (sql: ReadonlyArray<string>) => {
      for (const each of sql) await runtime.runPromise(client.unsafe(each))
    },
    close: () => runtime.dispose()
  }
}

const list = (values: ReadonlyArray<unknown>, of: number) => Result.getOrThrow(PgTypes.array(values, of))

export const text = PgTypes.text
export const int = (value: number) => PgTypes.int8(BigInt(value))
export const texts = (values: ReadonlyArray<string>) => list(values, PgTypes.OID.text)
export const ints = (values: ReadonlyArray<number | bigint>) => list(values.map(BigInt), PgTypes.OID.int8)
/** Whole numbers as `float8`, as the stores send those of long lists. */
export const numbers = (values: ReadonlyArray<number>) => list(values, PgTypes.OID.float8)
