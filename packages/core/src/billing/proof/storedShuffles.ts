/**
 * What shuffles cost, as a verification finds it stored beside a ledger that is made anew.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { check, Difference } from "../../values/Difference.ts"
import { type BillingHead, BillingStore, type ClosedPeriod, type ShuffleCost } from "../BillingStore.ts"
import type { Ledger } from "../books/Ledger.ts"
import { rowsOf } from "./StoredJournal.ts"

const pageSize = 5_000

/** Compares the rows one by one, as the ledger comes to them. */
export const readShuffles = Effect.fnUntraced(function* (
  ledger: Ledger,
  begin: ClosedPeriod | undefined,
  head: BillingHead
) {
  const store = yield* BillingStore
  const rows = rowsOf(
    (after) => store.shuffles({}, { after, limit: pageSize }),
    ({ event }) => event,
    begin?.lastEvent ?? 0,
    head.tasks.number
  )
  let compared = 0
  let last: ShuffleCost | undefined

  const compare = Effect.gen(function* () {
    for (const expected of ledger.shuffles.splice(0)) {
      const found = yield* rows.peek
      yield* check(`what shuffle ${expected.shuffle} cost`, content(expected), found && content(found))
      rows.take()
      compared += 1
      last = expected
    }
  })

  /** No row is left; gives how many were compared. The shuffle under way may have come to its end meanwhile. */
  const end = Effect.gen(function* () {
    const left = yield* rows.peek
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
