/**
 * The ways into the books: tasks' events, users' events and people's commands, each a commit under billing's head.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Commit from "../stream/Commit.ts"
import { Company } from "../company/Company.ts"
import { Digest, drawKey } from "../values/Digest.ts"
import { decodeTaskEvent } from "../tasks/events.ts"
import { decodeUserEvent } from "../users/events.ts"
import * as Consumer from "../stream/Consumer.ts"
import * as Cursor from "../stream/Cursor.ts"
import { announce, type EventBus } from "../stream/EventBus.ts"
import { digest, type Envelope } from "../stream/Envelope.ts"
import * as Head from "../stream/Head.ts"
import { readable } from "../stream/Readable.ts"
import { StoreError } from "../values/StoreError.ts"
import type { PriceList } from "./apply.ts"
import {
  type BillingChanges,
  type BillingHead,
  type BillingQuery,
  BillingStore,
  type BillingTransaction,
  type ClosedPeriod
} from "./BillingStore.ts"
import * as Closing from "./books/Closing.ts"
import * as Command from "./Command.ts"
import { Difference } from "../values/Difference.ts"
import { draftBillingEvent } from "./events.ts"
import { identified } from "./identity.ts"
import * as Ledger from "./books/Ledger.ts"
import { Pricing } from "./books/Pricing.ts"
import * as Proving from "./proof/proving.ts"
import { applyRun, cut, holdersOf, named, type Run, withoutMarker } from "./reactions.ts"

/** The names of billing's consumers, of tasks' and of users' events. */
const tasksConsumer = "billing"
const usersConsumer = "billing.users"

/** How many events make a part: so few that the store soon has something to do, so many that a round trip is little. */
const partSize = 1_000

