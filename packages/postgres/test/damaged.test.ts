/**
 * A company whose rows were damaged by hand: the others of its database are worked for as if it were not there.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import { Actor, Companies, CompanyHome, Notifier, Tasks, Users } from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import { expect, it } from "vitest"
import { client, freshSchema } from "./support.ts"

const node = (schema: string) =>
  Companies.layer({
    databases: { main: Postgres.layerHome },
    defaultDatabase: "main",
    notifier: () => Notifier.layerLog
  }).pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        Postgres.layerDirectory,
        Postgres.layerSecrets(Redacted.make("the key of this host")),
        Postgres.layerDigest
      )
    ),
    Layer.provideMerge(Postgres.layerHome),
    Layer.provideMerge(Postgres.layerDatabase({ ...client, schema, migrate: true, listen: false }))
  )

const ids = ["acme", "bad", "worse", "worst", "zoo"]

/** Companies with something to do, of which three were damaged, each in another way. */
const damaged = Effect.fnUntraced(function* (schema: string) {
  const companies = yield* Companies
  yield* companies.open(ids.map((id) => ({ id })))
  const { unsafe } = yield* PgClient
  const set = (id: string, name: string, sql: string) =>
    unsafe(
      `update ${schema}.contexts set ${sql} where name = '${name}'
        and company = (select number from ${schema}.companies where id = '${id}')`
    )
  for (const id of ["acme", "zoo"]) {
    yield* Companies.within(
      id,
      Effect.gen(function* () {
        yield* (yield* Users).create(Actor.system, [{ id: "olga", name: "Olga", roles: ["worker"] }])
        yield* (yield* Tasks).create(Actor.system, [{ title: "Mend the roof" }])
      })
    )
    // As if nobody had applied anything.
    yield* unsafe(`delete from ${schema}.claims`)
  }
  yield* set("bad", "tasks", `state = replace(state::text, '"number":0', '"number":"x"')::json`)
  yield* set("worse", "billing", `state = '"nothing"'`)
  yield* set("worst", "tasks", `state = replace(state::text, '"number":0', '"number":0,"said":"\\u0000"')::json`)
})

const run = <A, E>(
  body: (schema: string, said: Array<string>) => Effect.Effect<A, E, Companies | CompanyHome | PgClient>
) => {
  const schema = freshSchema()
  const said: Array<string> = []
  const logger = Logger.make(({ message }) => void said.push([message].flat().map(String).join(" ")))
  return Effect.runPromise(
    Effect.andThen(damaged(schema), body(schema, said)).pipe(
      Effect.provide(node(schema)),
      Effect.provide(Logger.layer([logger]))
    )
  )
}

it("is left out of what is due, and the others are found", () =>
  run((_, said) =>
    Effect.gen(function* () {
      const { work } = yield* CompanyHome
      const later = { ...Clock.Clock.defaultValue() }
      void later
      const due = work.due({ limit: 100, lease: "1 minute" as never, after: null })
      const found = yield* due
      expect(found.next).toBeNull()
      expect(found.claims.every(({ company }) => ["acme", "zoo", "worse"].includes(company))).toBe(true)
      expect(said.filter((line) => line.includes("can't be read"))).toEqual([
        expect.stringContaining("company bad"),
        expect.stringContaining("company worst")
      ])
      // It is said once in a while, not at each look.
      yield* due
      expect(said.filter((line) => line.includes("can't be read")).length).toBe(2)
    })
  ))

it("is named, and those that are named with it are claimed all the same", () =>
  run((schema) =>
    Effect.gen(function* () {
      const { unsafe } = yield* PgClient
      const { work } = yield* CompanyHome
      yield* unsafe(`delete from ${schema}.claims`)
      // Their copies of the users are behind.
      yield* unsafe(
        `update ${schema}.contexts set number = number + 1 where name = 'users'
          and company in (select number from ${schema}.companies where id in ('acme', 'zoo'))`
      )
      const claims = yield* work.claim(ids, "1 minute" as never)
      expect(claims.map(({ company }) => company).toSorted()).toEqual(["acme", "zoo"])
    })
  ))

it("does not keep others from being served, and says how it does", () =>
  run(() =>
    Effect.gen(function* () {
      const companies = yield* Companies
      yield* companies.serve
      const states = yield* companies.status(ids)
      const stopped = states.map(({ health, record }) => [
        record.id,
        health!.consumers.filter(({ stopped }) => stopped !== null).map(({ consumer }) => consumer)
      ])
      expect(stopped).toEqual([
        ["acme", []],
        ["bad", ["tasks"]],
        ["worse", []],
        ["worst", []],
        ["zoo", []]
      ])
      for (const { health, record } of states) {
        if (["acme", "zoo"].includes(record.id))
          expect(health!.consumers.every(({ behind }) => behind === 0)).toBe(true)
      }
      expect((yield* companies.ends(ids)).length).toBe(ids.length * 3)
    })
  ))
