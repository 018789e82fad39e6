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
import { TaskId, UserId } from "../values/Ids.ts"
import * as Input from "../values/Input.ts"
import type { InvalidInput } from "../values/Input.ts"
import * as Page from "../values/Page.ts"
import type { PageRequest } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import { BillingStore } from "./BillingStore.ts"
import * as Account from "./books/Account.ts"
import * as Closing from "./books/Closing.ts"
import { distribution } from "./distribution.ts"
import type { TopTask } from "./events.ts"
import * as AuditLog from "./formats/AuditLog.ts"
import { type Verification, verify as verifyBooks } from "./proof/verify.ts"
import * as Reading from "./Reading.ts"
import { correctedOf, entries } from "./statement.ts"
import * as View from "./View.ts"

type ReadError = InvalidInput | Actor.ActorError | Access.NotAllowed | StoreError

export class Books extends Context.Service<
  Books,
  {
    /** One account: the actor's own, or any for accountants and admins. */
    readonly account: (actor: Actor.Actor, owner: string) => Effect.Effect<View.AccountView, ReadError>
    /** The popugs' accounts by id; `inTheRed: true` for those below zero only, `false` for all, as without it. */
    readonly accounts: (
      actor: Actor.Actor,
      filter: { readonly inTheRed?: boolean },
      paging?: PageRequest
    ) => Effect.Effect<Page.Page<View.AccountView>, ReadError>
    /** The actor's own, or any for accountants and admins. */
    readonly statement: (
      actor: Actor.Actor,
      owner: string,
      range: Required<BusinessDay.PeriodRange>,
      paging?: PageRequest<number>
    ) => Effect.Effect<View.Statement, ReadError>
    /** The actor's own, or everybody's for accountants and admins (`owner` null); with `task` what is of that task. */
    readonly auditLog: (
      actor: Actor.Actor,
      owner: string | null,
      filter: BusinessDay.PeriodRange & { readonly task?: string },
      paging?: PageRequest<number>
    ) => Effect.Effect<Page.Page<AuditLog.FullEntry>, ReadError>
    /** What a task costs and earns: for whom its last fee charged, and for accountants and admins. */
    readonly price: (actor: Actor.Actor, task: string) => Effect.Effect<View.TaskPrice, ReadError>
    /** How the popugs' balances are distributed now. It reads all accounts. For accountants and admins. */
    readonly distribution: (
      actor: Actor.Actor
    ) => Effect.Effect<View.Distribution, Actor.ActorError | Access.NotAllowed | StoreError>
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
    /** The journal in order, with names, for exports and a host's own checks. */
    readonly transfers: (
      actor: Actor.Actor,
      filter: { readonly account?: string } & BusinessDay.PeriodRange,
      paging?: PageRequest<number>
    ) => Effect.Effect<Page.Page<View.TransferView>, ReadError>
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

const parseOwner = Input.parseOne("owner", UserId)
const parseTask = Input.parseOne("task", TaskId)
const parseAccount = Input.parseOne("account", Account.AccountId)
const parsePeriod = Input.parseOne("period", BusinessDay.Period)
const parseRange = Input.parse(BusinessDay.PeriodRange)
const parseFullRange = Input.parse(BusinessDay.FullPeriodRange)
const parseAccountFilter = Input.parse(Schema.Struct({ inTheRed: Schema.optionalKey(Schema.Boolean) }))
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

  const verify = Effect.fn("Books.verify")(function* (
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

/** The store, and who may see what of it. */
interface Reader {
  readonly store: BillingStore["Service"]
  readonly authorize: (
    actor: Actor.Actor,
    action: Access.Action
  ) => Effect.Effect<unknown, Actor.ActorError | Access.NotAllowed | StoreError>
  readonly permit: (
    actor: Actor.Actor,
    owner: string | null
  ) => Effect.Effect<void, Actor.ActorError | Access.NotAllowed | StoreError>
}

type Reads<Name extends keyof Books["Service"]> = Pick<Books["Service"], Name>

const ofAccounts = ({
  permit,
  store
}: Reader): Reads<"account" | "accounts" | "distribution" | "statement" | "auditLog" | "price" | "transfers"> => ({
  account: Effect.fn("Books.account")(function* (actor, owner) {
    const id = yield* parseOwner(owner)
    yield* permit(actor, id)
    return yield* Reading.account(store, id)
  }),

  accounts: Effect.fn("Books.accounts")(function* (actor, filter, paging) {
    yield* permit(actor, null)
    return yield* Reading.accounts(store, yield* parseAccountFilter(filter), yield* parseOwners(paging))
  }),

  statement: Effect.fn("Books.statement")(function* (actor, owner, range, paging) {
    yield* permit(actor, owner)
    const account = Account.popug(yield* parseOwner(owner))
    const { from, to } = yield* parseFullRange(range)
    const [first] = yield* store.balancesUpTo([account], from)
    const [last] = yield* store.balancesUpTo([account], to)
    const transfers = yield* store.transfers({ account, from, to }, yield* parseNumbers(paging))
    return {
      account,
      from,
      to,
      opening: first === undefined ? 0n : first.period === from ? first.opening : Account.closing(first),
      closing: last === undefined ? 0n : Account.closing(last),
      transfers: { ...transfers, rows: yield* entries(store, account, transfers.rows) }
    }
  }),

  auditLog: Effect.fn("Books.auditLog")(function* (actor, owner, { task, ...range }, paging) {
    yield* permit(actor, owner)
    const filter = {
      ...(yield* parseRange(range)),
      ...(owner === null ? {} : { account: Account.popug(yield* parseOwner(owner)) }),
      ...(task === undefined ? {} : { task: yield* parseTask(task) })
    }
    const { more, rows } = yield* Reading.transfers(store, filter, yield* parseNumbers(paging))
    const corrected = yield* correctedOf(store, rows)
    return { more, rows: rows.map((row) => ({ ...AuditLog.entry(row), corrected: corrected(row) })) }
  }),

  price: Effect.fn("Books.price")(function* (actor, input) {
    const task = yield* parseTask(input)
    yield* permit(actor, yield* Reading.lastCharged(store, task))
    const [price] = (yield* store.prices({ tasks: [task] }, { limit: 1 })).rows
    return { task, fee: price?.fee ?? null, award: price?.award ?? null }
  }),

  distribution: Effect.fn("Books.distribution")(function* (actor) {
    yield* permit(actor, null)
    return yield* distribution(store)
  }),

  transfers: Effect.fn("Books.transfers")(function* (actor, { account, ...range }, paging) {
    yield* permit(actor, null)
    const periods = yield* parseRange(range)
    const filter = account === undefined ? periods : { ...periods, account: yield* parseAccount(account) }
    return yield* Reading.transfers(store, filter, yield* parseNumbers(paging))
  })
})

const ofPeriods = ({
  authorize,
  permit,
  store
}: Reader): Reads<"balances" | "periods" | "period" | "shuffles" | "topTask"> => ({
  balances: Effect.fn("Books.balances")(function* (actor, period, paging) {
    yield* permit(actor, null)
    const owners = yield* parseOwners(paging)
    return yield* Reading.balances(store, yield* parsePeriod(period), owners)
  }),

  periods: Effect.fn("Books.periods")(function* (actor, range, paging) {
    yield* permit(actor, null)
    const { more, rows } = yield* store.closed(yield* parseRange(range), yield* parsePeriods(paging))
    return { more, rows: rows.map(View.closedPeriod) }
  }),

  period: Effect.fn("Books.period")(function* (actor, input) {
    yield* permit(actor, null)
    const period = yield* parsePeriod(input)
    const [found] = (yield* store.closed({ from: period, to: period }, { limit: 1 })).rows
    return found === undefined ? yield* new BusinessDay.PeriodNotFound({ period }) : View.closedPeriod(found)
  }),

  shuffles: Effect.fn("Books.shuffles")(function* (actor, range, paging) {
    yield* authorize(actor, "see what shuffles cost")
    return yield* Reading.shuffles(store, yield* parseRange(range), yield* parseNumbers(paging))
  }),

  topTask: Effect.fn("Books.topTask")(function* (actor, range) {
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
  preview: Effect.fn("Books.preview")(function* (actor) {
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

  trialBalance: Effect.fn("Books.trialBalance")(function* (actor) {
    yield* permit(actor, null)
    const sums = yield* store.sums
    const total = [sums.popugs, sums.fees, sums.awards, sums.cash].reduce(
      (sum, account) => sum + Account.balance(account),
      0n
    )
    return { ...sums, total }
  })
})
