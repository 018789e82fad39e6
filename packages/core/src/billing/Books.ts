/**
 * What is read from the books: accounts, statements, the audit log, periods and totals; each for those who may see it.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import * as Actor from "../company/Actor.ts"
import type { Company } from "../company/Company.ts"
import { Consumers } from "../stream/Consumers.ts"
import type { EventLog } from "../stream/EventLog.ts"
import * as BusinessDay from "../values/BusinessDay.ts"
import { type Digest, Seal } from "../values/Digest.ts"
import { UserId } from "../values/Ids.ts"
import * as Input from "../values/Input.ts"
import type { InvalidInput } from "../values/Input.ts"
import * as Page from "../values/Page.ts"
import type { PageRequest } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import { traced } from "../values/traced.ts"
import { type AccountReads, ofAccounts, type Reader } from "./AccountReads.ts"
import { BillingStore } from "./BillingStore.ts"
import * as Account from "./books/Account.ts"
import * as Closing from "./books/Closing.ts"
import type { TopTask } from "./events.ts"
import { type Verification, verify as verifyBooks } from "./proof/verify.ts"
import * as Reading from "./Reading.ts"
import * as View from "./View.ts"

type ReadError = InvalidInput | Actor.ActorError | Access.NotAllowed | StoreError

export class Books extends Context.Service<
  Books,
  AccountReads & {
    /** The balance by popug of one period. */
    readonly balances: (
      actor: Actor.Actor,
      period: string,
      paging?: PageRequest
    ) => Effect.Effect<Page.Page<View.BalanceLine>, ReadError>
    /** The closed periods, with management's earnings. */
    readonly periods: (
      actor: Actor.Actor,
      range: BusinessDay.PeriodRange,
      paging?: PageRequest
    ) => Effect.Effect<Page.Page<View.ClosedPeriodView>, ReadError>
    /** One closed period. */
    readonly period: (
      actor: Actor.Actor,
      period: string
    ) => Effect.Effect<View.ClosedPeriodView, ReadError | BusinessDay.PeriodNotFound>
    /**
     * What the shuffles of a range of periods cost, by the numbers of their events: who asked for each, how many tasks
     * it reassigned, and the fees it charged as they were charged, in minor units. For managers, accountants and
     * admins. A shuffle is listed once all its fees are charged.
     */
    readonly shuffles: (
      actor: Actor.Actor,
      range: BusinessDay.PeriodRange,
      paging?: PageRequest<number>
    ) => Effect.Effect<Page.Page<View.ShuffleView>, ReadError>
    readonly preview: (actor: Actor.Actor) => Effect.Effect<View.Preview, ReadError>
    readonly trialBalance: (actor: Actor.Actor) => Effect.Effect<View.TrialBalance, ReadError>
    /** The done task with the highest award in a range of periods, the open one included. For admins. */
    readonly topTask: (
      actor: Actor.Actor,
      range: Required<BusinessDay.PeriodRange>
    ) => Effect.Effect<TopTask | null, ReadError>
    /**
     * Replays everything from the start, or from after a closed period, and names the first difference: what can't be
     * read is one too. With `seal`, one that was kept elsewhere: one of the periods must have it.
     */
    readonly verify: (
      actor: Actor.Actor,
      options?: { readonly after?: string; readonly seal?: string }
    ) => Effect.Effect<Verification, ReadError>
  }
>()("@popug/core/Books") {
  static readonly layer: Layer.Layer<
    Books,
    never,
    BillingStore | Company | EventLog | Digest | Consumers | Actor.Directory
  > = Layer.effect(
    Books,
    Effect.suspend(() => make)
  )
}

const parsePeriod = Input.parseOne("period", BusinessDay.Period)
const parseRange = Input.parse(BusinessDay.PeriodRange)
const parseFullRange = Input.parse(BusinessDay.FullPeriodRange)
const parseVerification = Input.parse(
  Schema.Struct({ after: Schema.optionalKey(BusinessDay.Period), seal: Schema.optionalKey(Seal) })
)
const parseOwners = Page.parse(UserId)
const parseNumbers = Page.parse(Schema.Int)
const parsePeriods = Page.parse(BusinessDay.Period)

