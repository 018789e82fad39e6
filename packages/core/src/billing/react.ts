/**
 * How billing reacts to tasks: `task.updated -> [billing.task.assign, billing.task.done]`, each new assignment at its
 * fee, a done task at its award, once and at the price that was recorded first; and the marker that ends a day. Of
 * users it only learns names.
 */
import * as Result from "effect/Result"
import * as Cursor from "../stream/Cursor.ts"
import type { Readable } from "../stream/Readable.ts"
import type { TaskEvent, TaskUpdated } from "../tasks/events.ts"
import type { UserEvent } from "../users/events.ts"
import type { Period } from "../values/BusinessDay.ts"
import type { TaskId } from "../values/Ids.ts"
import type { BillingQuery, Holder } from "./BillingStore.ts"
import * as Account from "./books/Account.ts"
import { type BookedTask, charge, taskOf, unknown } from "./books/BookedTask.ts"
import { bookOnce, unearnedBy } from "./books/booking.ts"
import { higher } from "./books/Closing.ts"
import { unknownAccounts } from "./books/Kept.ts"
import * as Ledger from "./books/Ledger.ts"
import { priceOf, recordPrice } from "./books/prices.ts"
import type { Price } from "./books/Pricing.ts"
import { type Booked, type EventRefused, refuse } from "./books/refusals.ts"
import type { Rulebook } from "./books/Rulebook.ts"
import * as Shuffles from "./books/Shuffles.ts"
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

/** How the causes of a run are looked up: all of them, or only where it must be known who was charged. */
export type LookUp = "all" | "unknown"

/**
 * What the events of a run need to have loaded beside what is known, in which each of their tasks gets its record. With
 * `all` nothing is left to the store: the causes that are booked already are asked for, and the prices of tasks that
 * are new.
 */
export const asked = (
  events: ReadonlyArray<TaskEvent>,
  known: Ledger.Known,
  lookUp: LookUp
): Omit<BillingQuery, "commands" | "transfers"> => {
  const prices = new Set<TaskId>()
  const causes: Array<string> = []
  const accounts = new Set<Account.AccountId>()
  let moved = false
  for (const event of events) {
    if (event.type === "task.registration-ended") {
      moved = true
      accounts.add(Account.fees).add(Account.awards).add(Account.cash)
    }
    if (event.type !== "task.updated") continue
    const { assign, assignment, change, id } = event.data
    const task = taskOf(known.tasks, id)
    if (change === "created") task.foreseen = 0
    if (task.price === null && (lookUp === "all" || task.foreseen === unknown)) prices.add(id)
    if (change === "assigned") {
      if (lookUp === "all") causes.push(Transfer.feeKey(id, assignment))
      task.foreseen = task.foreseen !== unknown && assignment > task.foreseen ? assignment : unknown
      accounts.add(Account.fees)
    } else if (change === "done") {
      if (lookUp === "all") causes.push(Transfer.awardKey(id))
      // An award is earned by whoever was charged for the task's last assignment.
      if (lookUp === "all" || task.foreseen !== assignment) {
        causes.push(Transfer.feeKey(id, assignment), Transfer.feeKey(id, assignment + 1))
      }
      accounts.add(Account.awards)
    } else continue
    if (assign !== null) accounts.add(Account.popug(assign))
  }
  return { prices: [...prices], causes, accounts: moved ? [...accounts] : unknownAccounts(known, accounts), moved }
}

/** What a run came to, or a part of it. */
export interface Reaction {
  /** How many of the run's events were applied: up to the end that was asked for, or fewer when one was refused. */
  readonly count: number
  readonly cursor: Cursor.Cursor
  /** Why the event after them was refused; null when none was. */
  readonly refusal: string | null
  /** The marker that ends it, which closes a day once the rest is booked. */
  readonly marker: TaskEvent<"task.registration-ended"> | null
}

/** Books a run, from one event of it to another, up to the first that billing must refuse. */
export const react = (
  ledger: Ledger.Ledger,
  rules: Rulebook,
  cursor: Cursor.Cursor,
  admitted: Cursor.Admitted,
  run: Run,
  { from, to }: { readonly from: number; readonly to: number } = { from: 0, to: run.events.length }
): Reaction => {
  let { stop } = run
  let count = from
  let refusal: string | null = null
  let marker: Reaction["marker"] = null
  while (count < to && count < run.events.length && marker === null) {
    const event = run.events[count]!
    const { number } = event.envelope
    Shuffles.finish(ledger, number)
    const booked = reactTo(ledger, rules, event)
    if (Result.isFailure(booked)) {
      refusal = booked.failure.message
      stop = { reason: "Poisoned", number, message: refusal }
      break
    }
    count += 1
    if (event.type === "task.registration-ended") marker = event
    else Shuffles.finish(ledger, number + 1)
  }
  return { count, cursor: Cursor.after(cursor, admitted, count, stop), refusal, marker }
}

const reactTo = (ledger: Ledger.Ledger, rules: Rulebook, event: TaskEvent): Booked<void> => {
  switch (event.type) {
    case "task.updated":
      return reactToTask(ledger, rules, event)
    case "task.shuffled":
      return reactToShuffle(ledger, event)
    case "task.registration-ended":
      return admit(ledger, event)
    default:
      return Result.void
  }
}

