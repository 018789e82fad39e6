/** Books for tests: a ledger that carries on from commit to commit, and events for it. */
import { type BillingHead, type BillingLoad, emptyLoad, initialBillingHead } from "../../src/billing/BillingStore.ts"
import * as Account from "../../src/billing/books/Account.ts"
import * as Closing from "../../src/billing/books/Closing.ts"
import * as Ledger from "../../src/billing/books/Ledger.ts"
import type { Rulebook } from "../../src/billing/books/Rulebook.ts"
import type * as Transfer from "../../src/billing/books/Transfer.ts"
import * as Cursor from "../../src/stream/Cursor.ts"
import type * as Envelope from "../../src/stream/Envelope.ts"
import { readable } from "../../src/stream/Readable.ts"
import { decodeTaskEvent, type TaskChange, type TaskEvent, type TaskUpdated } from "../../src/tasks/events.ts"
import type { Period } from "../../src/values/BusinessDay.ts"
import * as BusinessDay from "../../src/values/BusinessDay.ts"
import { origin } from "../../src/values/Digest.ts"
import { Currency } from "../../src/values/Money.ts"
import { at, period, sha256, taskId, userId } from "./given.ts"

export const now = at("2026-11-22T12:00:00Z")
export const today = period("2026-11-22")

/** What a head begins with, the number of its last transfer and how many were in the red as plain numbers. */
type Start = Partial<Omit<BillingHead, "journal" | "closed">> & {
  readonly journal?: number
  readonly inTheRed?: number
}

export const ledger = (
  { inTheRed = 0, journal = 0, ...rest }: Start = {},
  loaded: Partial<BillingLoad> = {}
): Ledger.Ledger => {
  const first = initialBillingHead(now)
  const head = {
    ...first,
    ...rest,
    journal: { ...first.journal, number: journal },
    closed: { ...first.closed, inTheRed }
  }
  return Ledger.make(head, now, { ...emptyLoad, ...loaded })
}

/** Closes a day of a ledger: its transfers follow the head given, or a new one. */
export const close = (
  books: Ledger.Ledger,
  date: Period = today,
  {
    calendar = flat.calendar,
    head = initialBillingHead(now)
  }: Partial<{
    readonly calendar: BusinessDay.Calendar
    readonly head: BillingHead
  }> = {}
): Closing.ClosedDay =>
  Closing.closeDay({ ...flat, calendar }, head, books, { period: date, number: 9, digest: origin, time: now })

/** Ten to take a task, thirty for doing it. */
export const flat: Rulebook = {
  sha256,
  calendar: BusinessDay.makeCalendar("UTC"),
  drawKey: "key",
  currency: Currency.make("USD"),
  price: () => ({ fee: 10_00n, award: 30_00n })
}

/** A `task.updated` as billing gets it. */
export const taskEvent = (
  number: number,
  data: Partial<TaskUpdated> & { readonly change: TaskChange }
): TaskEvent<"task.updated"> => ({
  type: "task.updated",
  data: {
    id: taskId("t1"),
    title: "Mend the roof",
    jiraId: null,
    assign: userId("bob"),
    isDone: data.change === "done",
    assignment: 1,
    period: today,
    ...data
  },
  envelope: {
    source: "tasks",
    number,
    type: "task.updated",
    version: 2,
    time: now,
    actor: "system",
    previous: origin,
    data: null
  }
})

/** A plain posting between two accounts. */
export const posting = (
  kind: Transfer.TransferKind,
  debit: Account.AccountId,
  credit: Account.AccountId,
  amount: bigint,
  cause: Transfer.Cause = { _tag: "Closed", event: 1 }
): Ledger.Posting => ({ kind, debit, credit, amount, cause, occurredAt: now })

/** All that a ledger says, for comparing before and after: not what it has proved meanwhile, or knows nothing of. */
export const snapshot = ({ now, tasks, ...books }: Ledger.Ledger) =>
  structuredClone({
    ...books,
    tasks: [...tasks].flatMap(([id, { charged, chargedTo, isLast, price }]) =>
      price === null && charged < 0 ? [] : [{ id, charged, chargedTo, isLast, price }]
    ),
    now: now.epochMilliseconds
  })

export const balances = (books: Ledger.Ledger): Record<string, bigint> =>
  Object.fromEntries([...books.accounts.values()].map((account) => [account.id, Account.balance(account)]))

/** Admits and reads tasks' events after a cursor, as billing's consumer does. */
export const admitAll = (events: ReadonlyArray<Envelope.Envelope>, cursor = Cursor.start("billing", "tasks")) => {
  const admitted = Cursor.admit(sha256, cursor, cursor.number, events)
  return { cursor, admitted, read: readable(decodeTaskEvent, admitted) }
}