const make = Effect.gen(function* () {
  const store = yield* BillingStore
  const consumers = yield* Consumers
  const services = yield* Effect.context<Actor.Directory | BillingStore | Company | EventLog | Digest>()

  const authorize: Reader["authorize"] = (actor, action) =>
    Effect.provideContext(Access.authorize(actor, action), services)

  /** The actor's own, or what accountants and admins see. */
  const permit = Effect.fnUntraced(function* (actor: Actor.Actor, owner: string | null) {
    const active = yield* Actor.require(actor)
    if (owner !== null && Actor.isUser(active, owner)) return
    if (!Access.may(active, "see the books")) return yield* Access.refuse(actor, "see the books")
  }, Effect.provideContext(services))

  const verify = traced("Books.verify")(function* (
    actor: Actor.Actor,
    options: { readonly after?: string; readonly seal?: string } = {}
  ) {
    yield* permit(actor, null)
    return yield* verifyBooks(yield* parseVerification(options))
  }, Effect.provideContext(services))

  const reader: Reader = { store, authorize, permit }
  const status = Effect.map(consumers.status, (all) => all.filter(({ consumer }) => consumer.startsWith("billing")))
  return Books.of({ ...ofAccounts(reader), ...ofPeriods(reader), ...ofNow(reader, status), verify })
})

type Reads<Name extends keyof Books["Service"]> = Pick<Books["Service"], Name>

const ofPeriods = ({
  authorize,
  permit,
  store
}: Reader): Reads<"balances" | "periods" | "period" | "shuffles" | "topTask"> => ({
  balances: traced("Books.balances")(function* (actor, period, paging) {
    yield* permit(actor, null)
    const owners = yield* parseOwners(paging)
    return yield* Reading.balances(store, yield* parsePeriod(period), owners)
  }),

  periods: traced("Books.periods")(function* (actor, range, paging) {
    yield* permit(actor, null)
    const { more, rows } = yield* store.closed(yield* parseRange(range), yield* parsePeriods(paging))
    return { more, rows: rows.map(View.closedPeriod) }
  }),

  period: traced("Books.period")(function* (actor, input) {
    yield* permit(actor, null)
    const period = yield* parsePeriod(input)
    const [found] = (yield* store.closed({ from: period, to: period }, { limit: 1 })).rows
    return found === undefined ? yield* new BusinessDay.PeriodNotFound({ period }) : View.closedPeriod(found)
  }),

  shuffles: traced("Books.shuffles")(function* (actor, range, paging) {
    yield* authorize(actor, "see what shuffles cost")
    return yield* Reading.shuffles(store, yield* parseRange(range), yield* parseNumbers(paging))
  }),

  topTask: traced("Books.topTask")(function* (actor, range) {
    yield* authorize(actor, "see the analytics")
    const { from, to } = yield* parseFullRange(range)
    const closed = yield* Reading.topTask(store, { from, to })
    const { period, topTask } = yield* store.head
    return period !== null && from <= period && period <= to ? Closing.higher(closed, topTask) : closed
  })
})

const ofNow = (
  { permit, store }: Reader,
  status: Effect.Effect<View.Preview["streams"], StoreError>
): Reads<"preview" | "trialBalance"> => ({
  preview: traced("Books.preview")(function* (actor) {
    yield* permit(actor, null)
    const { awaiting, period, topTask, totals } = yield* store.head
    const { inTheRed } = yield* store.sums
    const streams = yield* status
    return {
      period,
      totals,
      earnings: Closing.earnings(totals),
      topTask,
      inTheRed,
      awaiting,
      streams,
      clear: streams.every(({ stopped }) => stopped === null)
    }
  }),

  trialBalance: traced("Books.trialBalance")(function* (actor) {
    yield* permit(actor, null)
    const sums = yield* store.sums
    const total = [sums.popugs, sums.fees, sums.awards, sums.cash].reduce(
      (sum, account) => sum + Account.balance(account),
      0n
    )
    return { ...sums, total }
  })
})
