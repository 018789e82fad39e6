/**
 * What `BillingStore` refuses, and which causes it tells apart.
 */
import { Account, type BillingTransaction, BillingStore } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as BillingKit from "./BillingKit.ts"
import { ann, bob, book, close, correction, day1, day2, kit, price, put } from "./BillingKit.ts"
import * as Data from "./Data.ts"
import { refused, same } from "./expect.ts"
import { open } from "./Kit.ts"

/** Changes are refused, and the journal stays as it was. */
const refuses = (
  what: string,
  changes: (tx: BillingTransaction) => BillingKit.Rows,
  before: Effect.Effect<unknown, unknown, BillingStore> = Effect.void
) =>
  Effect.gen(function* () {
    yield* open(kit)
    yield* book(day1, { task: "first" })
    yield* before
    const store = yield* BillingStore
    const journal = (yield* store.head).journal.number
    yield* refused(put(changes), what)
    same((yield* store.head).journal.number, journal, "the journal's head")
    same((yield* store.transfers({}, BillingKit.all)).rows.length, journal, "transfers")
  })

const one = (change: Parameters<typeof Data.transfer>[2]) => (tx: BillingTransaction) => ({
  transfers: [Data.transfer(tx.head.journal.number + 1, tx.now, { task: "second", ...change })]
})

