/**
 * What shuffles cost, as a verification finds it stored beside a ledger that is made anew.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { between, Difference } from "../../values/Difference.ts"
import { type BillingHead, BillingStore, type ClosedPeriod, type ShuffleCost } from "../BillingStore.ts"
import type { Ledger } from "../books/Ledger.ts"
import { finish, type Hindrance, pageSize, rowsOf } from "./rows.ts"

/** Compares the rows one by one, as the ledger comes to them. */
export const readShuffles = Effect.fnUntraced(function* (
  ledger: Ledger,
  begin: ClosedPeriod | undefined,
  head: BillingHead
) {
  const store = yield* BillingStore
  const rows = rowsOf(yield* Effect.scope, {
    read: (after) => Effect.map(store.shuffles({}, { after, limit: pageSize }), (page) => page.rows),
    numberOf: ({ event }) => event,
    begin: begin?.lastEvent ?? 0,
    last: head.tasks.number
  })
  let compared = 0
  let last: ShuffleCost | undefined

  const compare = (): Hindrance | undefined => {
    for (; ledger.shuffles.length > 0; ledger.shuffles.shift()) {
      if (rows.isShort()) return rows
      const expected = ledger.shuffles[0]!
      const found = rows.next()
      const differs = between(
        `what shuffle ${expected.shuffle} cost`,
        content(expected),
        found === undefined ? undefined : content(found)
      )
      if (differs !== undefined) return differs
      rows.take()
      compared += 1
      last = expected
    }
    return undefined
  }

  /** No row is left; returns how many were compared. The shuffle under way may have come to its end meanwhile. */
  const end = Effect.gen(function* () {
    yield* finish(() => (rows.isShort() ? rows : undefined))
    const left = rows.next()
    if (left !== undefined && left.event !== ledger.shuffle?.event) {
      const place = `what shuffle ${left.shuffle} cost`
      return yield* new Difference({ place, expected: "nothing", found: "a row that nobody made" })
    }
    return compared
  })

  /** The last one that was compared. */
  const lastOne = () => last && { event: last.event, period: last.period }

  return { compare, end, last: lastOne }
})

/** A cost as differences show it. */
export const content = (cost: ShuffleCost) => ({ ...cost, at: DateTime.formatIso(cost.at) })
