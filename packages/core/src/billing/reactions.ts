/**
 * What a batch of events comes to in the books: a run of tasks' events up to and including one marker, which closes
 * the period; or users' events, which only tell billing names.
 */
import * as Result from "effect/Result"
import type { Period } from "../values/BusinessDay.ts"
import type { TaskEvent, TaskUpdated } from "../tasks/events.ts"
import type { UserEvent } from "../users/events.ts"
import * as Cursor from "../stream/Cursor.ts"
import type { Readable } from "../stream/Readable.ts"
import * as Account from "./books/Account.ts"
import { applyShuffle, applyTask, type PriceList } from "./apply.ts"
import type { BillingQuery, Holder } from "./BillingStore.ts"
import * as Closing from "./books/Closing.ts"
import type * as Ledger from "./books/Ledger.ts"
import * as Shuffles from "./books/shuffles.ts"
import * as Transfer from "./books/Transfer.ts"

/** A run of events that one commit applies: at most one marker, at its end. */
export interface Run {
  readonly events: ReadonlyArray<TaskEvent>
  readonly stop: Cursor.Stop | null
  /** The period whose close waits for a person: its marker comes right after these events. */
  readonly awaiting: Period | null
}

/** Cuts a run off after its first marker, or before it while its close has not been approved. */
export const cut = ({ events, stop }: Readable<TaskEvent>, mayClose: (period: Period) => boolean): Run => {
  const index = events.findIndex((event) => event.type === "task.registration-ended")
  const marker = events[index]
  if (marker?.type !== "task.registration-ended") return { events, stop, awaiting: null }
  return mayClose(marker.data.period)
    ? { events: events.slice(0, index + 1), stop: null, awaiting: null }
    : { events: events.slice(0, index), stop: null, awaiting: marker.data.period }
}

/** The run up to its marker, before which the stream is to stop. */
export const withoutMarker = ({ events }: Run, stop: Cursor.Stop): Run => ({
  events: events.slice(0, -1),
  stop,
  awaiting: null
})

/** What the events of a run name. */
export const named = (events: ReadonlyArray<TaskEvent>): Omit<BillingQuery, "commands" | "transfers"> => {
  const prices = new Set<TaskUpdated["id"]>()
  const causes: Array<string> = []
  const accounts = new Set<Account.AccountId>([Account.fees, Account.awards, Account.cash])
  let moved = false
  for (const event of events) {
    if (event.type === "task.registration-ended") moved = true
    if (event.type !== "task.updated") continue
    const { assign, assignment, change, id } = event.data
    prices.add(id)
    if (change === "assigned") causes.push(Transfer.feeKey(id, assignment))
    else if (change === "done") {
      // An award is earned by whoever was charged for the task's last assignment.
      causes.push(Transfer.awardKey(id), Transfer.feeKey(id, assignment), Transfer.feeKey(id, assignment + 1))
    } else continue
    if (assign !== null) accounts.add(Account.popug(assign))
  }
  return { prices: [...prices], causes, accounts: [...accounts], moved }
}

/** What a run came to, or a part of it. */
export interface Applied {
  /** How many of the run's events were applied: up to the end that was asked for, or fewer when one was refused. */
  readonly count: number
  readonly cursor: Cursor.Cursor
  /** The close that ended it, with the number and the digest of its marker. */
  readonly closed: (Closing.Closed & { readonly marker: Cursor.Cursor }) | null
}

/** Applies a run to the ledger, from one event of it to another, up to the first that billing must refuse. */
export const applyRun = (
  ledger: Ledger.Ledger,
  prices: PriceList,
  cursor: Cursor.Cursor,
  admitted: Cursor.Admitted,
  run: Run,
  { from, to }: { readonly from: number; readonly to: number } = { from: 0, to: run.events.length }
): Applied => {
  let { stop } = run
  let count = from
  while (count < to && count < run.events.length) {
    const event = run.events[count]!
    const { number } = event.envelope
    Shuffles.finish(ledger, number)
    if (event.type === "task.registration-ended") {
      const refusal = refuseMarker(ledger, event)
      if (refusal === null) {
        count += 1
        const marker = Cursor.advance(cursor, admitted, count)
        const period = ledger.period ?? event.data.period
        const closed = Closing.close(ledger, period, number, event.envelope.time)
        return { count, cursor: marker, closed: { ...closed, marker } }
      }
      stop = { reason: "Poisoned", number, message: refusal }
      break
    }
    if (event.type === "task.updated" || event.type === "task.shuffled") {
      const applied = event.type === "task.updated" ? applyTask(ledger, prices, event) : applyShuffle(ledger, event)
      if (Result.isFailure(applied)) {
        stop = { reason: "Poisoned", number, message: applied.failure.message }
        break
      }
    }
    count += 1
    Shuffles.finish(ledger, number + 1)
  }
  const applied = Cursor.advance(cursor, admitted, count)
  return { count, cursor: count === 0 && stop !== null ? Cursor.stop(applied, stop) : applied, closed: null }
}

/** A marker must end the open period, and say that the event before it was the period's last. */
const refuseMarker = (
  ledger: Ledger.Ledger,
  { data, envelope }: TaskEvent<"task.registration-ended">
): string | null => {
  if (ledger.period !== null && data.period !== ledger.period) {
    return `event ${envelope.number} ends period ${data.period}, while ${ledger.period} is open`
  }
  return data.lastNumber === envelope.number - 1
    ? null
    : `event ${envelope.number} says that event ${data.lastNumber} is its period's last`
}

/** The users that events tell of, as they are after them. */
export const holdersOf = (events: ReadonlyArray<UserEvent>): ReadonlyArray<Holder> => {
  const holders = new Map<Holder["id"], Holder>()
  for (const event of events) {
    if (event.type === "user.created") {
      holders.set(event.data.id, { id: event.data.id, name: event.data.name, status: "active" })
    } else if (event.type === "user.updated") {
      holders.set(event.data.id, { id: event.data.id, name: event.data.name, status: event.data.status })
    }
  }
  return [...holders.values()]
}
