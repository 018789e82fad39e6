/**
 * How billing follows the streams of tasks and of users: runs of events, each a commit under billing's head.
 */
import * as Effect from "effect/Effect"
import type { Settings } from "../company/Company.ts"
import * as Consumer from "../stream/Consumer.ts"
import * as Cursor from "../stream/Cursor.ts"
import { digest, type Envelope } from "../stream/Envelope.ts"
import { announce, type EventBus } from "../stream/EventBus.ts"
import { readable } from "../stream/Readable.ts"
import { byHalves, isRefusal, stopped } from "../stream/refusals.ts"
import * as Spans from "../stream/Spans.ts"
import { decodeTaskEvent } from "../tasks/events.ts"
import { decodeUserEvent } from "../users/events.ts"
import { Difference } from "../values/Difference.ts"
import { StoreError } from "../values/StoreError.ts"
import type { TraceContext } from "../values/TraceContext.ts"
import {
  type BillingChanges,
  type BillingHead,
  type BillingQuery,
  type BillingStore,
  type BillingTransaction,
  emptyChanges,
  emptyLoad,
  emptyQuery,
  type Evidence
} from "./BillingStore.ts"
import * as Account from "./books/Account.ts"
import * as Closing from "./books/Closing.ts"
import type { Kept, Taken } from "./books/Kept.ts"
import * as Ledger from "./books/Ledger.ts"
import type { Rulebook } from "./books/Rulebook.ts"
import type { Proven } from "./proof/proving.ts"
import { asked, cut, holdersOf, type LookUp, react, type Reaction, type Run, withoutMarker } from "./react.ts"
import { Trail } from "./Trail.ts"

/** The names of billing's consumers, of tasks' and of users' events. */
const tasksConsumer = "billing"
const usersConsumer = "billing.users"

/** How many events make a part: so few that the store soon has something to do, so many that a round trip is little. */
const partSize = 1_000

/** What the commits of a process share. */
interface Shared {
  readonly store: BillingStore["Service"]
  readonly rules: Rulebook
  readonly closing: Settings["closing"]
  /** The first difference of the open period, none when it is as it must be; and what was read for that. */
  readonly prove: (tx: BillingTransaction) => Effect.Effect<Proven, StoreError>
  readonly kept: Kept
}

/** What a consumer has read: events after a number, and what the log has where it seems to end before it. */
interface Fetched {
  readonly after: number
  readonly events: ReadonlyArray<Envelope>
  readonly held: Envelope | null | undefined
  readonly causeOf: Spans.CauseOf
}

/** What a commit came to. */
interface Outcome extends Pick<BillingChanges, "events" | "head"> {
  /** Keeps what the commit leaves for the next, once it is known to have gone through. */
  readonly keep?: () => void
}

