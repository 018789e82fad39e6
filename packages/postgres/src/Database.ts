/**
 * A schema of companies in a database, as the stores use it: statements, transactions and the clock, with `StoreError`
 * for all that goes wrong.
 */
import type { PgClient } from "@effect/sql-pg/PgClient"
import type { CompanyIdentity, Identity, StoreError } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { commitError, toStoreError, unavailable } from "./errors.ts"
import { type Asking, Gathered } from "./Gathered.ts"
import type { Param } from "./Param.ts"
import { beside, joined, provided, type Statement, together } from "./statements.ts"

/** How the stores use a database. */
export interface Options {
  /** The schema that holds the companies; default: `popug`. */
  readonly schema?: string
  /**
   * Whose clock gives the instants of commits: the database's, or Effect's `Clock`, as tests and simulations need it.
   */
  readonly clock?: "database" | "effect"
  /** How long a statement waits for a row that somebody else has locked; default: 5 s. */
  readonly lockTimeoutMillis?: number
  /**
   * After which silence the server ends a transaction, so that a paused process holds nobody up for longer;
   * default: 20 s, which is more than the longest thought between two statements.
   */
  readonly idleTimeoutMillis?: number
  /**
   * Who sets these two limits: each transaction, at the cost of a statement, or the connection as it is opened, which
   * is the default of `Postgres.layer`.
   */
  readonly limits?: "transaction" | "connection"
  /** How long a call waits for a connection, and a read for its answer; default: 20 s. */
  readonly patienceMillis?: number
}

/** What all companies of a process share. */
export interface Database extends Asking {
  /** What companies ask together. */
  readonly gathered: Gathered
  /** Writes of different tables, sent as one statement: a commit waits for the server once. */
  readonly write: (statements: ReadonlyArray<Statement>) => Effect.Effect<void, StoreError>
  /** Reads one row, and beside it the rows of others as JSON in columns `read0`, `read1`, ...: all of one moment. */
  readonly readTogether: <Row extends object>(
    one: Statement,
    others: ReadonlyArray<Statement>
  ) => Effect.Effect<Row | undefined, StoreError>
  /**
   * Updates one row, and inserts what the other statements insert, in a statement that commits by itself; returns false
   * where there is no such row, and nothing was done. Once it is sent it is waited for, whoever is interrupted.
   */
  readonly writeIf: (update: Statement, inserts: ReadonlyArray<Statement>) => Effect.Effect<boolean, StoreError>
  /** Whether a caller is in no transaction, and connections have their limits: then statements can go without one. */
  readonly isFree: Effect.Effect<boolean>
  /** How old what was read without a lock may be when something is written by it. */
  readonly idleMillis: number
  /** All or nothing; statements of the body, a host's among them, run inside. */
  readonly transaction: <A, E, R>(body: Effect.Effect<A, E, R>) => Effect.Effect<A, E | StoreError, R>
  /** The instant: what `clockSql` gave, or Effect's. */
  readonly instant: (fromDatabase: bigint | null) => Effect.Effect<number>
  /** The instant to be asked with: Effect's, or null where `clockSql` gives the database's. */
  readonly askedAt: Effect.Effect<number | null>
  /** The instant by the clock that gives commits theirs; epoch milliseconds. */
  readonly now: Effect.Effect<number, StoreError>
}

/** The instant of a statement by the server's clock; epoch milliseconds. */
export const serverMillis = "floor(extract(epoch from clock_timestamp()) * 1000)::bigint"

/** The name of a context. */
export type Name = CompanyIdentity.Opened["name"]

/**
 * The same as the stores of one company use it: the number of the company is the first parameter of their statements.
 */
export interface CompanyDatabase extends Database {
  /** The company's id, and its number in this schema. */
  readonly id: string
  readonly number: number
  readonly company: Param
  /** What this process has opened each context for; of another company no commit goes through. */
  readonly opened: Map<Name, Identity>
}

const schemaName = /^[a-z_][a-z0-9_]{0,50}$/

/** The name of the schema, checked, and quoted for SQL. */
export const schemaOf = (options: Pick<Options, "schema">): { readonly name: string; readonly schema: string } => {
  const name = options.schema ?? "popug"
  if (!schemaName.test(name)) throw new Error(`${name} can't be the name of popug's schema`)
  return { name, schema: `"${name}"` }
}

const idleMillisOf = (options: Options): number => options.idleTimeoutMillis ?? 20_000

/**
 * Waits for locks are bounded, and so is the silence of whoever holds one. Every query has an index: a plan that was
 * made while a table was empty must not read all of it once it is full, until autovacuum looks at it for the first
 * time.
 */
export const settingsOf = (options: Options) => ({
  lock_timeout: `${options.lockTimeoutMillis ?? 5_000}`,
  idle_in_transaction_session_timeout: `${idleMillisOf(options)}`,
  enable_seqscan: "off"
})

/**
 * Transactions: begun with the limits that are set for each. One that has not begun when the patience of its caller is
 * over fails as `late`; from then on the limits of the server hold.
 */
