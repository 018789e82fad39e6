/** Somebody edits the rows of tasks, which are not the books', and means to be paid for it. */
import { PgClient } from "@effect/sql-pg/PgClient"
import {
  Actor,
  Books,
  Company,
  Consumers,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  Streams,
  Tasks,
  Users
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import { packed } from "../src/packed.ts"
import { client, freshSchema, of } from "./support.ts"

const stores = {
  Postgres: (schema: string) => of("popug")(Postgres.layer({ ...client, schema, migrate: true })),
  PGlite: (schema: string) => of("popug")(Pglite.layer({ schema }))
}

const company = (ports: ReturnType<(typeof stores)["Postgres" | "PGlite"]>) =>
  Popug.layer.pipe(
    Layer.provideMerge(Layer.mergeAll(ports, Company.layer({ secret: "s" }), Ids.layer, Notifier.layerLog)),
    Layer.provide(Layer.succeed(PollInterval, null))
  )

const mallory = Actor.user("mallory")
const settle = Effect.flatMap(Consumers, (consumers) => consumers.settle)

/** Olga holds the roof; mallory is in the company from then on. */
const start = Effect.gen(function* () {
  const users = yield* Users
  yield* users.create(Actor.system, [{ id: "olga", name: "Olga", roles: ["worker"] }])
  yield* settle
  yield* (yield* Tasks).create(Actor.system, [{ id: "roof", title: "Mend the roof" }])
  yield* users.create(Actor.system, [{ id: "mallory", name: "Mallory", roles: ["worker"] }])
  yield* settle
})

/** The bytes of an id. */
const id = (text: string) => `'\\x${Buffer.from(packed(text)).toString("hex")}'::bytea`

const sql = (text: string) => Effect.flatMap(PgClient, ({ unsafe }) => unsafe(text))
const balanceOf = (owner: string) =>
  Effect.map(
    Effect.flatMap(Books, (books) => books.account(Actor.system, owner)),
    ({ balance }) => balance
  )
const difference = Effect.map(
  Effect.flatMap(Books, (books) => books.verify(Actor.system)),
  (verified) => verified.difference?.message ?? null
)
const refused = Effect.map(
  Effect.flatMap(Streams, (streams) => streams.status(Actor.system)),
  (all) => all.find(({ consumer }) => consumer === "billing")?.stopped?.message
)

describe.each(Object.entries(stores))("the rows of tasks on %s", (_, ports) => {
  const inCompany = (
    body: (schema: string) => Effect.Effect<void, unknown, Layer.Success<ReturnType<typeof company>>>
  ) => {
    const schema = freshSchema()
    return Effect.andThen(start, body(schema)).pipe(Effect.provide(company(ports(schema))), Effect.runPromise)
  }

  it("earn nothing for whoever writes themselves in as an assignee", () =>
    inCompany((schema) =>
      Effect.gen(function* () {
        yield* sql(`update ${schema}.tasks set assignee = ${id("mallory")} where id = ${id("roof")}`)
        yield* (yield* Tasks).complete(mallory, "roof")
        yield* settle
        expect(yield* refused).toContain("mallory has done task roof, who was not charged for its assignment 1")
        expect(yield* balanceOf("mallory")).toBe(0n)
      })
    ))

  it("earn nothing for whoever puts a task of their own among them", () =>
    inCompany((schema) =>
      Effect.gen(function* () {
        yield* sql(
          `insert into ${schema}.tasks values (1, 1, false, ${id("fake")}, ${id("mallory")}, 'Fake', '', null)`
        )
        yield* (yield* Tasks).complete(mallory, "fake")
        yield* settle
        expect(yield* refused).toContain("mallory has done task fake, who was not charged for its assignment 1")
        expect(yield* balanceOf("mallory")).toBe(0n)
      })
    ))

  it("earn nothing for whoever takes back what has moved on", () =>
    inCompany((schema) =>
      Effect.gen(function* () {
        const tasks = yield* Tasks
        yield* tasks.assign(Actor.system, "roof", "mallory")
        yield* tasks.assign(Actor.system, "roof", "olga")
        yield* sql(`update ${schema}.tasks set assignee = ${id("mallory")}, assignment = 2 where id = ${id("roof")}`)
        yield* tasks.complete(mallory, "roof")
        yield* settle
        expect(yield* refused).toContain("has moved on: its assignment 3 was charged")
        expect(yield* balanceOf("mallory")).toBeLessThan(0n)
      })
    ))

  it("of a task that nobody created are named by a verification", () =>
    inCompany((schema) =>
      Effect.gen(function* () {
        yield* sql(`insert into ${schema}.tasks values (1, 0, false, ${id("fake")}, null, 'Fake', '', null)`)
        yield* (yield* Tasks).assign(Actor.system, "fake", "mallory")
        yield* settle
        expect(yield* difference).toBe("event 3: expected task fake created before, found assigned")
      })
    ))

  it("of a task that waited and has a holder without an event are named by a verification", () =>
    inCompany((schema) =>
      Effect.gen(function* () {
        const users = yield* Users
        for (const id of ["mallory", "olga"]) yield* users.update(Actor.system, { id, status: "deactivated" })
        yield* settle
        const held = yield* sql(
          `update ${schema}.tasks set assignee = ${id("olga")} where id = ${id("roof")} returning assignment`
        )
        expect(held).toEqual([{ assignment: 1 }])
        yield* users.update(Actor.system, { id: "olga", status: "active" })
        yield* settle
        expect(yield* difference).toBe(null)
        yield* (yield* Tasks).complete(Actor.user("olga"), "roof")
        yield* settle
        expect(yield* difference).toContain("olga has done task roof, who was not charged for its assignment 1")
      })
    ))
})
