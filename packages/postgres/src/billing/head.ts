/**
 * How billing's head is kept, with what the refusals of a commit need to know.
 */
import { type BillingChanges, type BillingHead, BusinessDay, Catalog, Follows, initialBillingHead } from "@popug/core"
import * as Schema from "effect/Schema"
import * as Contexts from "../contexts.ts"
import * as Cursors from "../cursors.ts"

const Period_ = Schema.NullOr(BusinessDay.Period)

/** The journal's end, the period closed last and the last shuffle: what later rows must follow. */
const Marks = Schema.Struct({
  period: Period_,
  recordedAt: Schema.NullOr(Schema.Number),
  closed: Period_,
  shuffle: Schema.NullOr(Schema.Struct({ event: Schema.Int, period: BusinessDay.Period }))
})

const Shuffle = Schema.Struct({
  event: Schema.Int,
  shuffle: Schema.Int,
  period: BusinessDay.Period,
  actor: Schema.String,
  at: Schema.DateTimeUtc,
  reassigned: Schema.Int,
  fees: Schema.BigInt
})

const State = Schema.Struct({
  period: Period_,
  journal: Schema.Int,
  journalDigest: Schema.String,
  seal: Schema.String,
  totals: Catalog.Totals,
  topTask: Schema.NullOr(Catalog.TopTask),
  inTheRed: Schema.Int,
  shuffle: Schema.NullOr(Shuffle),
  awaiting: Period_,
  approved: Period_,
  passed: Schema.Int,
  tasks: Cursors.Place,
  users: Cursors.Place,
  marks: Marks
})

/** The marks that were stored with a head; they are no part of it as the port has it. */
const known = new WeakMap<BillingHead, Follows.Marks>()
const marksOf = (head: BillingHead): Follows.Marks => known.get(head) ?? Follows.noMarks

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
  known.set(head, Follows.marked(marksOf(before), changes))
  return head
}

/** Why changes can't follow a head: what no constraint of the database sees. */
export const refuses = (changes: BillingChanges, before: BillingHead): string | undefined =>
  Follows.follows(before, marksOf(before), changes)
