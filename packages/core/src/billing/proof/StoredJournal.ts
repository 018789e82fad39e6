/**
 * The stored side of a verification: the journal as it stands, its transfers and prices in their order, followed beside
 * a ledger that is made anew.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as BusinessDay from "../../values/BusinessDay.ts"
import { check } from "../../values/Difference.ts"
import { Digest, origin, type Sha256 } from "../../values/Digest.ts"
import { decodeTaskEvent } from "../../tasks/events.ts"
import type * as Envelope from "../../stream/Envelope.ts"
import * as Account from "../books/Account.ts"
import { type BillingHead, type BillingQuery, BillingStore, type ClosedPeriod } from "../BillingStore.ts"
import * as Ledger from "../books/Ledger.ts"
import * as Pricing from "../books/Pricing.ts"
import * as Transfer from "../books/Transfer.ts"

const pageSize = 5_000

const nothing: BillingQuery = { prices: [], causes: [], accounts: [], moved: false, transfers: [], commands: [] }

/** Loads the recorded prices of the tasks a page names, and from a seal on the balances it was sealed with. */
export const preload = Effect.fnUntraced(function* (
  ledger: Ledger.Ledger,
  events: ReadonlyArray<Envelope.Envelope>,
  after: BusinessDay.Period | undefined
) {
  const store = yield* BillingStore
  const { sha256 } = yield* Digest
  ledger.booked.clear()
  ledger.prices.clear()
  ledger.genuine.clear()
  const data = events.flatMap((envelope) => {
    const event = decodeTaskEvent(envelope)
    return Result.isSuccess(event) && event.success.type === "task.updated" ? [event.success.data] : []
  })
  const tasks = [...new Set(data.map(({ id }) => id))]
  const recorded = tasks.length === 0 ? [] : (yield* store.prices({ tasks }, { limit: tasks.length })).rows
  for (const price of recorded) {
    yield* genuine(sha256, price)
    ledger.prices.set(price.task, price)
    ledger.genuine.add(price)
  }
  if (after === undefined) return
  yield* preloadAccounts(
    ledger,
    data.flatMap(({ assign }) => (assign === null ? [] : [Account.popug(assign)])),
    after
  )
})

const genuine = (sha256: Sha256, price: Pricing.Price) =>
  check(`the price of task ${price.task}`, Pricing.digest(sha256, price), price.digest)

const preloadAccounts = Effect.fnUntraced(function* (
  ledger: Ledger.Ledger,
  accounts: ReadonlyArray<Account.AccountId>,
  after: BusinessDay.Period
) {
  const store = yield* BillingStore
  const wanted = [...new Set([Account.fees, Account.awards, Account.cash, ...accounts])].filter(
    (id) => !ledger.accounts.has(id)
  )
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

/** Rows in the order of a number, read page by page as they are taken. */
export const rowsOf = <Row, R>(
  read: (after: number) => Effect.Effect<{ readonly rows: ReadonlyArray<Row> }, R>,
  numberOf: (row: Row) => number,
  begin: number,
  last: number
) => {
  let rows: ReadonlyArray<Row> = []
  let index = 0
  let after = begin
  const load = Effect.gen(function* () {
    rows = (yield* read(after)).rows.filter((row) => numberOf(row) <= last)
    index = 0
    // Once there are no more, nobody asks again: the last of them may be far below `last`.
    after = rows.length > 0 ? numberOf(rows.at(-1)!) : last
    return rows[0]
  })
  return {
    /** The next row, left where it is. */
    peek: Effect.suspend(() => (index === rows.length && after < last ? load : Effect.succeed(rows[index]))),
    take: () => void (index += 1)
  }
}

/** Follows the stored journal beside the ledger. */
export const readJournal = Effect.fnUntraced(function* (
  ledger: Ledger.Ledger,
  begin: ClosedPeriod | undefined,
  head: BillingHead
) {
  const store = yield* BillingStore
  const { sha256 } = yield* Digest
  const transfers = rowsOf(
    (after) => store.transfers({}, { after, limit: pageSize }),
    ({ number }) => number,
    begin?.lastTransfer ?? 0,
    head.journal.number
  )
  const prices = rowsOf(
    (after) => store.prices({}, { after, limit: pageSize }),
    ({ event }) => event,
    begin?.lastEvent ?? 0,
    head.tasks.number
  )
  let digest = begin?.journalDigest ?? origin
  let taken = begin?.lastTransfer ?? 0
  let priced = 0
  // Those that came before a correction are met a little before their event.
  const waiting = new Map<number, Pricing.Price>()

  /** Takes prices into the digest: those before a transfer, or those of events up to one. */
  const chainPrices = (comes: (price: Pricing.Price) => boolean) =>
    Effect.gen(function* () {
      for (let next = yield* prices.peek; next !== undefined && comes(next); next = yield* prices.peek) {
        yield* genuine(sha256, next)
        yield* check(`the place of the price of task ${next.task} in the journal`, taken, next.journal)
        digest = Pricing.chain(sha256, digest, next)
        waiting.set(next.event, next)
        priced += 1
        prices.take()
      }
    })

  const take = Effect.fnUntraced(function* (transfer: Transfer.Transfer) {
    yield* chainPrices(({ journal }) => journal < transfer.number)
    digest = Transfer.chain(sha256, digest, transfer)
    taken = transfer.number
    transfers.take()
  })

  /** The price that was recorded by an event. */
  const priceAt = Effect.fnUntraced(function* (event: number) {
    yield* chainPrices((price) => price.event <= event)
    const price = waiting.get(event)
    waiting.delete(event)
    return price
  })

  const corrections = Effect.gen(function* () {
    for (let next = yield* transfers.peek; next !== undefined; next = yield* transfers.peek) {
      // One of the next period waits until this one is closed.
      if (next.cause._tag !== "Corrected" || next.period !== ledger.period) return
      const { corrects } = next.cause
      const { transfers: named } = yield* store.transact((tx) => tx.load({ ...nothing, transfers: [corrects] }))
      const corrected = named.find(({ number }) => number === corrects)
      yield* check(
        `transfer ${next.number}`,
        corrected && [corrected.number, corrected.credit, corrected.debit, corrected.amount],
        [corrects, next.debit, next.credit, next.amount]
      )
      const { number } = next
      const isKnown = named.some((each) => each.number === number)
      yield* check(`transfer ${number}, as a correction of ${corrects}`, true, isKnown)
      if (begin !== undefined) yield* preloadAccounts(ledger, [next.debit, next.credit], begin.period)
      yield* check("the number of a transfer", Ledger.post(ledger, next.period, next).number, next.number)
      ledger.transfers.length = 0
      yield* take(next)
    }
  })

  const compare = Effect.gen(function* () {
    for (const expected of ledger.transfers) {
      const found = yield* transfers.peek
      yield* check(`transfer ${expected.number}`, content(expected), found && content(found))
      yield* take(found!)
    }
    ledger.transfers.length = 0
  })

  return { corrections, compare, priceAt, digest: () => digest, priced: () => priced }
})

/** A transfer without the moment it was recorded, which a replay can't know. */
const content = (transfer: Transfer.Transfer) => ({
  ...transfer,
  occurredAt: DateTime.formatIso(transfer.occurredAt),
  recordedAt: null
})