/** Starts both consumers; returns the one of the tasks' events. */
export const follow = Effect.fnUntraced(function* (shared: Shared) {
  const { rules, store } = shared
  const bus = yield* Effect.context<EventBus>()
  const trail = new Trail()
  const books = yield* Consumer.start({
    name: tasksConsumer,
    source: "tasks",
    cursor: Effect.map(store.head, (head) => head.tasks),
    prepare: (event) => void digest(rules.sha256, event),
    apply: (after, events, held) =>
      Effect.flatMap(Spans.causing, (causeOf) => committed(shared, { after, events, held, causeOf })).pipe(
        Effect.tap(trail.went),
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
      byHalves(
        fetched,
        (events) => store.transact((tx) => applyUsers(shared, tx, { after, events, held })),
        (event, refusal) => store.transact((tx) => haltedUsers(tx, stopped(tx.head.users, event, refusal)))
      )
  })
  return books
})

/**
 * Commits the next run. That a cause is new nearly always need not be looked up: the store refuses a second transfer of
 * one. What it refuses is rolled back and done again with everything looked up, so that a cause with the same content
 * passes, and the stream stops at an event that truly contradicts the books. What the store then still refuses is done
 * by halves, so that it stops at that event and not at one before it, which an operator would pass over in its place.
 */
const committed = (shared: Shared, fetched: Fetched): Effect.Effect<Outcome, StoreError> => {
  const stop = (event: Envelope | undefined, refusal: StoreError) =>
    shared.store.transact((tx) => halted(shared, tx, event, refusal))
  const commit = (events: ReadonlyArray<Envelope>) => {
    const apply = (lookUp: LookUp) =>
      shared.store.transact((tx) => applyTasks(shared, tx, { ...fetched, events }, lookUp))
    return Effect.tap(
      Effect.catchIf(apply("unknown"), isRefusal, () => apply("all")),
      ({ keep }) => Effect.sync(() => keep?.())
    )
  }
  return Effect.catchIf(byHalves(fetched.events, commit, stop), isPermanent, (refusal) =>
    stop(fetched.events.at(-1), refusal)
  )
}

const applyTasks = Effect.fnUntraced(function* (
  shared: Shared,
  tx: BillingTransaction,
  fetched: Fetched,
  lookUp: LookUp
): Effect.fn.Return<Outcome, StoreError> {
  const { closing, rules } = shared
  const { after, causeOf, events, held } = fetched
  const { approved, tasks } = tx.head
  const admitted = Cursor.admit(rules.sha256, tasks, after, upToMarker(events, tasks.number), held)
  const ready = cut(readable(decodeTaskEvent, admitted), (period) => closing === "automatic" || approved === period)
  const { evidence, run } = yield* proven(shared, tx, ready)
  const { ledger, taken } = yield* loaded(shared, tx, { run, evidence }, lookUp)
  const booked = yield* bookRun(rules, tx, ledger, admitted, run)
  // What it was refused for may be booked already: then it is the first of the next run, which knows.
  if (booked.count === 0 && booked.refusal !== null && lookUp !== "all") {
    return yield* applyTasks(shared, tx, fetched, "all")
  }
  const awaiting = run.awaiting ?? tx.head.awaiting
  if (booked.cursor === tasks && awaiting === tx.head.awaiting) return { head: tx.head, events: [] }
  const trace = booked.marker === null ? undefined : causeOf([booked.marker.envelope])
  const changes = changesOf(rules, tx, ledger, { ...booked, trace }, awaiting)
  yield* tx.save(changes)
  const { head } = changes
  return { head, events: changes.events, ...(taken && { keep: () => shared.kept.keep(head, ledger, taken) }) }
})

/** The ledger of a run: of what is known from the commit before, and what else it needs. */
const loaded = Effect.fnUntraced(function* (
  { kept }: Shared,
  tx: BillingTransaction,
  { evidence, run }: ProvenRun,
  lookUp: LookUp
) {
  if (run.events.length === 0) return { ledger: Ledger.make(tx.head, tx.now), taken: undefined }
  const ids = run.events.flatMap((event) => (event.type === "task.updated" ? [event.data.id] : []))
  const taken: Taken = kept.take(tx.head, ids)
  const query = { ...emptyQuery, ...asked(run.events, taken.known, lookUp) }
  const rows =
    evidence !== undefined && isIn(evidence, query)
      ? { ...emptyLoad, accounts: evidence.accounts, balances: evidence.balances }
      : yield* Effect.tapError(tx.load(query), () => Effect.sync(() => kept.giveBack(taken)))
  return { ledger: Ledger.make(tx.head, tx.now, rows, { known: taken.known, lookedUp: lookUp === "all" }), taken }
})

/** Whether all that a run needs was read for the proof. */
const isIn = ({ accounts }: Evidence, query: BillingQuery): boolean =>
  query.prices.length + query.causes.length === 0 &&
  query.accounts.every((id) => Account.ownerOf(id) === null || accounts.some((account) => account.id === id))

/** What a run came to, and the head that what is left to save follows. */
type BookedRun = Reaction & { readonly head: BillingHead }

/**
 * Books a run, and sends all but the end of it on its way where the store takes parts: it writes one while the next is
 * made.
 */
const bookRun = Effect.fnUntraced(function* (
  rules: Rulebook,
  tx: BillingTransaction,
  ledger: Ledger.Ledger,
  admitted: Cursor.Admitted,
  run: Run
): Effect.fn.Return<BookedRun, StoreError> {
  const { ahead } = tx
  const size = ahead === undefined ? run.events.length : partSize
  let { head } = tx
  for (let to = size; ; to += size) {
    const part = react(ledger, rules, tx.head.tasks, admitted, run, { from: to - size, to })
    if (ahead === undefined || part.count < to || to >= run.events.length) return { ...part, head }
    head = Ledger.headAfter(ledger, rules.sha256, head)
    yield* ahead({ ...emptyChanges, head, ...Ledger.take(ledger) })
  }
})

/** What is to be saved of a run: its rows, the close of its day if a marker ends it, and the head after it. */
const changesOf = (
  rules: Rulebook,
  tx: BillingTransaction,
  ledger: Ledger.Ledger,
  { cursor, head, marker, trace }: BookedRun & { readonly trace: TraceContext | undefined },
  awaiting: BillingHead["awaiting"]
): BillingChanges => {
  if (marker === null) {
    const after = { ...Ledger.headAfter(ledger, rules.sha256, head), at: tx.now, awaiting, tasks: cursor }
    return { ...emptyChanges, ...Ledger.moved(ledger), ...Ledger.take(ledger), head: after }
  }
  const { period } = marker.data
  const { number, time } = marker.envelope
  const day = Closing.closeDay(rules, head, ledger, { period, number, digest: cursor.digest, time, trace })
  return {
    ...emptyChanges,
    ...day.moved,
    ...Ledger.take(ledger),
    events: day.events,
    closed: [day.closed],
    head: { ...day.head, tasks: cursor }
  }
}

/** A run that may be booked, and by what its close was proved, where that was read at once. */
interface ProvenRun {
  readonly run: Run
  readonly evidence: Evidence | undefined
}

/** Before it pays, a close proves its period; it waits for an operator while anything differs. */
const proven = Effect.fnUntraced(function* (
  shared: Shared,
  tx: BillingTransaction,
  run: Run
): Effect.fn.Return<ProvenRun, StoreError> {
  const marker = run.events.at(-1)
  if (marker?.type !== "task.registration-ended") return { run, evidence: undefined }
  const { difference, evidence } = yield* differenceOf(shared, tx)
  return difference === undefined
    ? { run, evidence: tx.evidence && evidence }
    : { run: withoutMarker(run, stopOf(marker.envelope.number, difference)), evidence: undefined }
})

const differenceOf = ({ prove }: Shared, tx: BillingTransaction) =>
  Effect.catchIf(prove(tx), isPermanent, (error): Effect.Effect<Partial<Proven>> =>
    Effect.succeed({ difference: unreadable(error) })
  )

/** What the store will never take tells of rows that are not the books': the stream stops with their name. */
const halted = Effect.fnUntraced(function* (
  shared: Shared,
  tx: BillingTransaction,
  event: Envelope | undefined,
  refusal: StoreError
): Effect.fn.Return<Outcome, StoreError> {
  const { tasks } = tx.head
  const { difference } = yield* differenceOf(shared, tx)
  if (tasks.stopped !== null) return yield* refusal
  if (difference === undefined && refusal.reason !== "Conflict") return yield* refusal
  // Another process has moved on meanwhile: it is another event that would be passed over.
  if (difference === undefined && event?.number !== tasks.number + 1) return yield* refusal
  const stop: Cursor.Stop =
    difference === undefined
      ? { reason: "Difference", number: tasks.number + 1, message: `the store refuses: ${refusal.message}` }
      : stopOf(tasks.number + 1, difference)
  const head = { ...tx.head, at: tx.now, tasks: Cursor.stop(tasks, stop) }
  yield* tx.save({ ...emptyChanges, head })
  return { head, events: [] }
})

const applyUsers = Effect.fnUntraced(function* (
  { rules }: Shared,
  tx: BillingTransaction,
  { after, events: fetched, held }: Omit<Fetched, "causeOf">
) {
  const admitted = Cursor.admit(rules.sha256, tx.head.users, after, fetched, held)
  const { events, stop } = readable(decodeUserEvent, admitted)
  const users = Cursor.after(tx.head.users, admitted, events.length, stop)
  if (users === tx.head.users) return users
  const head = { ...tx.head, at: tx.now, users }
  yield* tx.save({ ...emptyChanges, head, holders: holdersOf(events) })
  return users
})

const haltedUsers = (tx: BillingTransaction, users: Cursor.Cursor) =>
  Effect.as(
    users === tx.head.users ? Effect.void : tx.save({ ...emptyChanges, head: { ...tx.head, at: tx.now, users } }),
    users
  )

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
