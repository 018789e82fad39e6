/** What shuffles cost, over the wire. */
import { assert, it } from "@effect/vitest"
import { Actor, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import { call, create, endDays, layer, settle, staff, toDay, usd } from "../support/books.ts"

it.effect("managers list what shuffles cost and who asked for them, page by page", () =>
  Effect.gen(function* () {
    yield* staff
    yield* create({ olga: "Mend the roof" })
    const tasks = yield* Tasks
    const shuffle = (who: string, commandId: string) => tasks.shuffle(Actor.user(who), { commandId })
    // Given to somebody else by hand, it falls back on Olga.
    yield* tasks.assign(Actor.user("max"), "olga", "will")
    for (const key of ["one", "one"]) yield* shuffle("max", key)
    yield* shuffle("ann", "two")
    yield* toDay(1)
    yield* endDays
    yield* tasks.assign(Actor.user("max"), "olga", "will")
    yield* shuffle("max", "three")
    yield* settle

    const first = yield* call("max", "/v1/billing/shuffles?limit=2")
    const second = yield* call("max", `/v1/billing/shuffles?limit=2&cursor=${first.body.nextCursor}`)
    assert.deepStrictEqual([first.body.hasMore, second.body.hasMore], [true, false])
    const rows = [...first.body.data, ...second.body.data]
    assert.deepStrictEqual(
      rows.map(({ askedBy, fees, name, period, reassigned, shuffle }) => [
        shuffle,
        period,
        askedBy,
        name,
        reassigned,
        fees
      ]),
      [
        [1, "2026-11-23", "max", "Max", 1, usd(1000)],
        [2, "2026-11-23", "ann", "Ann", 0, usd(0)],
        [3, "2026-11-24", "max", "Max", 1, usd(1000)]
      ]
    )
    const ranged = yield* call("acc", "/v1/billing/shuffles?from=2026-11-24&to=2026-11-24")
    assert.deepStrictEqual(ranged.body.data, rows.slice(2))
    assert.deepStrictEqual(Object.keys(rows[0]).sort(), [
      "askedBy",
      "at",
      "event",
      "fees",
      "name",
      "period",
      "reassigned",
      "shuffle"
    ])
  }).pipe(Effect.provide(layer()))
)

it.effect("workers are refused, and a cursor of another list is no position", () =>
  Effect.gen(function* () {
    yield* staff
    for (const [who, status] of [
      ["will", 403],
      ["max", 200],
      ["acc", 200],
      ["ann", 200]
    ] as const) {
      assert.strictEqual((yield* call(who, "/v1/billing/shuffles")).status, status, who)
    }
    assert.strictEqual((yield* call("max", "/v1/billing/shuffles?cursor=AA")).status, 400)
  }).pipe(Effect.provide(layer()))
)

it.effect("whoever may shuffle sees before what it can cost at most", () =>
  Effect.gen(function* () {
    yield* staff
    yield* create({ olga: "Mend the roof", will: "Paint the door" })
    for (const as of ["max", "ann"]) {
      const { body } = yield* call(as, "/v1/billing/shuffles/preview")
      assert.deepStrictEqual(body, { open: 2, looked: 2, movable: 2, fees: usd(2000), unpriced: 0 }, as)
    }
    assert.strictEqual((yield* call("will", "/v1/billing/shuffles/preview")).status, 403)
  }).pipe(Effect.provide(layer()))
)