/** Opens the store and starts the writer and the consumers; gives the way to submit commands and to wake the books. */
export const start = Effect.gen(function* () {
  const { calendar, identity, settings } = yield* Company
  const store = yield* BillingStore
  const { sha256 } = yield* Digest
  const bus = yield* Effect.context<EventBus>()
  const prices: PriceList = {
    sha256,
    drawKey: drawKey(sha256, identity.id, Redacted.value(settings.secret)),
    currency: settings.currency,
    price: yield* Pricing
  }
  yield* store.open(yield* identified)
  const prove = yield* Proving.make

  const booked = (head: BillingHead, ledger: Ledger.Ledger) => Ledger.headAfter(ledger, sha256, head)

  /** Seals what was closed and opens the next period. */
  const sealed = (
    tx: BillingTransaction,
    head: BillingHead,
    ledger: Ledger.Ledger,
    { marker, ...closed }: Closing.Closed & { readonly marker: Cursor.Cursor }
  ): Pick<BillingChanges, "head" | "events" | "closed"> => {
    const before = booked(head, ledger)
    const { inTheRed, period, topTask, totals } = closed
    const seal = Closing.seal(sha256, {
      previous: tx.head.closed.seal,
      events: marker.digest,
      journal: before.journal.digest,
      closed
    })
    const appended = Head.append(sha256, "billing", tx.head, tx.now, [
      draftBillingEvent("billing.closed", "system", {
        period,
        currency: settings.currency,
        totals,
        earnings: Closing.earnings(totals),
        inTheRed,
        topTask,
        seal
      })
    ])
    Closing.open(ledger, calendar, closed)
    const row: ClosedPeriod = {
      period,
      totals,
      inTheRed,
      topTask,
      previousSeal: tx.head.closed.seal,
      seal,
      lastEvent: marker.number,
      closedAs: appended.head.number,
      eventsDigest: marker.digest,
      lastTransfer: before.journal.number,
      journalDigest: before.journal.digest,
      closedAt: tx.now
    }
    return {
      head: {
        ...before,
        ...appended.head,
        period: ledger.period,
        closed: { period, seal, inTheRed },
        totals: { ...ledger.totals },
        topTask: ledger.topTask,
        awaiting: null,
        approved: null
      },
      events: appended.events,
      closed: [row]
    }
  }

  /**
   * Applies a run, and sends all but the end of it on its way where the store takes parts: it writes one while the
   * next is made. Gives what is left to save, and the head that this follows.
   */
  const applied = Effect.fnUntraced(function* (
    tx: BillingTransaction,
    ledger: Ledger.Ledger,
    admitted: Cursor.Admitted,
    run: Run
  ) {
    const { ahead } = tx
    const size = ahead === undefined ? run.events.length : partSize
    let { head } = tx
    for (let to = size; ; to += size) {
      const part = applyRun(ledger, prices, tx.head.tasks, admitted, run, { from: to - size, to })
      if (ahead === undefined || part.count < to || to >= run.events.length) return { ...part, head }
      head = booked(head, ledger)
      yield* ahead({ ...none, head, ...Ledger.take(ledger) })
    }
  })

  /** Before it pays, a close proves its period; it waits for an operator while anything differs. */
  const proven = Effect.fnUntraced(function* (tx: BillingTransaction, run: Run) {
    const marker = run.events.at(-1)
    if (marker?.type !== "task.registration-ended") return run
    const difference = yield* Effect.catchIf(prove(tx), isPermanent, (error) => Effect.succeed(unreadable(error)))
    return difference === undefined ? run : withoutMarker(run, stopOf(marker.envelope.number, difference))
  })

  /** What the store will never take tells of rows that are not the books': the stream stops with their name. */
  const halted = (refusal: StoreError) =>
    Effect.fnUntraced(function* (tx: BillingTransaction) {
      const { tasks } = tx.head
      const difference = yield* Effect.catchIf(prove(tx), isPermanent, (error) => Effect.succeed(unreadable(error)))
      if (tasks.stopped !== null) return yield* refusal
      // Under the head nobody else can be first: what is refused now is refused again.
      const stop =
        difference === undefined
          ? {
              reason: "Difference" as const,
              number: tasks.number + 1,
              message: `the store refuses: ${refusal.message}`
            }
          : stopOf(tasks.number + 1, difference)
      if (difference === undefined && refusal.reason !== "Conflict") return yield* refusal
      const head = { ...tx.head, at: tx.now, tasks: Cursor.stop(tasks, stop) }
      yield* tx.save({ ...none, head })
      return { head, events: [] }
    })

  const applyTasks = (after: number, fetched: ReadonlyArray<Envelope>, held?: Envelope | null) =>
    Effect.fnUntraced(function* (tx: BillingTransaction) {
      const admitted = Cursor.admit(sha256, tx.head.tasks, after, upToMarker(fetched, tx.head.tasks.number), held)
      const ready = cut(
        readable(decodeTaskEvent, admitted),
        (period) => settings.closing === "automatic" || tx.head.approved === period
      )
      const run = yield* proven(tx, ready)
      const ledger = Ledger.make(
        tx.head,
        tx.now,
        run.events.length === 0 ? empty : yield* tx.load({ ...nothing, ...named(run.events) })
      )
      const { closed, cursor, head } = yield* applied(tx, ledger, admitted, run)
      const awaiting = run.awaiting ?? tx.head.awaiting
      if (cursor === tx.head.tasks && awaiting === tx.head.awaiting) return { head: tx.head, events: [] }
      const moved = Ledger.moved(ledger)
      const place =
        closed === null
          ? { head: { ...booked(head, ledger), at: tx.now, awaiting }, events: [], closed: [] }
          : sealed(tx, head, ledger, closed)
      const changes: BillingChanges = {
        ...none,
        ...moved,
        ...Ledger.take(ledger),
        events: place.events,
        closed: place.closed,
        head: { ...place.head, tasks: cursor }
      }
      yield* tx.save(changes)
      return changes
    })

  const applyUsers = (after: number, fetched: ReadonlyArray<Envelope>, held?: Envelope | null) =>
    Effect.fnUntraced(function* (tx: BillingTransaction) {
      const admitted = Cursor.admit(sha256, tx.head.users, after, fetched, held)
      const { events, stop } = readable(decodeUserEvent, admitted)
      const users =
        events.length === 0 && stop !== null
          ? Cursor.stop(tx.head.users, stop)
          : Cursor.advance(tx.head.users, admitted, events.length)
      if (users === tx.head.users) return { head: tx.head, events: [] }
      const head = { ...tx.head, at: tx.now, users }
      yield* tx.save({ ...none, head, holders: holdersOf(events) })
      return { head, events: [] }
    })

  const books = yield* Consumer.start({
    name: tasksConsumer,
    source: "tasks",
    cursor: Effect.map(store.head, (head) => head.tasks),
    prepare: (event) => void digest(sha256, event),
    apply: (after, fetched, held) =>
      store.transact(applyTasks(after, fetched, held)).pipe(
        Effect.catchIf(isPermanent, (refusal) => store.transact(halted(refusal))),
        Effect.tap(({ events }) => announce(events)),
        Effect.map(({ head }) => head.tasks),
        Effect.provideContext(bus)
      )
  })
  yield* Consumer.start({
    name: usersConsumer,
    source: "users",
    cursor: Effect.map(store.head, (head) => head.users),
    apply: (after, fetched, held) =>
      Effect.map(store.transact(applyUsers(after, fetched, held)), ({ head }) => head.users)
  })

  const submit = yield* Commit.start<
    BillingTransaction,
    Command.BillingCommand,
    Command.BillingOutcomes,
    Command.Desk,
    Command.Change
  >({
    names: Command.names,
    transact: store.transact,
    recorded: (tx, commands) => Effect.map(tx.load({ ...nothing, commands }), (loaded) => loaded.commands),
    load: Effect.fnUntraced(function* (tx, commands, ids) {
      const loaded = yield* tx.load({
        ...nothing,
        transfers: [...new Set(commands.flatMap((command) => (command._tag === "Correct" ? command.transfer : [])))],
        commands: ids
      })
      const accounts = new Set(loaded.transfers.flatMap(({ credit, debit }) => [credit, debit]))
      const held = accounts.size === 0 ? empty : yield* tx.load({ ...nothing, accounts: [...accounts] })
      const ledger = Ledger.make(tx.head, tx.now, { ...held, transfers: loaded.transfers })
      const { approved, awaiting, passed, tasks, users } = tx.head
      return { state: { ledger, awaiting, approved, passed, cursors: { tasks, users } }, recorded: loaded.commands }
    }),
    decide: Command.decide,
    withhold: Command.withhold,
    evolve: Command.evolve,
    save: Effect.fnUntraced(function* (tx, desk, facts, records) {
      const skips = facts.flatMap((fact) =>
        fact._tag === "Resumed" && fact.skipped !== null
          ? [draftBillingEvent("billing.event-skipped", fact.by, fact.skipped)]
          : []
      )
      const { events, head } = Head.append(sha256, "billing", tx.head, tx.now, skips)
      const after: BillingHead = {
        ...booked(tx.head, desk.ledger),
        ...head,
        approved: desk.approved,
        passed: desk.passed,
        ...desk.cursors
      }
      yield* tx.save({
        ...none,
        ...Ledger.moved(desk.ledger),
        ...Ledger.take(desk.ledger),
        head: after,
        events,
        commands: records
      })
      return { events, head: after }
    })
  })

  return { submit, books }
})

/** Refused for good, and nothing was written. */
const isPermanent = (error: unknown): error is StoreError =>
  error instanceof StoreError && !error.retryable && error.committed === "no" && error.reason !== "Unavailable"

const unreadable = (error: StoreError) =>
  new Difference({ place: "the books of the open period", expected: "readable", found: error.message })

const stopOf = (number: number, { message }: Difference): Cursor.Stop => ({ reason: "Difference", number, message })

/** The events up to the first marker to come: one commit closes one period, and checks no digest in vain. */
const upToMarker = (events: ReadonlyArray<Envelope>, applied: number): ReadonlyArray<Envelope> => {
  const index = events.findIndex((event) => event.type === "task.registration-ended" && event.number > applied)
  return index === -1 ? events : events.slice(0, index + 1)
}

const nothing: BillingQuery = { prices: [], causes: [], accounts: [], moved: false, transfers: [], commands: [] }
const empty = { prices: [], booked: [], accounts: [], balances: [], transfers: [], commands: new Map() }
const none: Omit<BillingChanges, "head"> = {
  events: [],
  transfers: [],
  prices: [],
  accounts: [],
  balances: [],
  holders: [],
  closed: [],
  shuffles: [],
  commands: []
}