const transacting =
  (client: PgClient, limit: Effect.Effect<void, StoreError>, late: Effect.Effect<never, StoreError>) =>
  <A, E, R>(body: Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> =>
    Effect.suspend(() => {
      let begun = false
      let exit: Exit.Exit<A, E | StoreError> | undefined
      const begin = Effect.suspend(() => {
        begun = true
        return limit
      })
      const whole = Effect.andThen(begin, body).pipe(
        Effect.onExit((ended) => Effect.sync(() => void (exit = ended))),
        client.withTransaction,
        // READ COMMITTED, whatever the database's default: what is read after a lock was awaited must be new.
        Effect.provideService(SqlClient.BeginTransaction, "BEGIN ISOLATION LEVEL READ COMMITTED"),
        Effect.catchCause((cause: Cause.Cause<E | StoreError | SqlError>): Effect.Effect<A, E | StoreError> => {
          // What became of the rollback does not matter: a connection that is gone has rolled back.
          if (exit !== undefined && Exit.isFailure(exit)) return Effect.failCause(exit.cause)
          const error = Cause.squash(cause)
          if (!isSqlError(error)) return Effect.failCause(cause as Cause.Cause<never>)
          return Effect.fail(exit === undefined ? toStoreError(error) : commitError(error))
        })
      )
      const tooLate = Effect.catch(late, (error) => (begun ? Effect.never : Effect.fail(error)))
      return Effect.raceFirst(whole, tooLate)
    })

/** Statements that commit by themselves. */
const sending =
  (client: PgClient, late: Effect.Effect<never, StoreError>): Asking["send"] =>
  <Row extends object>(sql: string, params: ReadonlyArray<Param>) =>
    Effect.scopedWith((scope) =>
      Effect.flatMap(
        Effect.raceFirst(Effect.mapError(Scope.provide(client.reserve, scope), toStoreError), late),
        (connection) =>
          Effect.uninterruptible(
            Effect.provideService(
              Effect.mapError(client.unsafe<Row>(sql, params), commitError),
              client.transactionService,
              [connection, 0]
            )
          )
      )
    )

export const make = (client: PgClient, options: Options): Database => {
  const { name, schema } = schemaOf(options)
  const fromDatabase = options.clock !== "effect"

  const patience = options.patienceMillis ?? 20_000
  const tooLate = unavailable(`the database did not answer within ${patience} ms`)
  // In real time, whatever clock the caller is under.
  const late = Effect.andThen(
    Effect.provideService(Effect.sleep(patience), Clock.Clock, Clock.Clock.defaultValue()),
    Effect.fail(tooLate)
  )

  const isInside = (context: Context.Context<never>) =>
    Option.isSome(Context.getOption(context, client.transactionService))
  const query = <Row extends object>(sql: string, params: ReadonlyArray<Param> = []) =>
    Effect.contextWith((context: Context.Context<never>) => {
      const statement = Effect.mapError(client.unsafe<Row>(sql, params), toStoreError)
      // Inside a transaction the limits of the server hold.
      return isInside(context) ? statement : Effect.raceFirst(statement, late)
    })

  const set = Object.entries(settingsOf(options)).map(([name, value]) => `set_config('${name}', '${value}', true)`)
  const limit = options.limits === "connection" ? Effect.void : Effect.asVoid(query(`select ${set.join(", ")}`))

  const transaction = transacting(client, limit, late)
  const [join, joinProvided, joinBeside] = [joined(together), joined(provided), joined(beside)]

  const instant = (millis: bigint | null) =>
    millis === null ? Clock.currentTimeMillis : Effect.succeed(Number(millis))

  const asking: Asking = {
    client,
    name,
    schema,
    clockSql: fromDatabase ? serverMillis : "null::bigint",
    query,
    send: sending(client, late),
    patience,
    late: tooLate
  }
  return {
    ...asking,
    gathered: new Gathered(asking),
    write: (statements) => {
      if (statements.length === 0) return Effect.void
      const { params, sql } = join(statements)
      return Effect.asVoid(query(sql, params))
    },
    readTogether: <Row extends object>(one: Statement, others: ReadonlyArray<Statement>) => {
      const { params, sql } = joinBeside([one, ...others])
      return Effect.map(query<Row>(sql, params), ([row]) => row)
    },
    writeIf: (update, inserts) => {
      const { params, sql } = joinProvided([update, ...inserts])
      return Effect.map(asking.send(sql, params), (rows) => rows.length > 0)
    },
    isFree: Effect.contextWith((context: Context.Context<never>) =>
      Effect.succeed(options.limits === "connection" && !isInside(context))
    ),
    idleMillis: idleMillisOf(options),
    askedAt: fromDatabase ? Effect.succeed(null) : Clock.currentTimeMillis,
    transaction,
    instant,
    now: fromDatabase
      ? Effect.map(query<{ readonly clock: bigint }>(`select ${asking.clockSql} as clock`), ([row]) =>
          Number(row!.clock)
        )
      : Clock.currentTimeMillis
  }
}
