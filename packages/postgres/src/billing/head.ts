/**
 * How billing's head is kept, with what the refusals of a commit need to know.
 */
import {
  type BillingChanges,
  type BillingHead,
  BusinessDay,
  Catalog,
  initialBillingHead,
  type Period
} from "@popug/core"
import * as Schema from "effect/Schema"
import * as Contexts from "../contexts.ts"
import * as Cursors from "../cursors.ts"

const Period_ = Schema.NullOr(BusinessDay.Period)

/** The journal's end and the period closed last: what later rows must follow. */
const Marks = Schema.Struct({ period: Period_, recordedAt: Schema.NullOr(Schema.Number), closed: Period_ })
type Marks = typeof Marks.Type

const State = Schema.Struct({
  period: Period_,
  journal: Schema.Int,
  journalDigest: Schema.String,
  seal: Schema.String,
  totals: Catalog.Totals,
  topTask: Schema.NullOr(Catalog.TopTask),
  inTheRed: Schema.Int,
  awaiting: Period_,
  approved: Period_,
  tasks: Cursors.Place,
  users: Cursors.Place,
  marks: Marks
})

const none: Marks = { period: null, recordedAt: null, closed: null }

/** The marks that were stored with a head; they are no part of it as the port has it. */
const known = new WeakMap<BillingHead, Marks>()
const marksOf = (head: BillingHead): Marks => known.get(head) ?? none

export const codec: Contexts.HeadCodec<BillingHead> = Contexts.codec<BillingHead, typeof State.Type>(
  "billing",
  State,
  (base, { marks, ...state }) => {
    const start = initialBillingHead(base.at)
    const head: BillingHead = {
      ...base,
      ...state,
      tasks: { ...start.tasks, ...state.tasks },
      users: { ...start.users, ...state.users }
    }
    known.set(head, marks)
    return head
  },
  (head) => {
    const { at: _at, digest: _digest, number: _number, tasks, users, ...state } = head
    return { ...state, tasks: Cursors.place(tasks), users: Cursors.place(users), marks: marksOf(head) }
  }
)

/** The head after changes, with its new marks. */
export const after = (changes: BillingChanges, before: BillingHead): BillingHead => {
  const head = { ...changes.head }
  const last = changes.transfers.at(-1)
  const marks = marksOf(before)
  known.set(head, {
    period: last?.period ?? marks.period,
    recordedAt: last?.recordedAt.epochMilliseconds ?? marks.recordedAt,
    closed: changes.closed.at(-1)?.period ?? marks.closed
  })
  return head
}

/** Why changes can't follow a head: what no constraint of the database sees. */
export const refuses = (changes: BillingChanges, before: BillingHead): string | undefined => {
  const marks = marksOf(before)
  let { period, recordedAt } = marks
  let number = before.journal
  for (const transfer of changes.transfers) {
    const name = `transfer ${transfer.number}`
    const at = transfer.recordedAt.epochMilliseconds
    if (transfer.number !== number + 1) return `${name} does not follow transfer ${number}`
    if (period !== null && transfer.period < period) return `${name} is of an earlier period than the one before`
    if (recordedAt !== null && at < recordedAt) return `${name} is earlier than the one before`
    number = transfer.number
    period = transfer.period
    recordedAt = at
  }
  if (changes.head.journal !== number) {
    return `the head's journal stands at ${changes.head.journal}, the last transfer is ${number}`
  }
  const written: ReadonlyArray<{ readonly period: Period }> = [...changes.transfers.slice(0, 1), ...changes.balances]
  let { closed } = marks
  for (const row of written) if (closed !== null && row.period <= closed) return `period ${row.period} is closed`
  for (const row of changes.closed) {
    if (closed !== null && row.period <= closed) return `period ${row.period} is closed already, or before one that is`
    closed = row.period
  }
  return undefined
}
