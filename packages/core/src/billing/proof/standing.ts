/**
 * The end of a verification: what the books hold now, beside what the replay has come to.
 */
import * as Effect from "effect/Effect"
import { Company } from "../../company/Company.ts"
import * as Follow from "../../stream/Follow.ts"
import { decodeUserEvent } from "../../users/events.ts"
import * as BusinessDay from "../../values/BusinessDay.ts"
import { check, Difference } from "../../values/Difference.ts"
import { byteOrder } from "../../values/Ids.ts"
import { type BillingHead, BillingStore, type ClosedPeriod, type Holder } from "../BillingStore.ts"
import * as Account from "../books/Account.ts"
import type * as Ledger from "../books/Ledger.ts"
import { holdersOf } from "../react.ts"
import type { OwnStream } from "./ownStream.ts"
import * as Proof from "./Proof.ts"
import { content } from "./storedShuffles.ts"

/** What a replay has gone through so far. */
export interface Counts {
  periods: number
  events: number
  transfers: number
  balances: number
  shuffles: number
}

interface Standing {
  /** The period whose seal was trusted. */
  readonly begin: ClosedPeriod | undefined
  readonly counts: Counts
  readonly head: BillingHead
  readonly ledger: Ledger.Ledger
  readonly own: OwnStream
  readonly priced: number
}

const pageSize = 5_000

export const checkStanding = Effect.fnUntraced(function* (standing: Standing) {
  const { head, ledger } = standing
  yield* check("the open period", ledger.period, head.period)
  yield* check("the open period's totals", ledger.totals, head.totals)
  yield* check("the open period's top task", ledger.topTask, head.topTask)
  yield* check("the number in the red", ledger.inTheRed, head.closed.inTheRed)
  yield* check(
    "the shuffle whose fees are being charged",
    ledger.shuffle && content(ledger.shuffle),
    head.shuffle && content(head.shuffle)
  )
  yield* checkBeyond(standing)
  const holders = yield* checkHolders(standing)
  const store = yield* BillingStore
  // What is booked while this runs would show as a difference: what moves is compared when nothing has.
  const isStill = Effect.map(
    store.head,
    (now) =>
      now.journal.number === head.journal.number && now.number === head.number && now.users.number === head.users.number
  )
  const found = yield* Effect.result(checkMoving(standing, holders))
  if (yield* isStill) yield* Effect.fromResult(found)
})

/** Nothing stands beyond what the head knows of; rows that came meanwhile, a newer head knows. */
const checkBeyond = Effect.fnUntraced(function* ({ begin, head, ledger }: Standing) {
  const store = yield* BillingStore
  const { calendar } = yield* Company
  const [transfer] = (yield* store.transfers({}, { after: head.journal.number, limit: 1 })).rows
  const [price] = (yield* store.prices({}, { after: head.tasks.number, limit: 1 })).rows
  const [closed] = (yield* store.closed(head.period === null ? {} : { from: head.period }, { limit: 1 })).rows
  const [shuffle] = (yield* store.shuffles({}, { after: head.tasks.number, limit: 1 })).rows
  const now = yield* store.head
  const foreign = (place: string) => new Difference({ place, expected: "nothing", found: "a row that nobody made" })
  if (transfer !== undefined && transfer.number > now.journal.number)
    return yield* foreign(`transfer ${transfer.number}`)
  if (price !== undefined && price.event > now.tasks.number) return yield* foreign(`the price of task ${price.task}`)
  if (shuffle !== undefined && shuffle.event > now.tasks.number) {
    return yield* foreign(`what shuffle ${shuffle.shuffle} cost`)
  }
  if (closed !== undefined && (now.period === null || closed.period >= now.period)) {
    return yield* foreign(`the closed period ${closed.period}`)
  }
  if (head.period === null || now.period !== head.period) return
  const { period } = head
  const first = (yield* store.transfers({ from: period }, { limit: 1 })).rows[0]?.number
  const begins = head.journal.number - ledger.totals.transfers + 1
  if (first !== undefined || ledger.totals.transfers > 0) {
    if ((yield* store.head).journal.number === head.journal.number) {
      yield* check(`the first transfer of ${period}`, ledger.totals.transfers === 0 ? undefined : begins, first)
    }
  }
  const next = BusinessDay.next(calendar, period)
  const before = begin === undefined && head.journal.number > 0 ? yield* dayBeforeFirst : undefined
  // After the last date and before the first there is none.
  const later = next === period ? [] : (yield* store.transfers({ from: next }, { limit: 1 })).rows
  const earlier = before === undefined ? [] : (yield* store.transfers({ to: before }, { limit: 1 })).rows
  if ((yield* store.head).period !== period) return
  yield* check(
    `the transfers of no period`,
    [],
    [...later, ...earlier].map(({ number }) => number)
  )
})

