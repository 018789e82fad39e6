/**
 * What is read from the books: accounts, statements, the audit log, periods and totals; each for who may see it.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import * as Actor from "../company/Actor.ts"
import * as BusinessDay from "../values/BusinessDay.ts"
import * as Input from "../values/Input.ts"
import type { InvalidInput } from "../values/Input.ts"
import type { Company } from "../company/Company.ts"
import { type Digest, Seal } from "../values/Digest.ts"
import { Consumers } from "../stream/Consumers.ts"
import type { TopTask } from "./events.ts"
import type { EventLog } from "../stream/EventLog.ts"
import { UserId } from "../values/Ids.ts"
import * as Page from "../values/Page.ts"
import type { PageRequest, Paging } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import * as Account from "./books/Account.ts"
import { BillingStore } from "./BillingStore.ts"
import * as Closing from "./books/Closing.ts"
import type { Transfer } from "./books/Transfer.ts"
import { type Verification, verify as verifyBooks } from "./proof/verify.ts"
import * as View from "./views.ts"

type ReadError = InvalidInput | Actor.ActorError | Access.NotAllowed | StoreError

export class Books extends Context.Service<
  Books,
  {
    /** One account: one's own, or any for accountants and admins. */
    readonly account: (actor: Actor.Actor, owner: string) => Effect.Effect<View.AccountView, ReadError>
    /** The popugs' accounts; `inTheRed` for those below zero only. */
    readonly accounts: (
      actor: Actor.Actor,
      filter: { readonly inTheRed?: boolean },
      paging?: PageRequest
    ) => Effect.Effect<Page.Page<View.AccountView>, ReadError>
    /** One's own, or any for accountants and admins. */
    readonly statement: (
      actor: Actor.Actor,
      owner: string,
      range: Required<BusinessDay.PeriodRange>,
      paging?: PageRequest<number>
    ) => Effect.Effect<View.Statement, ReadError>
    /** One's own, or everybody's for accountants and admins (`owner` null). */
    readonly auditLog: (
      actor: Actor.Actor,
      owner: string | null,
      range: BusinessDay.PeriodRange,
      paging?: PageRequest<number>
    ) => Effect.Effect<Page.Page<View.AuditEntry>, ReadError>
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
     * What the shuffles of a range of periods cost, by the numbers of their events: who asked for each, how many tasks it
     * reassigned, and the fees it charged as they were charged, in minor units. For managers, accountants and admins. A
     * shuffle is listed once all its fees are charged.
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
    /** The journal in order, for exports and host's own checks. */
    readonly transfers: (
      actor: Actor.Actor,
      filter: { readonly account?: string } & BusinessDay.PeriodRange,
      paging?: PageRequest<number>
    ) => Effect.Effect<Page.Page<Transfer>, ReadError>
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

  /** One's own, or what accountants and admins see. */
  const permit = Effect.fnUntraced(function* (actor: Actor.Actor, owner: string | null) {
    const active = yield* Actor.require(actor)
    if (owner !== null && Actor.isUser(active, owner)) return
    if (!Access.may(active, "see the books")) return yield* Access.refuse(actor, "see the books")
  }, Effect.provideContext(services))

  const named = Effect.fnUntraced(function* (owners: ReadonlyArray<UserId>) {
    const holders = yield* store.holders(owners)
    return new Map(holders.map(({ id, name }) => [id, name]))
  })

  const keyOf = (paging: Paging<UserId>): Paging<Account.AccountId> => ({
    limit: paging.limit,
    after: paging.after === undefined ? undefined : Account.popug(paging.after)
  })

  const account = Effect.fn("Books.account")(function* (actor: Actor.Actor, owner: string) {
    const id = yield* parseOwner(owner)
    yield* permit(actor, id)
    const [found] = yield* store.accounts([Account.popug(id)])
    const names = yield* named([id])
    return { owner: id, name: names.get(id) ?? null, balance: found === undefined ? 0n : Account.balance(found) }
  })

  const accounts = Effect.fn("Books.accounts")(function* (
    actor: Actor.Actor,
    filter: { readonly inTheRed?: boolean },
    paging?: PageRequest
  ) {
    yield* permit(actor, null)
    const { more, rows } = yield* store.listAccounts(
      yield* parseAccountFilter(filter),
      keyOf(yield* parseOwners(paging))
    )
    const owners = rows.map((row) => Account.ownerOf(row.id)!)
    const names = yield* named(owners)
    return {
      more,
      rows: rows.map((row, index) => ({
        owner: owners[index]!,
        name: names.get(owners[index]!) ?? null,
        balance: Account.balance(row)
      }))
    }
  })

  const statement = Effect.fn("Books.statement")(function* (
    actor: Actor.Actor,
    owner: string,
    range: Required<BusinessDay.PeriodRange>,
    paging?: PageRequest<number>
  ) {
    yield* permit(actor, owner)
    const id = Account.popug(yield* parseOwner(owner))
    const { from, to } = yield* parseFullRange(range)
    const [first] = yield* store.balancesUpTo([id], from)
    const [last] = yield* store.balancesUpTo([id], to)
    const transfers = yield* store.transfers({ account: id, from, to }, yield* parseNumbers(paging))
    return {
      account: id,
      from,
      to,
      opening: first === undefined ? 0n : first.period === from ? first.opening : Account.closing(first),
      closing: last === undefined ? 0n : Account.closing(last),
      transfers
    }
  })

  const auditLog = Effect.fn("Books.auditLog")(function* (
    actor: Actor.Actor,
    owner: string | null,
    range: BusinessDay.PeriodRange,
    paging?: PageRequest<number>
  ) {
    yield* permit(actor, owner)
    const periods = yield* parseRange(range)
    const filter = owner === null ? periods : { ...periods, account: Account.popug(yield* parseOwner(owner)) }
    const { more, rows } = yield* store.transfers(filter, yield* parseNumbers(paging))
    return { more, rows: rows.map(View.auditEntry) }
  })

  const balances = Effect.fn("Books.balances")(function* (actor: Actor.Actor, period: string, paging?: PageRequest) {
    yield* permit(actor, null)
    const { after, limit } = yield* parseOwners(paging)
    // The company's own accounts sort before the popugs'.
    const { more, rows } = yield* store.balances(yield* parsePeriod(period), {
      limit,
      after: Account.popug(after ?? "")
    })
    const names = yield* named(rows.map((row) => Account.ownerOf(row.account)!))
    return {
      more,
      rows: rows.map((row) => ({
        ...row,
        name: names.get(Account.ownerOf(row.account)!) ?? null,
        closing: Account.closing(row)
      }))
    }
  })

  const periods = Effect.fn("Books.periods")(function* (
    actor: Actor.Actor,
    range: BusinessDay.PeriodRange,
    paging?: PageRequest
  ) {
    yield* permit(actor, null)
    const { more, rows } = yield* store.closed(yield* parseRange(range), yield* parsePeriods(paging))
    return { more, rows: rows.map(View.closedPeriod) }
  })

  const period = Effect.fn("Books.period")(function* (actor: Actor.Actor, input: string) {
    yield* permit(actor, null)
    const asked = yield* parsePeriod(input)
    const [found] = (yield* store.closed({ from: asked, to: asked }, { limit: 1 })).rows
    return found === undefined ? yield* new BusinessDay.PeriodNotFound({ period: asked }) : View.closedPeriod(found)
  })

  const shuffles = Effect.fn("Books.shuffles")(function* (
    actor: Actor.Actor,
    range: BusinessDay.PeriodRange,
    paging?: PageRequest<number>
  ) {
    yield* Access.authorize(actor, "see what shuffles cost")
    const { more, rows } = yield* store.shuffles(yield* parseRange(range), yield* parseNumbers(paging))
    const names = yield* named([...new Set(rows.flatMap((row) => Actor.userOf(row.actor) ?? []))])
    return {
      more,
      rows: rows.map(({ actor: by, ...cost }): View.ShuffleView => {
        const askedBy = Actor.userOf(by)
        return { ...cost, askedBy, name: askedBy === null ? null : (names.get(askedBy) ?? null) }
      })
    }
  }, Effect.provideContext(services))

  const preview = Effect.fn("Books.preview")(function* (actor: Actor.Actor) {
    yield* permit(actor, null)
    const { awaiting, period, topTask, totals } = yield* store.head
    const { inTheRed } = yield* store.sums
    const streams = (yield* consumers.status).filter(({ consumer }) => consumer.startsWith("billing"))
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
  })

  const trialBalance = Effect.fn("Books.trialBalance")(function* (actor: Actor.Actor) {
    yield* permit(actor, null)
    const sums = yield* store.sums
    const total = [sums.popugs, sums.fees, sums.awards, sums.cash].reduce(
      (sum, account) => sum + Account.balance(account),
      0n
    )
    return { ...sums, total }
  })

  const topTask = Effect.fn("Books.topTask")(function* (actor: Actor.Actor, range: Required<BusinessDay.PeriodRange>) {
    yield* Access.authorize(actor, "see the analytics")
    const { from, to } = yield* parseFullRange(range)
    const closed = yield* store.topTask(from, to)
    const open = yield* store.head
    const running = open.period !== null && from <= open.period && open.period <= to ? open.topTask : null
    return running !== null && (closed === null || running.total > closed.total) ? running : closed
  }, Effect.provideContext(services))

  const transfers = Effect.fn("Books.transfers")(function* (
    actor: Actor.Actor,
    filter: { readonly account?: string } & BusinessDay.PeriodRange,
    paging?: PageRequest<number>
  ) {
    yield* permit(actor, null)
    const { account, ...range } = filter
    const periods = yield* parseRange(range)
    const parsed = account === undefined ? periods : { ...periods, account: yield* parseAccount(account) }
    return yield* store.transfers(parsed, yield* parseNumbers(paging))
  })

  const verify = Effect.fn("Books.verify")(function* (
    actor: Actor.Actor,
    options: { readonly after?: string; readonly seal?: string } = {}
  ) {
    yield* permit(actor, null)
    return yield* verifyBooks(yield* parseVerification(options))
  }, Effect.provideContext(services))

  return Books.of({
    account,
    accounts,
    statement,
    auditLog,
    balances,
    periods,
    period,
    shuffles,
    preview,
    trialBalance,
    topTask,
    transfers,
    verify
  })
})
