/**
 * A dump as it is read: every line is checked before its rows are written, and the digests at the end.
 */
import { createHash } from "node:crypto"
import type { Lines, StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import { conflict } from "./errors.ts"

/** A table that holds rows of companies. */
export interface Table {
  readonly name: string
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string }>
  /** Its primary key, after the company. */
  readonly key: ReadonlyArray<string>
}

type Row = ReadonlyArray<string | null>

/** Rows of a table, in the order of the dump. */
interface Rows {
  readonly table: Table
  readonly rows: Array<Row>
}

const isText = (value: unknown): value is string | null => value === null || typeof value === "string"

export class Reading {
  readonly #company: string
  readonly #migration: number
  /** Those that are still to come; all are in a dump, also those without rows. */
  readonly #tables: Array<Table>
  readonly #all = createHash("sha256")
  #table: { readonly table: Table; readonly hash: ReturnType<typeof createHash>; rows: number } | undefined
  #number = 0
  #isWhole = false

  constructor(company: string, migration: number, tables: ReadonlyArray<Table>) {
    this.#company = company
    this.#migration = migration
    this.#tables = [...tables]
  }

  /** Whether the last line has been read. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** Reads on; returns the rows of these lines. */
  take(lines: Lines): Effect.Effect<ReadonlyArray<Rows>, StoreError> {
    return Effect.suspend(() => {
      const found: Array<Rows> = []
      for (const line of lines) {
        this.#number += 1
        const wrong = this.#read(line, found)
        if (wrong !== undefined) return Effect.fail(conflict(`line ${this.#number} of the dump: ${wrong}`))
        if (!this.#isWhole) this.#all.update(line).update("\n")
      }
      return Effect.succeed(found)
    })
  }

  /** Returns what is wrong with a line. */
  #read(line: string, found: Array<Rows>): string | undefined {
    if (this.#isWhole) return "there is more after its end"
    let value: Record<string, unknown>
    try {
      value = JSON.parse(line)
    } catch {
      return "is no JSON"
    }
    if (this.#number === 1) return this.#begin(value)
    if (this.#table === undefined) return this.#tables.length > 0 ? this.#beginTable(value) : this.#end(value)
    return Array.isArray(value) ? this.#row(line, value, found) : this.#endTable(value)
  }

  #begin({ company, migration, popug }: Record<string, unknown>): string | undefined {
    if (popug !== "company") return "it is no dump of a company"
    if (company !== this.#company) return `it is of company ${String(company)}`
    if (migration !== this.#migration) {
      return `it is of migration ${String(migration)}, and here is ${this.#migration}: migrate the older one first`
    }
    return undefined
  }

  #beginTable({ columns, table: name }: Record<string, unknown>): string | undefined {
    const table = this.#tables.shift()!
    if (name !== table.name || JSON.stringify(columns) !== JSON.stringify(table.columns)) {
      return `table ${table.name} should come, as it is here, and not ${String(name)}`
    }
    this.#table = { table, hash: createHash("sha256"), rows: 0 }
    return undefined
  }

  #row(line: string, row: ReadonlyArray<unknown>, found: Array<Rows>): string | undefined {
    const current = this.#table!
    if (row.length !== current.table.columns.length || !row.every(isText)) return "it is no row"
    current.hash.update(line).update("\n")
    current.rows += 1
    if (found.at(-1)?.table !== current.table) found.push({ table: current.table, rows: [] })
    found.at(-1)!.rows.push(row)
    return undefined
  }

  #endTable({ rows, sha256 }: Record<string, unknown>): string | undefined {
    const { hash, rows: counted, table } = this.#table!
    this.#table = undefined
    return rows === counted && sha256 === hash.digest("hex")
      ? undefined
      : `the rows of ${table.name} are not as written`
  }

  #end({ sha256 }: Record<string, unknown>): string | undefined {
    this.#isWhole = sha256 === this.#all.digest("hex")
    return this.#isWhole ? undefined : "it is not as written"
  }
}