/** Books one `task.updated`, or refuses it and leaves the ledger as it was. */
export const reactToTask = (
  ledger: Ledger.Ledger,
  rules: Rulebook,
  { data, envelope }: TaskEvent<"task.updated">,
  task: BookedTask = Ledger.taskOf(ledger, data.id)
): Booked<void> => {
  const period = ledger.period ?? data.period
  if (data.period !== period) {
    return refuse(`event ${envelope.number} is of period ${data.period}, while ${period} is open`)
  }
  if ((data.change === "assigned" || data.change === "done") && data.assign === null) {
    return refuse(`event ${envelope.number} says ${data.change}, but nobody holds the task`)
  }
  if (data.change === "assigned" && data.assignment < 1) {
    return refuse(`event ${envelope.number} says assigned, but is no assignment`)
  }
  const price = priceOf(ledger, rules, task, data, envelope.number)
  if (Result.isFailure(price)) return Result.fail(price.failure)
  const booked = book(ledger, period, { task, price: price.success }, data, envelope)
  if (Result.isFailure(booked)) return booked
  // Any other was recorded with the event that it names.
  if (price.success.event === envelope.number) recordPrice(ledger, task, price.success)
  ledger.period = period
  if (data.change === "created") {
    ledger.totals.tasksCreated += 1
    charge(task, 0, null, true)
  }
  return Result.void
}

/** Books one `task.shuffled`: the fees of the events right after it are what it cost. */
export const reactToShuffle = (
  ledger: Ledger.Ledger,
  event: TaskEvent<"task.shuffled">
): Result.Result<void, EventRefused> => {
  const { data, envelope } = event
  const period = ledger.period ?? data.period
  if (data.period !== period) {
    return refuse(`event ${envelope.number} is of period ${data.period}, while ${period} is open`)
  }
  ledger.period = period
  Shuffles.begin(ledger, event)
  return Result.void
}

/** What an event is charged or credited: nothing for most. */
const book = (
  ledger: Ledger.Ledger,
  period: Period,
  priced: Priced,
  data: TaskUpdated,
  envelope: Envelope
): Booked<void> => {
  if (data.change === "assigned") return taskAssign(ledger, period, priced, data, envelope)
  if (data.change === "done") return taskDone(ledger, period, priced, data, envelope)
  return Result.void
}

/** A task and its price, which may not be recorded yet. */
interface Priced {
  readonly task: BookedTask
  readonly price: Price
}

type Envelope = TaskEvent<"task.updated">["envelope"]

/** `billing.task.assign`: charges the fee of one assignment to the assignee. */
const taskAssign = (
  ledger: Ledger.Ledger,
  period: Period,
  { price, task }: Priced,
  data: TaskUpdated,
  { number, time }: Envelope
): Booked<void> => {
  const posting = {
    kind: "fee",
    debit: Account.popug(data.assign!),
    credit: Account.fees,
    amount: price.fee,
    cause: { _tag: "Assigned", event: number, task: data.id, title: data.title, assignment: data.assignment },
    occurredAt: time
  } as const
  const booked = bookOnce(ledger, period, posting)
  if (Result.isFailure(booked)) return Result.fail(booked.failure)
  charge(task, data.assignment, posting.debit)
  if (booked.success) ledger.totals.assigned += 1
  Shuffles.charge(ledger, number, price.fee)
  return Result.void
}

/** `billing.task.done`: credits the award to the one who finished the task. */
const taskDone = (
  ledger: Ledger.Ledger,
  period: Period,
  { price, task }: Priced,
  data: TaskUpdated,
  { number, time }: Envelope
): Booked<void> => {
  const posting: Ledger.Posting = {
    kind: "award",
    debit: Account.awards,
    credit: Account.popug(data.assign!),
    amount: price.award,
    cause: { _tag: "Done", event: number, task: data.id, title: data.title },
    occurredAt: time
  }
  const isBooked = ledger.booked?.has(Transfer.awardKey(data.id)) === true
  const unearned = isBooked ? undefined : unearnedBy(ledger, task, price, data)
  if (unearned !== undefined) {
    return refuse(`event ${number} says that ${data.assign} has done task ${data.id}, ${unearned}`)
  }
  const booked = bookOnce(ledger, period, posting)
  if (Result.isFailure(booked)) return Result.fail(booked.failure)
  if (booked.success) {
    ledger.totals.done += 1
    ledger.topTask = higher(ledger.topTask, { id: data.id, title: data.title, total: price.award })
  }
  return Result.void
}

/** A marker must end the open period, and say that the event before it was the period's last. */
const admit = (
  { period }: Ledger.Ledger,
  { data, envelope }: TaskEvent<"task.registration-ended">
): Result.Result<void, EventRefused> => {
  const { number } = envelope
  if (period !== null && data.period !== period) {
    return refuse(`event ${number} ends period ${data.period}, while ${period} is open`)
  }
  return data.lastNumber === number - 1
    ? Result.void
    : refuse(`event ${number} says that event ${data.lastNumber} is its period's last`)
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
