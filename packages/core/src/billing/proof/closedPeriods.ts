/**
 * A closed period as a verification finds it stored, beside the one that it has closed anew.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Period } from "../../values/BusinessDay.ts"
import { check } from "../../values/Difference.ts"
import { Digest } from "../../values/Digest.ts"
import { BillingStore, type ClosedPeriod } from "../BillingStore.ts"
import type * as Account from "../books/Account.ts"
import * as Closing from "../books/Closing.ts"
import { decodeBillingEvent } from "../events.ts"
import type { OwnClose, OwnStream } from "./ownStream.ts"

const pageSize = 5_000

/** What there is of a close: its row, and what billing told of it. */
interface Found {
  readonly row: ClosedPeriod | undefined
  readonly told: OwnClose | undefined
}

/** Looks for what there is of a period's close. */
export const closeOf = Effect.fnUntraced(function* ({ closes }: OwnStream, period: Period) {
  const { rows } = yield* (yield* BillingStore).closed({ from: period, to: period }, { limit: 1 })
  const found: Found = { row: rows[0], told: closes.get(period) }
  return found
})

/** The seal of a period that is trusted covers what is read of it: its row and its balances. */
export const checkTrusted = Effect.fnUntraced(function* (row: ClosedPeriod) {
  const { sha256 } = yield* Digest
  const store = yield* BillingStore
  const balances: Array<Account.PeriodBalance> = []
  for (let more = true; more;) {
    const page = yield* store.balances(row.period, { after: balances.at(-1)?.account, limit: pageSize })
    for (const balance of page.rows) balances.push(balance)
    more = page.more
  }
  const { eventsDigest: events, journalDigest: journal, period, previousSeal: previous, seal } = row
  const covered = Closing.sealOf(sha256, { previous, events, journal, closed: { ...row, balances } })
  yield* check(`what the seal of ${period} covers`, seal, covered)
})

/** Compares a closed period with what is stored of it, what was told of it, and its balances. */
export const checkPeriod = Effect.fnUntraced(function* (
  { row, told }: Found,
  { balances, closed, events }: Closing.ClosedDay,
  /** The digest of the journal as it is stored. */
  journal: string
) {
  const store = yield* BillingStore
  const { period } = closed
  yield* check(`${columns.journalDigest} ${period}`, closed.journalDigest, journal)
  let index = 0
  let after: Account.AccountId | undefined
  for (let more = true; more;) {
    const page = yield* store.balances(period, { after, limit: pageSize })
    for (const balance of page.rows) {
      yield* check(`the balance of ${balance.account} on ${period}`, balances[index++], balance)
    }
    after = page.rows.at(-1)?.account
    more = page.more
  }
  if (index < balances.length) {
    yield* check(`the balance of ${balances[index]!.account} on ${period}`, balances[index], undefined)
  }
  const found: Partial<ClosedPeriod> = row ?? {}
  for (const [name, place] of Object.entries(columns)) {
    const key = name as keyof typeof columns
    yield* check(`${place} ${period}`, closed[key], found[key])
  }
  yield* check(`the number of the event that closed ${period}`, told?.number, found.closedAs)
  yield* check(`the instant of the close of ${period}`, iso(told?.time), iso(found.closedAt))
  const event = Result.getOrUndefined(decodeBillingEvent(events[0]!))
  yield* check(`what billing told of ${period}`, told?.data, event?.data)
  const [first] = (yield* store.transfers({ from: period, to: period }, { limit: 1 })).rows
  const begins = closed.lastTransfer - closed.totals.transfers
  yield* check(`the first transfer of ${period}`, closed.totals.transfers === 0 ? undefined : begins + 1, first?.number)
})

/** What a closed period holds, as a difference names it. */
const columns = {
  lastEvent: "the last event of",
  eventsDigest: "the digest of the events of",
  lastTransfer: "the last transfer of",
  journalDigest: "the digest of the journal on",
  totals: "the totals of",
  inTheRed: "the number in the red on",
  topTask: "the top task of",
  previousSeal: "the seal before",
  seal: "the seal of"
} as const

/** An instant as differences show it. */
export const iso = (instant: DateTime.Utc | undefined) => instant && DateTime.formatIso(instant)
