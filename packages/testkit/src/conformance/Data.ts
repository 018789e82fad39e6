/**
 * Rows and events for the suites: right in every digest and number, so that a suite spoils exactly what it means to.
 */
import { hash } from "node:crypto"
import {
  Account,
  BusinessDay,
  Catalog,
  type CommandId,
  type Envelope,
  Head,
  type Identity,
  type Page,
  type Paging,
  type Period,
  type RecordedCommand,
  type Task,
  type TaskId,
  type TraceContext,
  type Transfer,
  type User,
  type UserId
} from "@popug/core"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"

export const sha256 = (text: string): string => hash("sha256", text, "hex")

export const identity: Identity = {
  id: "conformance",
  timeZone: "Europe/Prague",
  cutoff: "04:00",
  currency: "EUR" as Identity["currency"],
  rules: { secret: "one", closing: "automatic" }
}

const calendar = BusinessDay.makeCalendar(identity.timeZone, identity.cutoff)
/** The period of an instant. */
export const periodAt = (now: DateTime.Utc): Period => BusinessDay.periodAt(calendar, now)

export const userId = (id: string): UserId => id as UserId
export const taskId = (id: string): TaskId => id as TaskId
export const commandId = (id: string): CommandId => id as CommandId
export const period = (date: string): Period => date as Period

/** A word in front of names and titles, so that their order is not that of the ids. */
const word = (id: string): string => sha256(id).slice(0, 6)

export const user = (id: string, change: Partial<User.User> = {}): User.User => ({
  id: userId(id),
  name: `${word(id)} ${id} Ždímal`,
  roles: ["worker"],
  status: "active",
  ...change
})

export const task = (id: string, change: Partial<Task.Task> = {}): Task.Task => ({
  id: taskId(id),
  title: `${word(id)}: mend ${id}`,
  description: "line 1\nline 2\t✓",
  jiraId: null,
  status: "in progress",
  assignee: null,
  assignment: 0,
  ...change
})

export const recorded = (id: string, answer: unknown = { id, list: [1, "two", null] }): RecordedCommand => ({
  commandId: commandId(id),
  digest: sha256(id),
  answer
})

const write: Record<Envelope.Source, (stream: Head.Growing, name: string) => void> = {
  users: (stream, name) =>
    Catalog.publish(stream, "user.created", "system", { id: userId(name), name, roles: ["worker"] }),
  tasks: (stream, name) =>
    Catalog.publish(stream, "task.event-skipped", "system", {
      consumer: "tasks",
      source: "users",
      first: 1,
      last: 1,
      reason: name
    }),
  billing: (stream, name) =>
    Catalog.publish(stream, "billing.event-skipped", "system", {
      consumer: "billing",
      source: "tasks",
      first: 1,
      last: 1,
      reason: name
    })
}

/** Events that follow a head, one for each name, and the head after them. */
export const follow = <H extends Head.Head>(
  source: Envelope.Source,
  head: H,
  at: DateTime.Utc,
  names: ReadonlyArray<string>
): { readonly head: H; readonly events: ReadonlyArray<Envelope.Envelope> } => {
  const grown = new Head.Growing(sha256, source, head, at)
  for (const name of names) write[source](grown, name)
  return { head: { ...head, ...grown.head }, events: grown.events }
}

const hex = (text: string, length: number) => sha256(text).slice(0, length)

/** What caused something: always the same for a name. */
export const trace = (name: string, tracestate?: string): TraceContext.TraceContext => ({
  traceparent: `00-${hex(`trace ${name}`, 32)}-${hex(`span ${name}`, 16)}-01`,
  ...(tracestate !== undefined && { tracestate })
})

/** The same events, some of them with what caused them. */
export const traced = (events: ReadonlyArray<Envelope.Envelope>): ReadonlyArray<Envelope.Envelope> =>
  events.map((event, index) => {
    const kind = index % 7
    if (kind < 3) return event
    return { ...event, trace: kind < 6 ? trace(`${index - kind}`) : trace("odd", "vendor=1, other=%7E~") }
  })

/** Events of a stream from its start, for a bus. */
export const stream = (source: Envelope.Source, count: number): ReadonlyArray<Envelope.Envelope> =>
  follow(
    source,
    Head.initial(DateTime.makeUnsafe("2026-03-01T12:00:00Z")),
    DateTime.makeUnsafe("2026-03-01T12:00:00Z"),
    Array.from({ length: count }, (_, index) => `e${index + 1}`)
  ).events

/** A transfer; default: the fee of an assignment. */
export const transfer = (
  number: number,
  now: DateTime.Utc,
  change: Partial<Transfer.Transfer> & { readonly task?: string } = {}
): Transfer.Transfer => {
  const { task = `t${number}`, ...fields } = change
  const popug = Account.popug("a")
  const about = { event: number, task: taskId(task), title: `Mend ${task}` }
  const kinds = {
    fee: { debit: popug, credit: Account.fees, cause: { _tag: "Assigned", ...about, assignment: 1 } },
    award: { debit: Account.awards, credit: popug, cause: { _tag: "Done", ...about } },
    payout: { debit: popug, credit: Account.cash, cause: { _tag: "Closed", event: number } }
  } as const
  const { cause, credit, debit } = kinds[change.kind ?? "fee"]
  return {
    number,
    kind: "fee",
    debit,
    credit,
    amount: 1_234n,
    period: period("2026-03-01"),
    cause,
    occurredAt: now,
    recordedAt: now,
    ...fields
  }
}

/** Runs an effect with a clock that shows what it is set to; sleeping is real. */
export const withClock = <A, E, R>(
  body: (set: (millis: number) => void) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Clock.clockWith((live) => {
    let millis = live.currentTimeMillisUnsafe()
    const clock: Clock.Clock = {
      currentTimeMillisUnsafe: () => millis,
      currentTimeMillis: Effect.sync(() => millis),
      currentTimeNanosUnsafe: () => BigInt(millis) * 1_000_000n,
      currentTimeNanos: Effect.sync(() => BigInt(millis) * 1_000_000n),
      monotonicTimeNanosUnsafe: () => live.monotonicTimeNanosUnsafe(),
      monotonicTimeNanos: live.monotonicTimeNanos,
      sleep: (duration) => live.sleep(duration)
    }
    return Effect.provideService(
      body((to) => void (millis = to)),
      Clock.Clock,
      clock
    )
  })

/** All rows of a list, a few at a time; dies when a page is not as full as it must be. */
export const allPages = Effect.fnUntraced(function* <Row, Key, E, R>(
  keyOf: (row: Row) => Key,
  limit: number,
  page: (paging: Paging<Key>) => Effect.Effect<Page<Row>, E, R>
) {
  const all: Array<Row> = []
  let after: Key | undefined
  while (true) {
    const { more, rows } = yield* page({ after, limit })
    if (after !== undefined && rows.length === 0) throw new Error("a page said that more follow, but none did")
    if (rows.length > limit) throw new Error(`a page of ${limit} has ${rows.length} rows`)
    if (more && rows.length < limit) throw new Error(`more rows follow, but a page of ${limit} has ${rows.length}`)
    all.push(...rows)
    if (!more) return all
    after = keyOf(rows.at(-1)!)
  }
})
