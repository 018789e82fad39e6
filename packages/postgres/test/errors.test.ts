/**
 * What callers are told of each kind of error that Postgres reports, raised by a real one.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import type { StoreError } from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { make } from "../src/Database.ts"
import { toStoreError } from "../src/errors.ts"
import { client, freshSchema } from "./support.ts"

const runtime = ManagedRuntime.make(Postgres.layerClient(client))
afterAll(() => runtime.dispose())

const table = freshSchema()
beforeAll(() =>
  runtime.runPromise(
    Effect.gen(function* () {
      const { unsafe } = yield* PgClient
      yield* unsafe(`create table ${table} (state text)`)
      yield* unsafe(`create function ${table}() returns trigger language plpgsql as
        $$ begin raise exception using errcode = new.state, message = 'as asked'; end $$`)
      yield* unsafe(`create constraint trigger at_commit after insert on ${table}
        deferrable initially deferred for each row execute function ${table}()`)
    })
  )
)

const said = ({ committed, reason, retryable }: StoreError) =>
  `${reason}${retryable ? ", passes" : ""}${committed === "unknown" ? ", unknown" : ""}`

const failing = (
  body: (db: ReturnType<typeof make>, sql: PgClient) => Effect.Effect<unknown, StoreError>
): Promise<string> =>
  runtime.runPromise(
    Effect.gen(function* () {
      const sql = yield* PgClient
      return said(yield* Effect.flip(body(make(sql, {}), sql)))
    })
  )

/** What one is told when a statement ends with a SQLSTATE, and when `COMMIT` does. */
const raised = (state: string) =>
  failing((db) => db.query(`do $$ begin raise exception using errcode = '${state}', message = 'as asked'; end $$`))
const atCommit = (state: string) =>
  failing((db) => db.transaction(db.query(`insert into ${table} values ('${state}')`)))

/** The states that occur, and what is right for each: permanent unless it "passes". */
const told = {
  "Unavailable, passes": `08000 08001 08003 08004 08006 08P01 25006 25P03 25P04 26000 40003 53000 53100 53200 53300 53400
    55006 55P03 57000 57014 57P01 57P02 57P03 57P05 72000 HV00N`,
  "Conflict, passes": "40000 40001 40P01",
  Conflict: `21000 22000 22001 22003 22021 22P02 22P05 23000 23001 23502 23503 23505 23514 23P01 25P02 27000 38000 39000
    40002 44000 54000 54001 P0001`,
  Unavailable: "0A000 0P000 28000 28P01 3D000 42501 55000 57P04 F0000 HV000",
  Corrupt: "25001 2F000 3F000 42601 42703 42P01 58000 58030 58P01 XX000 XX001 XX002"
}
const cases = Object.entries(told).flatMap(([answer, states]) =>
  states.split(/\s+/).map((state) => [state, answer] as const)
)

describe("an error of a statement", () => {
  it.each(cases)("%s is told as: %s", async (state, answer) => expect(await raised(state)).toBe(answer))

  it("is permanent where the driver can't write the value", () =>
    expect(
      failing((_, sql) => Effect.mapError(sql.unsafe("select $1::int8", [2n ** 80n]), toStoreError))
    ).resolves.toBe("Conflict"))

  it("names what a person has to do, where that is known", () =>
    runtime.runPromise(
      Effect.gen(function* () {
        const db = make(yield* PgClient, {})
        const { message } = yield* Effect.flip(
          db.transaction(Effect.andThen(db.query("set transaction read only"), db.query(`delete from ${table}`)))
        )
        expect(message).toMatch(/read-only transaction \(a standby, or a database that was set to read only\)$/)
      })
    ))
})

describe("an error of COMMIT", () => {
  it.each(["22003", "23505", "40001", "42501", "54000", "P0001"])(
    "%s is known to have committed nothing",
    async (state) => expect(await atCommit(state)).toBe(await raised(state))
  )

  it.each(["08P01", "40003", "53100", "57P01", "58030", "XX000"])("%s leaves open what happened", async (state) =>
    expect(await atCommit(state)).toBe(`${await raised(state)}, unknown`)
  )

  it("is a conflict that stays, where a host went on after an error", async () => {
    const hidden = (db: ReturnType<typeof make>) => Effect.exit(db.query("select 1 / 0"))
    expect(
      await failing((db) => db.transaction(Effect.map(hidden(db), (exit) => expect(Exit.isFailure(exit)).toBe(true))))
    ).toBe("Conflict")
  })
})
