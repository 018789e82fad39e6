/**
 * The stored side of a verification: the journal as it stands, followed beside a ledger that is made anew.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as BusinessDay from "../BusinessDay.ts"
import { canonicalJson, Digest, origin } from "../Digest.ts"
import * as Catalog from "../events/Catalog.ts"
import type * as Envelope from "../events/Envelope.ts"
import * as Account from "./Account.ts"
import { BillingStore, type ClosedPeriod } from "./BillingStore.ts"
import * as Ledger from "./Ledger.ts"
import * as Transfer from "./Transfer.ts"

/** The first place where the books are not what the replay makes of the record. */
export class Difference extends Schema.TaggedError<Difference>()("Difference", {
  /** For example `transfer 17` or `seal of 2026-11-22`. */
  place: Schema.String,
  expected: Schema.String,
  found: Schema.String
}) {
  override get message(): string {
    return `${this.place}: expected ${this.expected}, found ${this.found}`
  }
}

const pageSize = 5_000

/** Fails with a `Difference` unless both sides are the same JSON. */
export const check = (place: string, expected: unknown, found: unknown): Effect.Effect<void, Difference> => {
  const [left, right] = [canonicalJson(expected), canonicalJson(found)]
  return left === right
    ? Effect.void
    : Effect.fail(new Difference({ place, expected: left, found: right ?? "nothing" }))
}

/** Loads the recorded prices of the tasks a page names, and from a seal on the balances it was sealed with. */
export const preload = Effect.fnUntraced(function* (
  ledger: Ledger.Ledger,
  events: ReadonlyArray<Envelope.Envelope>,
  after: BusinessDay.Period | undefined
) {
  const store = yield* BillingStore
  const data = events.flatMap((envelope) => {
    const event = Catalog.decode(envelope)
    return Result.isSuccess(event) && event.success.type === "task.updated" ? [event.success.data] : []
  })
  for (const price of yield* store.prices([...new Set(data.map(({ id }) => id))])) ledger.prices.set(price.task, price)
  if (after === undefined) return
  yield* preloadAccounts(
    ledger,
    data.flatMap(({ assign }) => (assign === null ? [] : [Account.popug(assign)])),
    after
  )
})

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

/** Follows the stored journal beside the ledger. */
export const readJournal = Effect.fnUntraced(function* (
  ledger: Ledger.Ledger,
  begin: ClosedPeriod | undefined,
  last: number
) {
  const store = yield* BillingStore
  const { sha256 } = yield* Digest
  let digest = begin?.journalDigest ?? origin
  let stored: ReadonlyArray<Transfer.Transfer> = []
  let index = 0
  let read = begin?.lastTransfer ?? 0

  /** The next stored transfer, left where it is. */
  const peek = Effect.gen(function* () {
    if (index === stored.length) {
      const page = yield* store.transfers({}, { after: read, limit: pageSize })
      stored = page.rows.filter(({ number }) => number <= last)
      index = 0
      read = stored.at(-1)?.number ?? read
    }
    return stored[index]
  })
  const take = (transfer: Transfer.Transfer) => {
    index += 1
    digest = Transfer.chain(sha256, digest, transfer)
  }

  const corrections = Effect.gen(function* () {
    for (let next = yield* peek; next !== undefined; next = yield* peek) {
      // One of the next period waits until this one is closed.
      if (next.cause._tag !== "Corrected" || next.period !== ledger.period) return
      const { corrects } = next.cause
      const [corrected] = (yield* store.transfers({}, { after: corrects - 1, limit: 1 })).rows
      yield* check(
        `transfer ${next.number}`,
        corrected && [corrected.number, corrected.credit, corrected.debit, corrected.amount],
        [corrects, next.debit, next.credit, next.amount]
      )
      if (begin !== undefined) yield* preloadAccounts(ledger, [next.debit, next.credit], begin.period)
      yield* check("the number of a transfer", Ledger.post(ledger, next.period, next).number, next.number)
      ledger.transfers.length = 0
      take(next)
    }
  })

  const compare = Effect.gen(function* () {
    for (const expected of ledger.transfers) {
      const found = yield* peek
      yield* check(`transfer ${expected.number}`, content(expected), found && content(found))
      take(found!)
    }
    ledger.transfers.length = 0
  })

  return { corrections, compare, digest: () => digest }
})

/** A transfer without the moment it was recorded, which a replay can't know. */
const content = (transfer: Transfer.Transfer) => ({
  ...transfer,
  occurredAt: DateTime.formatIso(transfer.occurredAt),
  recordedAt: null
})
