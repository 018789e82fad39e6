/**
 * How the naive billing books one event: in a commit of its own, with the core's pure rules, but for its mistake.
 */
import {
  Account,
  type BillingStore,
  type BillingTransaction,
  BusinessDay,
  Catalog,
  Closing,
  emptyBillingChanges,
  Envelope,
  Ledger,
  reactToShuffle,
  reactToTask,
  type Rulebook,
  Shuffles,
  type StoreError,
  Transfer
} from "@popug/core"
import * as Effect from "effect/Effect"

export type Mistake =
  | "nothing"
  /** Events are applied as they come, and a marker closes the day. */
  | "trusts the order of the bus"
  /** Events are put in order as far as they have come, but nobody counts whether all have. */
  | "closes without counting"
  /** An event that comes again is charged again. */
  | "charges on redelivery"
  /** A day is over when billing's clock says so. */
  | "goes by its own clock"

/** What the naive billing works with. */
export interface Naive {
  readonly mistake: Mistake
  readonly rules: Rulebook
  readonly store: BillingStore["Service"]
}

const load = ({ mistake }: Naive, tx: BillingTransaction, event: Catalog.Event) => {
  const task = event.type === "task.updated" ? event.data : undefined
  const popug = task?.assign ? [Account.popug(task.assign)] : []
  return tx.load({
    prices: task === undefined ? [] : [task.id],
    causes: task === undefined ? [] : [Transfer.feeKey(task.id, task.assignment), Transfer.awardKey(task.id)],
    accounts: [Account.fees, Account.awards, Account.cash, ...popug],
    // By its own clock any event may close the day.
    moved: task === undefined || mistake === "goes by its own clock",
    transfers: [],
    commands: []
  })
}

/** The day that the event closes; null when it closes none. */
const closes = ({ mistake, rules }: Naive, ledger: Ledger.Ledger, event: Catalog.Event, tx: BillingTransaction) => {
  if (mistake === "goes by its own clock") {
    const today = BusinessDay.periodAt(rules.calendar, tx.now)
    ledger.period ??= today
    return ledger.period < today ? ledger.period : null
  }
  if (event.type !== "task.registration-ended") return null
  const { period } = event.data
  return ledger.period === null || ledger.period === period ? period : null
}

/** Books what the event asks for. What comes late is booked in the day that is open. */
const react = ({ mistake, rules }: Naive, ledger: Ledger.Ledger, event: Catalog.Event, again: boolean) => {
  if (event.type === "task.updated") {
    const isNew = again && mistake === "charges on redelivery"
    const assignment = isNew ? 1_000_000 + ledger.journal : event.data.assignment
    const data = { ...event.data, assignment, period: ledger.period ?? event.data.period }
    reactToTask(ledger, rules, { ...event, data })
  } else if (event.type === "task.shuffled" && !again) {
    reactToShuffle(ledger, { ...event, data: { ...event.data, period: ledger.period ?? event.data.period } })
  }
}

/** Applies one event in a commit of its own; tells whether it must be applied once more, and which events it made. */
export const applyOne = (
  naive: Naive,
  envelope: Envelope.Envelope
): Effect.Effect<{ readonly more: boolean; readonly events: ReadonlyArray<Envelope.Envelope> }, StoreError> =>
  naive.store.transact((tx) =>
    Effect.gen(function* () {
      const { mistake, rules } = naive
      const event = yield* Effect.orDie(Effect.fromResult(Catalog.decode(envelope)))
      const { number, time } = envelope
      const again = number <= tx.head.tasks.number
      if (again && mistake === "nothing") return { more: false, events: [] }
      const ledger = Ledger.make(tx.head, tx.now, yield* load(naive, tx, event))
      const digest = Envelope.digest(rules.sha256, envelope)
      const day = closes(naive, ledger, event, tx)
      Shuffles.finish(ledger, number)
      const closed =
        day === null ? null : Closing.closeDay(rules, tx.head, ledger, { period: day, number, digest, time })
      if (closed === null) react(naive, ledger, event, again)
      if (!again) Shuffles.finish(ledger, number + 1)
      const place =
        closed === null
          ? { ...Ledger.moved(ledger), head: { ...Ledger.headAfter(ledger, rules.sha256, tx.head), at: tx.now } }
          : { ...closed.moved, head: closed.head, events: closed.events, closed: [closed.closed] }
      const changes = { ...emptyBillingChanges, ...place }
      const more = closed !== null && mistake === "goes by its own clock"
      const tasks = again || more ? tx.head.tasks : { ...tx.head.tasks, number, digest }
      yield* tx.save({
        ...changes,
        head: { ...place.head, tasks },
        transfers: ledger.transfers,
        prices: ledger.newPrices,
        shuffles: ledger.shuffles
      })
      return { more, events: changes.events }
    })
  )