/** The day before the first transfer's; none before the first date. */
const dayBeforeFirst = Effect.gen(function* () {
  const [first] = (yield* (yield* BillingStore).transfers({}, { limit: 1 })).rows
  const before = BusinessDay.daysBefore(first!.period, 1)
  return before === first!.period ? undefined : before
})

/** The users as billing knows them, made anew from their events. */
const checkHolders = Effect.fnUntraced(function* ({ head, own }: Standing) {
  const holders = new Map<Holder["id"], Holder>()
  const place = yield* Follow.follow({
    source: "users",
    decode: decodeUserEvent,
    to: head.users.number,
    skips: own.skips.filter(({ consumer }) => consumer === head.users.consumer),
    page: (events) =>
      Effect.sync(() => {
        const applied = events.flatMap(({ event }) => event ?? [])
        for (const holder of holdersOf(applied)) holders.set(holder.id, holder)
      })
  })
  yield* check("the last users' event applied", place, { number: head.users.number, digest: head.users.digest })
  return holders
})

/** Accounts, balances of the open period, holders, and how many rows there are of each. */
const checkMoving = Effect.fnUntraced(function* (
  { begin, counts, head, ledger, priced }: Standing,
  holders: ReadonlyMap<Holder["id"], Holder>
) {
  const store = yield* BillingStore
  yield* checkOpen(head, ledger)
  yield* checkAccounts(begin, ledger)
  const ids = [...holders.keys()]
  for (let from = 0; from < ids.length; from += pageSize) {
    const page = ids.slice(from, from + pageSize)
    const found = new Map((yield* store.holders(page)).map((holder) => [holder.id, holder]))
    for (const id of page) yield* check(`what billing knows of user ${id}`, holders.get(id), found.get(id))
  }
  if (begin !== undefined) return
  const rows = yield* store.rows
  const expected = {
    transfers: head.journal.number,
    prices: priced,
    accounts: ledger.accounts.size,
    balances: counts.balances + ledger.balances.size,
    closed: counts.periods,
    shuffles: counts.shuffles,
    holders: holders.size
  }
  yield* check("the number of transfers", expected.transfers, rows.transfers)
  yield* check("the number of prices", expected.prices, rows.prices)
  yield* check("the number of accounts", expected.accounts, rows.accounts)
  yield* check("the number of balances", expected.balances, rows.balances)
  yield* check("the number of closed periods", expected.closed, rows.closed)
  yield* check("the number of shuffles", expected.shuffles, rows.shuffles)
  yield* check("the number of users that billing knows", expected.holders, rows.holders)
})

const checkOpen = Effect.fnUntraced(function* ({ period }: BillingHead, ledger: Ledger.Ledger) {
  const store = yield* BillingStore
  if (period === null) return
  const expected = [...ledger.balances.values()].sort((a, b) => byteOrder(a.account, b.account))
  let index = 0
  let after: Account.AccountId | undefined
  for (let more = true; more;) {
    const page = yield* store.balances(period, { after, limit: pageSize })
    for (const row of page.rows) yield* check(`the balance of ${row.account} on ${period}`, expected[index++], row)
    after = page.rows.at(-1)?.account
    more = page.more
  }
  if (index < expected.length) {
    yield* check(`the balance of ${expected[index]!.account} on ${period}`, expected[index], undefined)
  }
})

/** From a seal on only balances are known; an account that has not moved since has what its last period left. */
const checkAccounts = Effect.fnUntraced(function* (begin: ClosedPeriod | undefined, ledger: Ledger.Ledger) {
  const store = yield* BillingStore
  const compare = Effect.fnUntraced(function* (rows: ReadonlyArray<Account.Account>) {
    const unknown: Array<Account.Account> = []
    for (const row of rows) {
      const expected = ledger.accounts.get(row.id)
      if (expected === undefined && begin !== undefined) unknown.push(row)
      else if (begin === undefined) yield* check(`the account ${row.id}`, expected, row)
      else yield* check(`the balance of ${row.id}`, Account.balance(expected!), Account.balance(row))
    }
    if (begin === undefined || unknown.length === 0) return
    const last = yield* store.balancesUpTo(
      unknown.map(({ id }) => id),
      begin.period
    )
    const stray = Proof.strays(unknown, last)
    if (stray !== undefined) return yield* stray
  })
  let after: Account.AccountId | undefined
  for (let more = true; more;) {
    const page = yield* store.accounts({}, { after, limit: pageSize })
    yield* compare(page.rows)
    after = page.rows.at(-1)?.id
    more = page.more
  }
})
