/**
 * The stored side of a verification: the journal as it stands, its transfers and prices in their order, followed beside
 * a ledger that is made anew.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Followed } from "../../stream/Follow.ts"
import type { TaskEvent } from "../../tasks/events.ts"
import type * as BusinessDay from "../../values/BusinessDay.ts"
import { between, check, type Difference } from "../../values/Difference.ts"
import { Digest, origin, type Sha256 } from "../../values/Digest.ts"
import type { TaskId } from "../../values/Ids.ts"
import { type BillingHead, BillingStore, type ClosedPeriod } from "../BillingStore.ts"
import * as Account from "../books/Account.ts"
import { unknown } from "../books/BookedTask.ts"
import { reversalOf } from "../books/correcting.ts"
import * as Ledger from "../books/Ledger.ts"
import * as Pricing from "../books/Pricing.ts"
import * as Transfer from "../books/Transfer.ts"
import { finish, type Hindrance, pageSize, type Rows, rowsOf } from "./rows.ts"

/** How many prices are kept for the tasks that come again, some 300 bytes each. */
const keptPrices = 200_000

/** The journal, and how far it was followed. */
export interface StoredJournal {
  readonly sha256: Sha256
  readonly ledger: Ledger.Ledger
  /** The period whose seal was trusted. */
  readonly begin: ClosedPeriod | undefined
  readonly transfers: Rows<Transfer.Transfer>
  readonly prices: Rows<Pricing.Price>
  /** Prices by their event: those that came before a correction are met a little before it. */
  readonly waiting: Map<number, Pricing.Price>
  digest: string
  /** The last transfer in the digest, and how many prices are. */
  taken: number
  priced: number
  /** For how many tasks the price is kept. */
  kept: number
  /** How many of the ledger's transfers were compared. */
  compared: number
}

/** Follows the stored journal beside a ledger. */
export const openJournal = Effect.fnUntraced(function* (
  ledger: Ledger.Ledger,
  begin: ClosedPeriod | undefined,
  head: BillingHead
) {
  const store = yield* BillingStore
  const { sha256 } = yield* Digest
  const scope = yield* Effect.scope
  const journal: StoredJournal = {
    sha256,
    ledger,
    begin,
    transfers: rowsOf(scope, {
      read: (after) => Effect.map(store.transfers({}, { after, limit: pageSize }), ({ rows }) => rows),
      numberOf: ({ number }) => number,
      begin: begin?.lastTransfer ?? 0,
      last: head.journal.number
    }),
    prices: rowsOf(scope, {
      read: (after) => Effect.map(store.prices({}, { after, limit: pageSize }), ({ rows }) => rows),
      numberOf: ({ event }) => event,
      begin: begin?.lastEvent ?? 0,
      last: head.tasks.number
    }),
    waiting: new Map(),
    digest: begin?.journalDigest ?? origin,
    taken: begin?.lastTransfer ?? 0,
    priced: 0,
    kept: 0,
    compared: 0
  }
  return journal
})

/** Loads the recorded prices of the tasks a page names, and from a seal on the balances it was sealed with. */
export const preload = Effect.fnUntraced(function* (
  journal: StoredJournal,
  events: ReadonlyArray<Followed<TaskEvent>>
) {
  const { begin, ledger, prices } = journal
  if (journal.kept > keptPrices) forgetPrices(journal)
  const tasks = new Set<TaskId>()
  const accounts = new Set<Account.AccountId>()
  for (const { event } of events) {
    if (event?.type !== "task.updated") continue
    if (Ledger.taskOf(ledger, event.data.id).price === null) tasks.add(event.data.id)
    if (begin !== undefined && event.data.assign !== null) accounts.add(Account.popug(event.data.assign))
  }
  const last = events.at(-1)?.envelope.number ?? 0
  yield* prices.fill(last)
  yield* preloadPrices(journal, tasks, last)
  if (begin !== undefined) yield* preloadAccounts(ledger, [...accounts], begin.period)
})

/** Forgets all prices; what is known of charges stays. */
const forgetPrices = (journal: StoredJournal): void => {
  const { tasks } = journal.ledger
  journal.kept = 0
  for (const [id, task] of tasks) {
    if (task.charged === unknown) tasks.delete(id)
    else task.price = null
  }
}

