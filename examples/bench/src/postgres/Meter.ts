/**
 * What the server's processes spend on statements: their CPU time, whatever else a machine does.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import type * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import { nanosAsleep } from "./processes.ts"

/** Runs a statement of its own; returns the nanoseconds of CPU that the server's process took for it. */
export const metered = <A, E>(
  client: PgClient.PgClient,
  statement: Effect.Effect<A, E>
): Effect.Effect<{ readonly answer: A; readonly nanos: number }, E> =>
  Effect.gen(function* () {
    const [row] = yield* Effect.orDie(client.unsafe<{ readonly pid: number }>("select pg_backend_pid() as pid"))
    const before = yield* Effect.promise(() => nanosAsleep(row!.pid))
    const answer = yield* statement
    return { answer, nanos: (yield* Effect.promise(() => nanosAsleep(row!.pid))) - before }
  })

type Params = ReadonlyArray<PgTypes.Parameter>

/** Where a parenthesis ends that was opened before. */
const closing = (sql: string): number => {
  let depth = 1
  for (let at = 0; at < sql.length; at++) {
    if (sql[at] === "(") depth += 1
    else if (sql[at] === ")" && (depth -= 1) === 0) return at
  }
  throw new Error(`a parenthesis has no end: ${sql}`)
}

/** The writes that a commit of popug's stores sends as one statement, `with part0 as (...), part1 as (...) ...`. */
const parts = (sql: string): ReadonlyArray<string> => {
  if (!sql.startsWith("with part0 as (")) return [sql]
  const found: Array<string> = []
  let rest = sql.slice("with ".length)
  for (;;) {
    const head = `part${found.length} as (`
    if (!rest.startsWith(head)) return [...found, rest]
    const body = rest.slice(head.length)
    const end = closing(body)
    found.push(body.slice(0, end))
    rest = body.slice(end + 1).replace(/^,? /, "")
  }
}

/** A part with the parameters that it uses, numbered anew. */
const alone = (sql: string, params: Params) => {
  const places = new Map<string, number>()
  const text = sql.replaceAll(/\$(\d+)/g, (_, place: string) => {
    if (!places.has(place)) places.set(place, places.size + 1)
    return `$${places.get(place)}`
  })
  return { text, params: [...places.keys()].map((place) => params[Number(place) - 1]!) }
}

/** Adds up what popug's own statements cost the server, by the table that they write. */
export class Meter {
  private readonly nanos = new Map<string, number>()
  private readonly tables: ReadonlyArray<string>

  constructor(tables: ReadonlyArray<string>) {
    this.tables = tables
  }

  /** What the writes of some tables have cost since it was last asked; they must have been seen. */
  take(tables: ReadonlyArray<string>): number {
    const unseen = tables.find((table) => !this.nanos.has(table))
    if (unseen !== undefined) throw new Error(`no statement of popug's was seen that writes ${unseen}`)
    const sum = tables.reduce((total, table) => total + this.nanos.get(table)!, 0)
    for (const table of tables) this.nanos.delete(table)
    return sum
  }

  private tableOf(sql: string): string | undefined {
    const [, table] = /^\s*(?:insert into|update) (?:"?\w+"?\.)?"?(\w+)"?/.exec(sql) ?? []
    return this.tables.find((each) => each === table)
  }

  /**
   * The client that popug's stores are to use. It sends a commit's writes one by one, and nothing else on their
   * connection while one is measured.
   */
  readonly layer: Layer.Layer<PgClient.PgClient, never, PgClient.PgClient> = Layer.effect(
    PgClient.PgClient,
    Effect.map(PgClient.PgClient, (client) => {
      const turns = new WeakMap<object, Semaphore.Semaphore>()
      /** Runs a statement of a transaction once those before it on its connection are answered. */
      const inTurn = <A, E>(statement: Effect.Effect<A, E>) =>
        Effect.contextWith((context: Context.Context<never>) => {
          const transaction = Context.getOption(context, client.transactionService)
          if (Option.isNone(transaction)) return statement
          const [connection] = transaction.value
          const turn = turns.get(connection) ?? Semaphore.makeUnsafe(1)
          turns.set(connection, turn)
          return Semaphore.withPermit(turn, statement)
        })
      const unsafe = (sql: string, params: Params = []) =>
        inTurn(
          parts(sql).some((part) => this.tableOf(part) !== undefined)
            ? this.measure(client, sql, params)
            : client.unsafe<object>(sql, params)
        )
      return new Proxy(client, { get: (target, key) => (key === "unsafe" ? unsafe : Reflect.get(target, key)) })
    })
  )

  private measure(client: PgClient.PgClient, sql: string, given: Params) {
    return Effect.gen({ self: this }, function* () {
      let rows: ReadonlyArray<object> = []
      for (const part of parts(sql)) {
        const { params, text } = alone(part, given)
        const table = this.tableOf(part)
        const { answer, nanos } = yield* metered(client, client.unsafe<object>(text, params))
        if (table !== undefined) this.nanos.set(table, (this.nanos.get(table) ?? 0) + nanos)
        rows = answer
      }
      return rows
    })
  }
}