export const refusals = {
  "refuses a hole in the journal": refuses("a hole", (tx) => ({
    transfers: [Data.transfer(tx.head.journal.number + 2, tx.now, { task: "second" })]
  })),
  "refuses a journal number that is taken": refuses("a number that is taken", (tx) => ({
    head: { journal: tx.head.journal },
    transfers: [Data.transfer(tx.head.journal.number, tx.now, { task: "second" })]
  })),
  "refuses a head that does not stand at the journal's end": refuses("a head beyond the journal", (tx) => ({
    head: { journal: { ...tx.head.journal, number: tx.head.journal.number + 1 } }
  })),
  "refuses a head that tells another period of the last transfer": refuses("another period", (tx) => ({
    ...one({ period: day2 })(tx),
    head: { journal: { ...tx.head.journal, number: tx.head.journal.number + 1 } }
  })),
  "refuses a head that tells another time of the last transfer": refuses("another time", (tx) => ({
    head: { journal: { ...tx.head.journal, recordedAt: DateTime.add(tx.head.at, { seconds: 1 }) } }
  })),
  "refuses a head that does not go on from the last close": Effect.gen(function* () {
    yield* open(kit)
    yield* close(day1)
    for (const change of [{ period: day2 }, { seal: Data.sha256("another") }, { inTheRed: 1 }]) {
      yield* refused(
        put((tx) => ({ head: { closed: { ...tx.head.closed, ...change } } })),
        `a head with another ${Object.keys(change)[0]} of the last close`
      )
    }
    yield* refused(
      put((tx) => ({ closed: [BillingKit.closed(tx, day2)], head: { closed: tx.head.closed } })),
      "a close that the head does not tell of"
    )
    same((yield* (yield* BillingStore).head).closed.period, day1, "the last close")
  }),
  "refuses a head that does not tell of the last shuffle": Effect.gen(function* () {
    yield* open(kit)
    yield* refused(
      put(() => ({ shuffles: [BillingKit.shuffle(4, day1)], head: { shuffled: null } })),
      "a shuffle that the head does not tell of"
    )
    yield* refused(
      put(() => ({ head: { shuffled: { event: 4, period: day1 } } })),
      "a head with a shuffle that is not there"
    )
  }),
  "refuses a second transfer of one cause": refuses("a second fee", one({ task: "first", amount: 999n })),
  "refuses two transfers of one cause in one commit": refuses("two fees", (tx) => ({
    transfers: [1, 2].map((step) => Data.transfer(tx.head.journal.number + step, tx.now, { task: "twice" }))
  })),
  "refuses a second award, payout or correction of one cause": Effect.gen(function* () {
    yield* open(kit)
    const task = Data.taskId("t")
    const causes: ReadonlyArray<Parameters<typeof Data.transfer>[2]> = [
      { kind: "award", debit: Account.awards, credit: ann, cause: { _tag: "Done", event: 1, task, title: "t" } },
      { kind: "payout", debit: ann, credit: Account.cash, cause: { _tag: "Closed", event: 2 } },
      correction(1, 1)
    ]
    yield* book(day1, {}, ...causes)
    for (const cause of causes) {
      yield* refused(book(day1, { ...cause, amount: 1n }), `a second ${cause!.cause!._tag}`)
    }
    same((yield* (yield* BillingStore).head).journal.number, 1 + causes.length, "the journal's last number")
  }),
  "tells causes apart by assignment, kind and period": Effect.gen(function* () {
    yield* open(kit)
    const cause = { _tag: "Assigned", event: 1, task: Data.taskId("t"), title: "t" } as const
    yield* book(
      day1,
      { cause: { ...cause, assignment: 1 } },
      { cause: { ...cause, assignment: 2 } },
      { kind: "award", cause: { ...cause, _tag: "Done" } },
      { kind: "payout", debit: ann, credit: Account.cash, cause: { _tag: "Closed", event: 5 } },
      { kind: "payout", debit: bob, credit: Account.cash, cause: { _tag: "Closed", event: 5 } },
      correction(1, 1),
      correction(1, 2),
      correction(2, 1)
    )
    yield* book(day2, { kind: "payout", debit: ann, credit: Account.cash, cause: { _tag: "Closed", event: 6 } })
    same((yield* (yield* BillingStore).transfers({}, BillingKit.all)).rows.length, 9, "the number of transfers")
  }),
  "refuses an amount of zero": refuses("an amount of zero", one({ amount: 0n })),
  "refuses an amount below zero": refuses("an amount below zero", one({ amount: -1n })),
  "refuses a transfer from an account to itself": refuses("one account twice", one({ debit: ann, credit: ann })),
  "refuses a transfer of an earlier period than the last": refuses(
    "a transfer of an earlier period",
    one({ period: day1 }),
    book(day2, { task: "later" })
  ),
  "refuses a transfer recorded before the last": refuses("a transfer recorded before the last", (tx) => ({
    transfers: [
      Data.transfer(tx.head.journal.number + 1, DateTime.subtract(tx.head.at, { seconds: 1 }), { task: "second" })
    ]
  })),
  "refuses a journal's digest that changed without anything new in the journal": refuses("another digest", (tx) => ({
    head: { journal: { ...tx.head.journal, digest: Data.sha256("x") } }
  })),
  "refuses a price that is recorded, though it is the same": Effect.gen(function* () {
    yield* open(kit)
    yield* put(() => ({ prices: [price("t")] }))
    yield* refused(
      put(() => ({ prices: [price("t")] })),
      "a price once more"
    )
    yield* refused(
      put(() => ({ prices: [price("u"), price("u")] })),
      "a price twice in one commit"
    )
    same(
      (yield* (yield* BillingStore).prices({ tasks: ["t", "u"].map(Data.taskId) }, BillingKit.all)).rows,
      [price("t")],
      "the prices"
    )
  }),
  "refuses another price for a task": Effect.gen(function* () {
    yield* open(kit)
    yield* put(() => ({ prices: [price("t", 1_500n, 3_000n)] }))
    yield* refused(
      put(() => ({ prices: [{ ...price("t", 1_501n, 3_000n), event: price("t2").event }] })),
      "another price"
    )
    same(
      (yield* (yield* BillingStore).prices({ tasks: [Data.taskId("t")] }, BillingKit.all)).rows,
      [price("t", 1_500n, 3_000n)],
      "the price"
    )
  }),
  "refuses a price that is not above zero": Effect.gen(function* () {
    yield* open(kit)
    yield* refused(
      put(() => ({ prices: [price("t", 0n)] })),
      "a fee of zero"
    )
    yield* refused(
      put(() => ({ prices: [price("t", 1n, -1n)] })),
      "an award below zero"
    )
  }),
  "refuses a second price of one event": Effect.gen(function* () {
    yield* open(kit)
    yield* put(() => ({ prices: [price("t")] }))
    const second = { ...price("u"), event: price("t").event }
    yield* refused(
      put(() => ({ prices: [second] })),
      "a second price of an event"
    )
    yield* refused(
      put(() => ({ prices: [price("v"), { ...price("w"), event: price("v").event }] })),
      "two prices of an event"
    )
    same(
      (yield* (yield* BillingStore).prices({ tasks: ["u", "v", "w"].map(Data.taskId) }, BillingKit.all)).rows,
      [],
      "prices"
    )
  }),
  "refuses a transfer in a closed period": refuses("a transfer in a closed period", one({ period: day1 }), close(day1)),
  "refuses a balance in a closed period": refuses(
    "a balance in a closed period",
    () => ({ balances: [BillingKit.balance(ann, day1)] }),
    close(day1)
  ),
  "refuses to close a period again": Effect.gen(function* () {
    yield* open(kit)
    yield* close(day1, day2)
    const store = yield* BillingStore
    const before = yield* store.closed({}, BillingKit.all)
    yield* refused(
      put((tx) => ({ closed: [BillingKit.closed(tx, day1, { seal: Data.sha256("forged") })] })),
      "a closed period"
    )
    yield* refused(
      put((tx) => ({ closed: [BillingKit.closed(tx, day2, { inTheRed: 0 })] })),
      "a closed period"
    )
    same(yield* store.closed({}, BillingKit.all), before, "the closed periods")
  }),
  "refuses to close a period before one that is closed": Effect.gen(function* () {
    yield* open(kit)
    yield* close(day2)
    yield* refused(close(day1), "a close of an earlier period")
    yield* refused(
      put((tx) => ({ closed: [BillingKit.closed(tx, BillingKit.day3), BillingKit.closed(tx, BillingKit.day3)] })),
      "two closes of one period in one commit"
    )
    same(
      (yield* (yield* BillingStore).closed({}, BillingKit.all)).rows.map(({ period }) => period),
      [day2],
      "the closes"
    )
  }),
  "closes a period in the commit of its last transfers and balances": Effect.gen(function* () {
    yield* open(kit)
    yield* put((tx) => ({
      transfers: [Data.transfer(1, tx.now, { period: day1 })],
      balances: [BillingKit.balance(ann, day1)],
      closed: [BillingKit.closed(tx, day1, { lastTransfer: 1 })]
    }))
    same(
      (yield* (yield* BillingStore).closed({}, BillingKit.all)).rows.map(({ period }) => period),
      [day1],
      "the closed periods"
    )
  })
}
