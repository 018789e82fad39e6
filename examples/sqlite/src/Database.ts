/**
 * A file of SQLite. Its driver answers at once, so no two of its statements are ever between one another in this
 * process; other processes are kept out for the time of a commit, by `begin immediate`.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite"
import { type Page, page, StoreError } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { fromJson } from "./json.ts"
import { schema } from "./schema.ts"

/** Lists are bound as JSON, for `json_each`. */
type Value = SQLInputValue | ReadonlyArray<string | number | null>

/** Conditions of a filter with their values; one without a value does not narrow. */
type Conditions = Readonly<Record<string, Value | undefined>>

export const refuse = (message: string, retryable = false) =>
  new StoreError({ reason: "Conflict", retryable, committed: "no", message })

export interface Options {
  /** The path of the file, which is created; or `:memory:`. */
  readonly file: string
  /** `full` (the default): a commit is on the disk when it is answered. `off`: a loss of power loses or ruins it. */
  readonly synchronous?: "full" | "off" | undefined
}

/** How long a commit waits for that of another process. */
const patienceMillis = 5_000

/** The columns that hold amounts, which are bigints. Other integers are counts, numbers and instants. */
const amounts = ["amount", "debits", "credits"]

export class Database {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor({ file, synchronous = "full" }: Options) {
    this.#db = new DatabaseSync(file, { timeout: patienceMillis, readBigInts: true })
    try {
      this.#db.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronous}; begin immediate; ${schema} commit`)
    } catch (error) {
      // Otherwise it would stay taken until somebody collects the garbage.
      this.#db.close()
      throw error
    }
  }

  close(): void {
    this.#db.close()
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  /** Rows by the names of their columns; of a select of `data` alone, what was kept as JSON. */
  all<Row>(sql: string, ...values: ReadonlyArray<Value>): ReadonlyArray<Row> {
    return this.#prepare(sql)
      .all(...values.map(bound))
      .map((row) => {
        if (typeof row["data"] === "string" && Object.keys(row).length === 1) return fromJson<Row>(row["data"])
        for (const [column, value] of Object.entries(row)) {
          if (typeof value === "bigint" && !amounts.includes(column)) row[column] = Number(value)
        }
        return row as Row
      })
  }

  /** Returns how many rows were changed. */
  run(sql: string, ...values: ReadonlyArray<Value>): number {
    return Number(this.#prepare(sql).run(...values.map(bound)).changes)
  }

  insert(table: string, ...row: ReadonlyArray<Value>): void {
    this.run(`insert into ${table} values (${row.map(() => "?").join(", ")})`, ...row)
  }

  replace(table: string, ...row: ReadonlyArray<Value>): void {
    this.run(`insert or replace into ${table} values (${row.map(() => "?").join(", ")})`, ...row)
  }

  /** A page of what a select without a condition finds. */
  list<Row>(select: string, conditions: Conditions, order: string, limit: number): Page<Row> {
    const { values, where } = narrowing(conditions)
    return page(this.all<Row>(`${select}${where} order by ${order} limit ?`, ...values, limit + 1), limit)
  }

  /** How many rows there are; none beyond `most` are looked for. */
  count(table: string, conditions: Conditions, most: number): number {
    const { values, where } = narrowing(conditions)
    const sql = `select count(*) as found from (select 1 from ${table}${where} limit ?)`
    return this.all<{ readonly found: number }>(sql, ...values, most)[0]!.found
  }

  /** Does it all or nothing, with the file taken for writing. */
  write<A>(work: () => A): A {
    this.#db.exec("begin immediate")
    let committing = false
    try {
      const result = work()
      committing = true
      this.#db.exec("commit")
      return result
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("rollback")
      // A commit that failed while it was written may be found again when the file is next opened.
      throw translated(error, committing && codeOf(error) !== busy ? "unknown" : "no")
    }
  }
}

const narrowing = (conditions: Conditions) => {
  const given = Object.entries(conditions).filter((one): one is [string, Value] => one[1] !== undefined)
  const where = given.length === 0 ? "" : ` where ${given.map(([sql]) => sql).join(" and ")}`
  return { where, values: given.map(([, value]) => value) }
}

const bound = (value: Value): SQLInputValue => (Array.isArray(value) ? JSON.stringify(value) : (value as SQLInputValue))

/** Runs statements as an effect. What is thrown and is no failure of the database is a defect. */
export const attempt = <A>(work: () => A): Effect.Effect<A, StoreError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(work())
    } catch (error) {
      const told = translated(error, "no")
      return told instanceof StoreError ? Effect.fail(told) : Effect.die(told)
    }
  })

/** `attempt` at an instant. */
export const attemptNow = <A>(work: (now: DateTime.Utc) => A): Effect.Effect<A, StoreError> =>
  Effect.flatMap(DateTime.now, (now) => attempt(() => work(now)))

/** Primary result codes of SQLite. */
const [anError, busy, readOnly, corruption, constraint, notADatabase] = [1, 5, 8, 11, 19, 26]

const codeOf = (thrown: unknown): number | undefined =>
  thrown instanceof Error && "errcode" in thrown ? Number(thrown.errcode) & 0xff : undefined

const translated = (thrown: unknown, committed: "no" | "unknown"): unknown => {
  const told = (reason: StoreError["reason"], retryable: boolean) =>
    new StoreError({ reason, retryable, committed, message: (thrown as Error).message, cause: thrown })
  const code = codeOf(thrown)
  if (code === constraint) return told("Conflict", false)
  if (code === corruption || code === notADatabase) return told("Corrupt", false)
  // The file is taken, full or away; but a right, a table or a column that is missing does not come by itself.
  if (code !== undefined) return told("Unavailable", code !== anError && code !== readOnly)
  const ofDriver = thrown instanceof Error && "code" in thrown ? thrown.code : undefined
  // An integer that has no room in 64 bits.
  if (ofDriver === "ERR_INVALID_ARG_VALUE") return told("Conflict", false)
  // The file was closed, with all that is still done to it.
  return ofDriver === "ERR_INVALID_STATE" ? told("Unavailable", false) : thrown
}
