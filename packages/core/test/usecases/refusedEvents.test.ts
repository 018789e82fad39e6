/** What a store refuses for good of another context's events stops the stream at that event, and at none before. */
import { assert, it } from "@effect/vitest"
import { BillingStore, ReportStore, StoreError, TaskStore, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { admin, endDay, layer, settle, staff, statusOf, toDay } from "./support.ts"

type Rows = Readonly<Record<string, ReadonlyArray<object> | undefined>>

/** Memory of which one store can't keep changes with some rows. */
const without = (port: Context.Key<never, never>, isOdd: (changes: Rows) => boolean): typeof Memory.layer => {
  const refusal = new StoreError({ reason: "Conflict", retryable: false, committed: "no", message: "it is odd" })
  type Tx = { readonly save: (changes: Rows) => Effect.Effect<void, StoreError> }
  type Store = { readonly transact: (body: (tx: Tx) => Effect.Effect<unknown>) => Effect.Effect<unknown> }
  const refusing = Layer.effect(
    port,
    Effect.map(port as never as Effect.Effect<Store>, (store) => ({
      ...store,
      transact: (body: Parameters<Store["transact"]>[0]) =>
        store.transact((tx) =>
          body({ ...tx, save: (changes) => (isOdd(changes) ? Effect.fail(refusal) : tx.save(changes)) })
        )
    })) as never
  )
  return refusing.pipe(Layer.provideMerge(Memory.layer)) as typeof Memory.layer
}

const odd = (rows: ReadonlyArray<object> | undefined) => rows?.some((row) => "id" in row && row.id === "odd") === true

/** Five people; those of the staff come before them. */
const people = Effect.flatMap(Users, (users) =>
  users.create(
    admin,
    ["a", "b", "odd", "c", "d"].map((id) => ({ id, name: id, roles: ["worker"] as const }))
  )
)

const poisoned = (number: number) => ({ reason: "Poisoned", number, message: "the store refuses: it is odd" })

it.effect.each([
  ["tasks", TaskStore, ({ members }: Rows) => odd(members)],
  ["billing.users", BillingStore, ({ holders }: Rows) => odd(holders)]
] as const)("%s stops at the user that its store can't keep, and knows those before", ([name, port, isOdd]) =>
  Effect.gen(function* () {
    yield* staff
    yield* people
    yield* Effect.ignore(settle)
    const { failing, number, stopped } = yield* statusOf(name)
    assert.deepStrictEqual([number, stopped, failing], [7, poisoned(8), null])
  }).pipe(Effect.provide(layer({}, without(port as never, isOdd))))
)

it.effect("reports stop at the close that their store can't keep, and have those before", () =>
  Effect.gen(function* () {
    yield* staff
    yield* toDay(1)
    yield* endDay
    yield* toDay(2)
    yield* Effect.ignore(endDay)
    const { failing, number, stopped } = yield* statusOf("reports")
    assert.deepStrictEqual([number, stopped, failing], [1, poisoned(2), null])
  }).pipe(
    Effect.provide(
      layer(
        {},
        without(
          ReportStore as never,
          ({ reports }) => reports?.some((row) => "period" in row && row.period === "2026-11-24") === true
        )
      )
    )
  )
)
