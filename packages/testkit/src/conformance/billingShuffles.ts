/**
 * What `BillingStore` promises of what shuffles cost.
 */
import { Actor, BillingStore, Money, type Period, type ShuffleCost } from "@popug/core"
import * as Effect from "effect/Effect"
import * as BillingKit from "./BillingKit.ts"
import { close, day1, day2, day3, kit, put, shuffle } from "./BillingKit.ts"
import * as Data from "./Data.ts"
import { refused, same } from "./expect.ts"
import { open } from "./Kit.ts"

const costs = [
  shuffle(4, day1),
  shuffle(9, day1, { actor: Actor.key(Actor.system), reassigned: 0, fees: 0n }),
  shuffle(10, day2, { fees: Money.largestSum }),
  shuffle(12, day3, { fees: Money.largestSum - 1n }),
  shuffle(100, day3)
]

const kept = Effect.gen(function* () {
  yield* open(kit)
  yield* put(() => ({ shuffles: costs.slice(0, 2) }))
  yield* close(day1)
  yield* put(() => ({ shuffles: costs.slice(2, 3), closed: [] }))
  yield* put(() => ({ shuffles: costs.slice(3) }))
  return yield* BillingStore
})

const refuses = (what: string, cost: ShuffleCost, ...more: ReadonlyArray<ShuffleCost>) =>
  Effect.gen(function* () {
    const store = yield* kept
    yield* refused(
      put(() => ({ shuffles: [cost, ...more] })),
      what
    )
    same((yield* store.shuffles({}, BillingKit.all)).rows, costs, "the shuffles")
  })

export const shuffles = {
  "keeps what shuffles cost to the last field, by their events, in pages without gaps or doubles": Effect.gen(
    function* () {
      const store = yield* kept
      for (const limit of [1, 2, 5, 100]) {
        same(
          yield* Data.allPages(
            (row: ShuffleCost) => row.event,
            limit,
            (paging) => store.shuffles({}, paging)
          ),
          costs,
          `by ${limit}`
        )
      }
    }
  ),
  "lists exactly the shuffles of a range of periods": Effect.gen(function* () {
    const store = yield* kept
    const days = [undefined, Data.period("2026-02-28"), day1, day2, day3, Data.period("2026-04-01")]
    for (const from of days) {
      for (const to of days) {
        const filter: { from?: Period; to?: Period } = { ...(from && { from }), ...(to && { to }) }
        const expected = costs.filter(
          ({ period }) => (from === undefined || period >= from) && (to === undefined || period <= to)
        )
        for (const after of [undefined, 4, 9, 11]) {
          const { rows } = yield* store.shuffles(filter, { after, limit: 10 })
          same(
            rows,
            expected.filter(({ event }) => event > (after ?? 0)),
            `${JSON.stringify(filter)} after ${after}`
          )
        }
      }
    }
  }),
  "refuses a shuffle whose event is not above the last one's": Effect.gen(function* () {
    yield* refuses("a shuffle once more", costs.at(-1)!)
    yield* refused(
      put(() => ({ shuffles: [shuffle(99, day3)] })),
      "a shuffle of an earlier event"
    )
    yield* refused(
      put(() => ({ shuffles: [shuffle(101, day3), shuffle(101, day3, { shuffle: 7 })] })),
      "two shuffles of one event"
    )
  }),
  "refuses a shuffle of a period before the last one's": refuses("an earlier period", shuffle(101, day2)),
  "refuses a shuffle of a closed period": Effect.gen(function* () {
    yield* open(kit)
    yield* close(day2)
    yield* refused(
      put(() => ({ shuffles: [shuffle(5, day2)] })),
      "a shuffle of a closed period"
    )
    same((yield* (yield* BillingStore).shuffles({}, BillingKit.all)).rows, [], "the shuffles")
  }),
  "refuses a shuffle with fees below zero": refuses("fees below zero", shuffle(101, day3, { fees: -1n }))
}
