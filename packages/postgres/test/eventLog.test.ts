/**
 * Events are read together, as one row: what is wrong with a row is seen all the same.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import { EventLog } from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { client, freshSchema, of } from "./support.ts"

/** Reads a log of rows that were written by hand: their numbers and their JSON, of a form. */
const read = (form: number, rows: ReadonlyArray<readonly [number: number, data: string]>) => {
  const schema = freshSchema()
  return Effect.gen(function* () {
    const { unsafe } = yield* PgClient
    for (const [number, data] of rows) {
      yield* unsafe(
        `insert into ${schema}.events (company, source, form, number, at_ms, actor, previous, data)
          values (1, 1, ${form}, ${number}, ${number}, 'system', decode(repeat('ab', 32), 'hex'), ${data})`
      )
    }
    return yield* (yield* EventLog).read("users", 0, 1_000)
  }).pipe(Effect.provide(of("popug")(Postgres.layer({ ...client, schema, migrate: true }))), Effect.runPromise)
}

it("events after a hole are returned as they are numbered, for whoever reads to see it", async () => {
  const events = await read(0, [
    [1, `'["user.created",1,{"a":1}]'`],
    [2, `'["user.created",1,{"a":2}]'`],
    [4, `'["user.created",1,{"a":4}]'`]
  ])
  expect(events.map(({ data, number }) => [number, data])).toEqual([
    [1, { a: 1 }],
    [2, { a: 2 }],
    [4, { a: 4 }]
  ])
})

it.each([
  ["no JSON", `'["a":'`],
  ["the JSON of two", `'["a"],["b"]'`],
  ["no text at all", `''`]
])("an event whose text is %s can't be read", async (_, text) => {
  await expect(
    read(1, [
      [1, `'["a"]'`],
      [2, text]
    ])
  ).rejects.toMatchObject({ _tag: "StoreError", reason: "Corrupt" })
})

it("events too long for one message of the server come all the same", async () => {
  const long = `'["user.created",1,{"a":"' || repeat('x', 4500000) || '"}]'`
  const events = await read(0, [
    [1, long],
    [2, long],
    [3, long],
    [4, long]
  ])
  expect(events.map(({ data }) => (data as { a: string }).a.length)).toEqual([
    4_500_000, 4_500_000, 4_500_000, 4_500_000
  ])
})