/** Those that come next in the journal are at hand; the rest is asked for. */
const preloadPrices = Effect.fnUntraced(function* (journal: StoredJournal, wanted: Set<TaskId>, last: number) {
  const { ledger, prices, sha256 } = journal
  const keep = (price: Pricing.Price) => {
    const differs = genuine(sha256, price)
    if (differs !== undefined) return differs
    const task = Ledger.taskOf(ledger, price.task)
    task.price = price
    task.isProven = true
    journal.kept += 1
    wanted.delete(price.task)
    return undefined
  }
  for (const price of prices.atHand(last)) {
    const differs = wanted.has(price.task) ? keep(price) : undefined
    if (differs !== undefined) return yield* differs
  }
  if (wanted.size === 0) return
  const store = yield* BillingStore
  for (const price of (yield* store.prices({ tasks: [...wanted] }, { limit: wanted.size })).rows) {
    const differs = keep(price)
    if (differs !== undefined) return yield* differs
  }
})

const genuine = (sha256: Sha256, price: Pricing.Price): Difference | undefined =>
  between(`the price of task ${price.task}`, Pricing.digest(sha256, price), price.digest)

const preloadAccounts = Effect.fnUntraced(function* (
  ledger: Ledger.Ledger,
  accounts: ReadonlyArray<Account.AccountId>,
  after: BusinessDay.Period
) {
  const store = yield* BillingStore
  const wanted = [...new Set([Account.fees, Account.awards, Account.cash, ...accounts])].filter(
    (id) => !ledger.accounts.has(id)
  )
  if (wanted.length === 0) return
  for (const balance of yield* store.balancesUpTo(wanted, after)) {
    // Only the difference matters from here on: what was booked before is one sum.
    const sum = Account.closing(balance)
    ledger.accounts.set(balance.account, {
      id: balance.account,
      debits: sum < 0n ? -sum : 0n,
      credits: sum > 0n ? sum : 0n
    })
  }
})

/** Takes prices into the digest while what they say of their event, or of the transfer before, is below a number. */
const takePrices = (journal: StoredJournal, of: "event" | "journal", below: number): Hindrance | undefined => {
  const { ledger, prices, sha256, waiting } = journal
  for (;;) {
    if (prices.isShort()) return prices
    const next = prices.next()
    if (next === undefined || next[of] >= below) return undefined
    const differs =
      (ledger.tasks.get(next.task)?.price === next ? undefined : genuine(sha256, next)) ??
      (journal.taken === next.journal
        ? undefined
        : between(`the place of the price of task ${next.task} in the journal`, journal.taken, next.journal))
    if (differs !== undefined) return differs
    journal.digest = Pricing.chain(sha256, journal.digest, next)
    journal.priced += 1
    waiting.set(next.event, next)
    prices.take()
  }
}

/** Takes the prices that events up to one recorded. */
export const pricesUpTo = (journal: StoredJournal, event: number): Hindrance | undefined =>
  takePrices(journal, "event", event + 1)

/** The price that was recorded by an event, once those up to it were taken. */
export const takePriceOf = ({ waiting }: StoredJournal, event: number): Pricing.Price | undefined => {
  const price = waiting.get(event)
  if (price !== undefined) waiting.delete(event)
  return price
}

/** Takes a transfer into the digest, and the prices before it. */
const take = (journal: StoredJournal, transfer: Transfer.Transfer): Hindrance | undefined => {
  const hindrance = takePrices(journal, "journal", transfer.number)
  if (hindrance !== undefined) return hindrance
  journal.digest = Transfer.chain(journal.sha256, journal.digest, transfer)
  journal.taken = transfer.number
  journal.transfers.take()
  return undefined
}

/** Compares what the ledger has made with what stands in the journal. */
export const compare = (journal: StoredJournal): Hindrance | undefined => {
  const { ledger, transfers } = journal
  for (; journal.compared < ledger.transfers.length; journal.compared++) {
    if (transfers.isShort()) return transfers
    const expected = ledger.transfers[journal.compared]!
    const found = transfers.next()
    const hindrance =
      (found !== undefined && isSame(expected, found)
        ? undefined
        : between(`transfer ${expected.number}`, content(expected), found && content(found))) ?? take(journal, found!)
    if (hindrance !== undefined) return hindrance
  }
  ledger.transfers.length = 0
  journal.compared = 0
  return undefined
}

