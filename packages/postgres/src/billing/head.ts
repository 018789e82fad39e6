/**
 * How billing's head is kept.
 */
import { type BillingHead, BusinessDay, Catalog, initialBillingHead } from "@popug/core"
import * as Schema from "effect/Schema"
import * as Contexts from "../Contexts.ts"
import * as Cursors from "../Cursors.ts"

const Period_ = Schema.NullOr(BusinessDay.Period)

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
  journal: Schema.Struct({
    number: Schema.Int,
    digest: Schema.String,
    period: Period_,
    recordedAt: Schema.NullOr(Schema.DateTimeUtc)
  }),
  closed: Schema.Struct({ period: Period_, seal: Schema.String, inTheRed: Schema.Int }),
  totals: Catalog.Totals,
  topTask: Schema.NullOr(Catalog.TopTask),
  shuffle: Schema.NullOr(Shuffle),
  shuffled: Schema.NullOr(Schema.Struct({ event: Schema.Int, period: BusinessDay.Period })),
  awaiting: Period_,
  approved: Period_,
  passed: Schema.Int,
  tasks: Cursors.Place,
  users: Cursors.Place
})

export const codec: Contexts.HeadCodec<BillingHead> = Contexts.codec<BillingHead, typeof State.Type>(
  "billing",
  State,
  (base, state) => {
    const start = initialBillingHead(base.at)
    return { ...base, ...state, tasks: { ...start.tasks, ...state.tasks }, users: { ...start.users, ...state.users } }
  },
  ({ at: _at, digest: _digest, number: _number, tasks, users, ...state }) => ({
    ...state,
    tasks: Cursors.place(tasks),
    users: Cursors.place(users)
  })
)
