/**
 * How the suite of `BillingStore` writes the books.
 */
import {
  Account,
  type BillingChanges,
  type BillingHead,
  type BillingQuery,
  BillingStore,
  type BillingTransaction,
  type ClosedPeriod,
  emptyBillingChanges,
  type Period,
  type Pricing,
  type ShuffleCost,
  type Transfer
} from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Data from "./Data.ts"
import type { Kit } from "./Kit.ts"

export const emptyQuery: BillingQuery = {
  prices: [],
  causes: [],
  accounts: [],
  moved: false,
  transfers: [],
  commands: []
}

export const day1 = Data.period("2026-03-01")
export const day2 = Data.period("2026-03-02")
export const day3 = Data.period("2026-03-03")

export const [ann, bob, cyd] = [Account.popug("ann"), Account.popug("bob"), Account.popug("cyd")]

/** The events that named the tasks of these suites: another one for each. */
const events = new Map<string, number>()
const eventOf = (task: string): number => {
  if (!events.has(task)) events.set(task, events.size + 1)
  return events.get(task)!
}

export const price = (task: string, fee = 1_000n, award = 2_000n): Pricing.Price => ({
  task: Data.taskId(task),
  fee,
  award,
  event: eventOf(task),
  journal: 7,
  digest: Data.sha256(`${task} ${fee} ${award}`)
})

/** Rows to be saved, and what of the head is to be otherwise than they make it. */
export type Rows = Partial<Omit<BillingChanges, "head">> & { readonly head?: Partial<BillingHead> }

/** The changes of a commit that saves rows: with the head that follows them. */
export const changes = (tx: BillingTransaction, { head, ...rows }: Rows): BillingChanges => {
  const { closed: last, journal, shuffled } = tx.head
  const all = { ...emptyBillingChanges, ...rows }
  const { number, period, recordedAt } = all.transfers.at(-1) ?? journal
  const closed = all.closed.at(-1) ?? last
  const shuffle = all.shuffles.at(-1) ?? shuffled
  return {
    ...all,
    head: {
      ...tx.head,
      at: tx.now,
      journal: { ...journal, number, period, recordedAt },
      closed: { period: closed.period, seal: closed.seal, inTheRed: closed.inTheRed },
      shuffled: shuffle && { event: shuffle.event, period: shuffle.period },
      ...head
    }
  }
}

export const kit: Kit<BillingTransaction, BillingChanges, BillingStore> = {
  source: "billing",
  open: (identity) => Effect.flatMap(BillingStore, (store) => store.open(identity)),
  adopt: (identity) => Effect.flatMap(BillingStore, (store) => store.adopt(identity)),
  transact: (body) => Effect.flatMap(BillingStore, (store) => store.transact(body)),
  changes: (tx, names) => {
    const { events, head } = Data.follow("billing", tx.head, tx.now, names)
    const { at, digest, number } = head
    return changes(tx, {
      events,
      head: { at, digest, number, period: day1 },
      transfers: names.map((task, index) => Data.transfer(tx.head.journal.number + index + 1, tx.now, { task })),
      prices: names.map((name) => price(name)),
      commands: names.map((name) => Data.recorded(name))
    })
  },
  load: (tx, name) =>
    Effect.map(
      tx.load({ ...emptyQuery, causes: [`fee/${name}/1`], commands: [Data.commandId(name)] }),
      ({ booked, commands }) => ({ row: booked.length > 0, command: commands.get(Data.commandId(name)) })
    ),
  forget: (age, limit) => Effect.flatMap(BillingStore, (store) => store.forgetCommands(Duration.millis(age), limit)),
  has: (name) =>
    Effect.flatMap(BillingStore, (store) =>
      Effect.map(store.prices({ tasks: [Data.taskId(name)] }, all), ({ rows }) => rows.length > 0)
    )
}

/** Saves rows without an event. */
export const put = (rows: (tx: BillingTransaction) => Rows) => kit.transact((tx) => tx.save(changes(tx, rows(tx))))

/** Books transfers of a period, numbered from the journal on. */
export const book = (period: Period, ...fields: ReadonlyArray<Parameters<typeof Data.transfer>[2]>) =>
  kit.transact((tx) => {
    const transfers = fields.map((change, index) =>
      Data.transfer(tx.head.journal.number + index + 1, tx.now, { period, ...change })
    )
    return Effect.as(tx.save(changes(tx, { transfers, head: { period } })), transfers)
  })

export const correction = (corrects: number, round: number, undoes = false): Partial<Transfer.Transfer> => ({
  ...(undoes ? { debit: ann, credit: Account.fees } : { debit: Account.fees, credit: ann }),
  cause: { _tag: "Corrected", corrects, round, undoes, reason: "a slip", actor: "user:acc", task: null, title: null }
})

export const account = (id: Account.AccountId, debits: bigint, credits: bigint): Account.Account => ({
  id,
  debits,
  credits
})

export const balance = (
  id: Account.AccountId,
  period: Period,
  change: Partial<Account.PeriodBalance> = {}
): Account.PeriodBalance => ({
  account: id,
  period,
  opening: -5n,
  debits: 10n,
  credits: 20n,
  fees: 10n,
  awards: 20n,
  payouts: 0n,
  paid: 0n,
  ...change
})

export const closed = (tx: BillingTransaction, period: Period, change: Partial<ClosedPeriod> = {}): ClosedPeriod => ({
  period,
  totals: { tasksCreated: 1, assigned: 2, done: 3, transfers: 4, fees: 50n, awards: -60n, payouts: 7n },
  inTheRed: 8,
  topTask: { id: Data.taskId("top"), title: "Mend the top", total: 4_000n },
  previousSeal: Data.sha256("before"),
  seal: Data.sha256(period),
  lastEvent: 9,
  closedAs: 10,
  eventsDigest: Data.sha256("events"),
  journalDigest: Data.sha256("journal"),
  lastTransfer: tx.head.journal.number,
  closedAt: tx.now,
  ...change
})

/** What a shuffle cost, whose event has this number. */
export const shuffle = (event: number, period: Period, change: Partial<ShuffleCost> = {}): ShuffleCost => ({
  event,
  shuffle: event - 3,
  period,
  actor: "user:max",
  at: DateTime.makeUnsafe(1_000 + event),
  reassigned: event * 2,
  fees: BigInt(event) * 1_000n,
  ...change
})

/** Closes periods, one commit each. */
export const close = (...periods: ReadonlyArray<Period>) =>
  Effect.forEach(periods, (period) => put((tx) => ({ closed: [closed(tx, period)] })), { discard: true })

export const all = { limit: 1_000 }