/** Whether the next transfer may be an accountant's of the open period: whether `corrections` has something to do. */
export const mayCorrect = ({ ledger, transfers }: StoredJournal): boolean => {
  const next = transfers.next()
  // One of the next period waits until this one is closed.
  return next === undefined ? transfers.isShort() : next.cause._tag === "Corrected" && next.period === ledger.period
}

/** Accountants' transfers stand in the journal as they are; they only have to reverse what they name. */
export const corrections = Effect.fnUntraced(function* (journal: StoredJournal) {
  const { ledger, transfers } = journal
  while (mayCorrect(journal)) {
    if (transfers.isShort()) yield* transfers.load
    else yield* correction(journal, transfers.next()!)
  }
  ledger.transfers.length = 0
})

const correction = Effect.fnUntraced(function* (journal: StoredJournal, next: Transfer.Transfer) {
  const { begin, ledger } = journal
  const { cause, number } = next
  if (cause._tag !== "Corrected") return
  const { corrects } = cause
  const named = yield* withCorrections(corrects)
  const isKnown = named.some((each) => each.number === number)
  yield* check(`transfer ${number}, as a correction of ${corrects}`, true, isKnown)
  const expected = expectedOf(
    named.filter((each) => each.number < number),
    corrects
  )
  const { amount, credit, debit, kind } = next
  const { actor: _actor, reason: _reason, ...reversal } = cause
  yield* check(`transfer ${number}`, expected, { kind, debit, credit, amount, cause: reversal })
  if (begin !== undefined) yield* preloadAccounts(ledger, [debit, credit], begin.period)
  yield* check("the number of a transfer", Ledger.post(ledger, next.period, next).number, number)
  yield* finish(() => take(journal, next))
})

/**
 * A transfer, those that correct it, and those that undo these. Nothing is asked under the head: a company that rests
 * can be verified.
 */
const withCorrections = Effect.fnUntraced(function* (corrected: number) {
  const { transfers } = yield* BillingStore
  const [first] = (yield* transfers({ numbers: [corrected] }, { limit: 1 })).rows
  if (first === undefined) return []
  const task = Transfer.taskOf(first.cause)
  const account = first.debit.startsWith("popug:") ? first.debit : first.credit
  const filter = task === null ? { account, from: first.period } : { task: task.id }
  const found = new Map([[corrected, first]])
  let after: number | undefined
  for (let more = true; more;) {
    const page = yield* transfers(filter, { after, limit: pageSize })
    for (const row of page.rows) {
      if (row.cause._tag === "Corrected" && found.has(row.cause.corrects)) found.set(row.number, row)
    }
    after = page.rows.at(-1)?.number
    more = page.more
  }
  return [...found.values()]
})

/** What a correction of a transfer must be, after those that came before it; nothing where there can be none. */
const expectedOf = (before: ReadonlyArray<Transfer.Transfer>, corrects: number) => {
  const corrections: Ledger.Ledger["corrections"] = new Map()
  for (const transfer of before) {
    const { cause } = transfer
    if (cause._tag !== "Corrected") continue
    corrections.set(cause.corrects, [...(corrections.get(cause.corrects) ?? []), transfer])
  }
  const corrected = before.find(({ number }) => number === corrects)
  const reversal = corrected && reversalOf(corrections, corrected)
  return typeof reversal === "object" && "kind" in reversal ? reversal : undefined
}

/** A transfer without the moment it was recorded, which a replay can't know. */
const content = (transfer: Transfer.Transfer) => ({
  ...transfer,
  occurredAt: DateTime.formatIso(transfer.occurredAt),
  recordedAt: null
})

/**
 * Whether two transfers have the same content, without the cost of writing it: where this says no, the content tells.
 */
const isSame = (a: Transfer.Transfer, b: Transfer.Transfer): boolean =>
  a.number === b.number &&
  a.kind === b.kind &&
  a.debit === b.debit &&
  a.credit === b.credit &&
  a.amount === b.amount &&
  a.period === b.period &&
  a.occurredAt.epochMilliseconds === b.occurredAt.epochMilliseconds &&
  fieldsOf(a) === fieldsOf(b) &&
  isSameCause(a.cause, b.cause)

const isSameCause = (a: Transfer.Cause, b: Transfer.Cause): boolean => {
  for (const field in a) if (a[field as keyof Transfer.Cause] !== b[field as keyof Transfer.Cause]) return false
  return fieldsOf(a) === fieldsOf(b)
}

const fieldsOf = (value: object): number => {
  let count = 0
  for (const field in value) if (field !== "") count += 1
  return count
}
