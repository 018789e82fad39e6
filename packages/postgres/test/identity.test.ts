import {
  BillingStore,
  CompanyMismatch,
  type Identity,
  Readiness,
  ReportStore,
  type StoreError,
  TaskStore,
  UserStore
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { expect, it } from "vitest"
import { client, fresh, freshSchema, of } from "./support.ts"
import { identity, saveUsers } from "./users.ts"

type Stores = UserStore | TaskStore | BillingStore | ReportStore
const prague: Identity = { ...identity, timeZone: "Europe/Prague" }

/** How a host opens each context, in an order of its own. */
const openings = (services: Context.Context<Stores>, company: Identity) => [
  Context.get(services, UserStore).open(company),
  Context.get(services, TaskStore).open(company, () => "2026-11-23" as never),
  Context.get(services, BillingStore).open(company),
  Context.get(services, ReportStore).open(company)
]

it("of two hosts that open a new company at once, one opens every context and the other none", () =>
  Effect.gen(function* () {
    for (let round = 0; round < 4; round++) {
      const schema = freshSchema()
      const one = yield* Layer.build(fresh({ schema }))
      const two = yield* Layer.build(fresh({ schema, migrate: false }))
      const opened = yield* Effect.forEach(
        [openings(one, identity), openings(two, prague).toReversed()],
        (contexts) => Effect.forEach(contexts, Effect.result, { concurrency: "unbounded" }),
        { concurrency: "unbounded" }
      )
      const wins = opened.map((results) => results.map(Result.isSuccess))
      expect(wins.map((all) => new Set(all).size)).toEqual([1, 1])
      expect(wins.map(([first]) => first).sort()).toEqual([false, true])
      const refusals = opened.flat().flatMap((result) => (Result.isFailure(result) ? [result.failure] : []))
      expect(refusals.map((error) => error instanceof CompanyMismatch)).toEqual([true, true, true, true])
    }
  }).pipe(Effect.scoped, Effect.runPromise))

it("of two hosts of different companies that are the first in a schema at once, it is one's alone", () =>
  Effect.gen(function* () {
    for (let round = 0; round < 6; round++) {
      const schema = freshSchema()
      yield* Layer.build(Postgres.layerDatabase({ ...client, schema, migrate: true }))
      const hosts = yield* Effect.forEach(
        ["one", "two"],
        (id) =>
          Effect.flatMap(Layer.build(Postgres.layer({ ...client, clock: "effect", schema }).pipe(of(id))), (services) =>
            Effect.result(Context.get(services, UserStore).open({ ...identity, id }))
          ),
        { concurrency: "unbounded" }
      )
      expect(hosts.map(Result.isSuccess).sort()).toEqual([false, true])
      const refused = hosts.find(Result.isFailure)
      expect(refused?.failure).toMatchObject({ _tag: "CompanyMismatch", setting: "id" })
    }
  }).pipe(Effect.scoped, Effect.runPromise))

it("a host whose company has adopted other settings commits nothing more, and is not ready", () =>
  Effect.gen(function* () {
    const schema = freshSchema()
    const [one, two] = [yield* Layer.build(fresh({ schema })), yield* Layer.build(fresh({ schema, migrate: false }))]
    const store = Context.get(one, UserStore)
    yield* store.open(identity)
    yield* saveUsers(store, "a")
    yield* Context.get(one, Readiness)
    yield* Context.get(two, UserStore).adopt({ ...identity, rules: { secret: "another" } })
    yield* saveUsers(store, "b")

    yield* store.open({ ...identity, rules: { secret: "another" } })
    yield* Context.get(two, UserStore).adopt({ ...identity, rules: { secret: "a third" } })
    const refused = (error: StoreError) => [error.reason, error.retryable, error.committed]
    expect(refused(yield* Effect.flip(saveUsers(store, "c")))).toEqual(["Mismatch", false, "no"])
    expect(refused(yield* Effect.flip(Context.get(one, Readiness)))).toEqual(["Mismatch", false, "no"])
    expect((yield* store.list({}, { limit: 10 })).rows.map(({ id }) => id)).toEqual(["a", "b"])
    yield* Context.get(two, Readiness)
  }).pipe(Effect.scoped, Effect.runPromise))
