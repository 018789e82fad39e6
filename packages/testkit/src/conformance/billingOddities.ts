/**
 * Rows that no books can have, whatever came before them: `BillingStore` refuses them by `Ledger.follows`.
 */
import { Account, BillingStore, type Transfer } from "@popug/core"
import * as Effect from "effect/Effect"
import * as BillingKit from "./BillingKit.ts"
import { ann, book, correction, day1, day2, emptyQuery, kit, price, put, shuffle } from "./BillingKit.ts"
import * as Data from "./Data.ts"
import { refused, same } from "./expect.ts"
import { open } from "./Kit.ts"

type Change = Parameters<typeof Data.transfer>[2]

/** Each of the transfers is refused where one is booked already; nothing of it is there. */
const refusesEach = (transfers: Readonly<Record<string, Change>>) =>
  Effect.gen(function* () {
    yield* open(kit)
    yield* book(day1, { task: "first" })
    for (const [what, change] of Object.entries(transfers)) yield* refused(book(day1, change), what)
    same((yield* (yield* BillingStore).transfers({}, BillingKit.all)).rows.length, 1, "the number of transfers")
  })

const refusesRows = (what: string, rows: BillingKit.Rows) =>
  Effect.andThen(
    open(kit),
    refused(
      put(() => rows),
      what
    )
  )

const about = { event: 3, task: Data.taskId("t"), title: "Mend t" }
const closes = { _tag: "Closed", event: 3 } as const
const award = { kind: "award", debit: Account.awards, credit: ann } as const
const payout = { kind: "payout", debit: ann, credit: Account.cash } as const
const corrects = (change: Partial<Transfer.Cause & { readonly _tag: "Corrected" }>): Change => {
  const { cause, ...rest } = correction(1, 1)
  return { ...rest, cause: { ...cause, ...change } as Transfer.Cause }
}

export const oddities = {
  "refuses a transfer whose cause is of another kind": refusesEach({
    "a fee for a done task": { cause: { _tag: "Done", ...about } },
    "a fee for a close": { cause: closes },
    "an award for an assignment": { ...award, cause: { _tag: "Assigned", ...about, assignment: 1 } },
    "a payout for a done task": { ...payout, cause: { _tag: "Done", ...about } }
  }),
  "refuses a transfer that moves the wrong way": refusesEach({
    "a fee that a popug gets": { debit: Account.fees, credit: ann },
    "an award that a popug pays": { ...award, debit: ann, credit: Account.awards },
    "a payout that a popug pays": { ...payout, debit: Account.cash, credit: ann, cause: closes },
    "a correction that moves as what it corrects": { ...correction(1, 1), debit: ann, credit: Account.fees },
    "an undone correction that moves as the correction": {
      ...correction(1, 1, true),
      debit: Account.fees,
      credit: ann
    }
  }),
  "refuses a transfer of no event or of no assignment": refusesEach({
    "a fee of event 0": { cause: { _tag: "Assigned", ...about, event: 0, assignment: 1 } },
    "an award of event 0": { ...award, cause: { _tag: "Done", ...about, event: 0 } },
    "a payout of an event below zero": { ...payout, cause: { _tag: "Closed", event: -1 } },
    "a fee of an assignment 0": { cause: { _tag: "Assigned", ...about, assignment: 0 } }
  }),
  "refuses a correction of nothing that came before it": refusesEach({
    "a correction of itself": corrects({ corrects: 2 }),
    "a correction of the next transfer": corrects({ corrects: 3 }),
    "a correction of transfer 0": corrects({ corrects: 0 }),
    "a correction 0 of a transfer": corrects({ round: 0 }),
    "a correction that names a task without its title": corrects({ task: about.task }),
    "a correction that names a title without its task": corrects({ title: about.title })
  }),
  "refuses sums of an account below zero": Effect.gen(function* () {
    yield* refusesRows("debits below zero", { accounts: [BillingKit.account(ann, -1n, 0n)] })
    yield* refusesRows("credits below zero", { accounts: [BillingKit.account(ann, 0n, -1n)] })
  }),
  "refuses a price of no event, or from before the journal": Effect.gen(function* () {
    yield* refusesRows("a price of event 0", { prices: [{ ...price("t"), event: 0 }] })
    yield* refusesRows("a price after a transfer below zero", { prices: [{ ...price("t"), journal: -1 }] })
  }),
  "refuses a close with less than nobody in the red": Effect.gen(function* () {
    yield* open(kit)
    yield* refused(
      put((tx) => ({ closed: [BillingKit.closed(tx, day1, { inTheRed: -1 })] })),
      "-1 in the red"
    )
  }),
  "refuses the cost of a shuffle that is none": Effect.gen(function* () {
    yield* refusesRows("a shuffle of event 0", { shuffles: [shuffle(0, day1, { shuffle: 1 })] })
    yield* refusesRows("a shuffle 0", { shuffles: [shuffle(9, day1, { shuffle: 0 })] })
    yield* refusesRows("a shuffle of less than no tasks", { shuffles: [shuffle(9, day1, { reassigned: -1 })] })
  }),
  "refuses a second cost of one shuffle": Effect.gen(function* () {
    yield* open(kit)
    yield* put(() => ({ shuffles: [shuffle(9, day1, { shuffle: 1 })] }))
    yield* refused(
      put(() => ({ shuffles: [shuffle(12, day2, { shuffle: 1 })] })),
      "shuffle 1 again"
    )
    yield* refused(
      put(() => ({ shuffles: [shuffle(12, day2, { shuffle: 2 }), shuffle(13, day2, { shuffle: 2 })] })),
      "shuffle 2 twice in one commit"
    )
    same((yield* (yield* BillingStore).shuffles({}, BillingKit.all)).rows.length, 1, "the number of shuffles")
  }),
  "finds no award where the fee of an assignment 0 is asked for": Effect.gen(function* () {
    yield* open(kit)
    yield* book(day1, { ...award, cause: { _tag: "Done", ...about } })
    const loaded = yield* kit.transact((tx) => tx.load({ ...emptyQuery, causes: [`fee/${about.task}/0`] }))
    same(loaded.booked, [], "what is booked for an assignment 0")
  })
}
