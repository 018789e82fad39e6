/**
 * What is read of accounts and of what moved them: balances, statements, the audit log and the journal.
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Access from "../company/Access.ts"
import type * as Actor from "../company/Actor.ts"
import * as BusinessDay from "../values/BusinessDay.ts"
import { TaskId, UserId } from "../values/Ids.ts"
import * as Input from "../values/Input.ts"
import { searched } from "../values/look.ts"
import * as Page from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import { traced } from "../values/traced.ts"
import type { BillingStore } from "./BillingStore.ts"
import * as Account from "./books/Account.ts"
import { Sought } from "./books/Transfer.ts"
import { distribution } from "./distribution.ts"
import * as AuditLog from "./formats/AuditLog.ts"
import * as Reading from "./Reading.ts"
import { correctedOf, statement } from "./statement.ts"
import type * as View from "./View.ts"

type ReadError = Input.InvalidInput | Actor.ActorError | Access.NotAllowed | StoreError

/** Which accounts are listed. */
export interface ListedAccounts {
  /** `true` for those below zero only, `false` for all, as without it. */
  readonly inTheRed?: boolean
  /** Only those whose owner's name or id has all the words of this, in capitals or not. */
  readonly search?: string
  /** Only those whose balance is not below this, in minor units. */
  readonly balanceFrom?: bigint
  /** Only those whose balance is below this. */
  readonly balanceBelow?: bigint
}

/** What is asked of the books about a range of periods. */
export interface OfKind {
  /** Only transfers of this kind with what corrects them, or only corrections. */
  readonly kind?: Sought
}

export interface AccountReads {
  /** One account: the actor's own, or any for accountants and admins. */
  readonly account: (actor: Actor.Actor, owner: string) => Effect.Effect<View.AccountView, ReadError>
  /**
   * The popugs' accounts by id. One call that looks for names or balances looks at 10,000 accounts at most: it may
   * return fewer than `limit`, or none, and more to come.
   */
  readonly accounts: (
    actor: Actor.Actor,
    filter: ListedAccounts,
    paging?: Page.PageRequest
  ) => Effect.Effect<Page.Looked<View.AccountView, UserId>, ReadError>
  /**
   * The actor's own, or any for accountants and admins. One call that asks for a kind looks at 5,000 transfers at most:
   * it may return fewer than `limit`, or none, and more to come.
   */
  readonly statement: (
    actor: Actor.Actor,
    owner: string,
    filter: Required<BusinessDay.PeriodRange> & OfKind,
    paging?: Page.OrderedRequest<number>
  ) => Effect.Effect<View.Statement, ReadError>
  /**
   * The actor's own, or everybody's for accountants and admins (`owner` null); with `task` what is of that task. It
   * looks for a kind as `statement` does.
   */
  readonly auditLog: (
    actor: Actor.Actor,
    owner: string | null,
    filter: BusinessDay.PeriodRange & OfKind & { readonly task?: string },
    paging?: Page.OrderedRequest<number>
  ) => Effect.Effect<Page.Looked<AuditLog.FullEntry, number>, ReadError>
  /** What a task costs and earns: for whom its last fee charged, and for accountants and admins. */
  readonly price: (actor: Actor.Actor, task: string) => Effect.Effect<View.TaskPrice, ReadError>
  /** How the popugs' balances are distributed now. It reads all accounts. For accountants and admins. */
  readonly distribution: (
    actor: Actor.Actor
  ) => Effect.Effect<View.Distribution, Actor.ActorError | Access.NotAllowed | StoreError>
  /** The journal in order, with names, for exports and a host's own checks. */
  readonly transfers: (
    actor: Actor.Actor,
    filter: { readonly account?: string } & BusinessDay.PeriodRange,
    paging?: Page.OrderedRequest<number>
  ) => Effect.Effect<Page.Looked<View.TransferView, number>, ReadError>
}

/** The store, and who may see what of it. */
export interface Reader {
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

const parseOwner = Input.parseOne("owner", UserId)
const parseTask = Input.parseOne("task", TaskId)
const parseAccount = Input.parseOne("account", Account.AccountId)
const parseKind = Input.parse(Schema.Struct({ kind: Schema.optionalKey(Sought) }))
const parseRange = Input.parse(BusinessDay.PeriodRange)
const parseFullRange = Input.parse(BusinessDay.FullPeriodRange)
const parseAccounts = Input.parse(
  Schema.Struct({
    inTheRed: Schema.optionalKey(Schema.Boolean),
    search: Schema.optionalKey(searched),
    balanceFrom: Schema.optionalKey(Schema.BigInt),
    balanceBelow: Schema.optionalKey(Schema.BigInt)
  })
)
const parseOwners = Page.parse(UserId)
const parseNumbers = Page.parseOrdered(Schema.Int)

const ofTransfers = ({ permit, store }: Reader): Pick<AccountReads, "statement" | "auditLog" | "transfers"> => ({
  statement: traced("Books.statement")(function* (actor, owner, { kind: asked, ...range }, paging) {
    yield* permit(actor, owner)
    const account = Account.popug(yield* parseOwner(owner))
    const { from, to } = yield* parseFullRange(range)
    const { kind } = yield* parseKind(asked === undefined ? {} : { kind: asked })
    return yield* statement(store, account, { from, to }, yield* parseNumbers(paging), kind)
  }),

  auditLog: traced("Books.auditLog")(function* (actor, owner, { kind: asked, task, ...range }, paging) {
    yield* permit(actor, owner)
    const filter = {
      ...(yield* parseRange(range)),
      ...(owner === null ? {} : { account: Account.popug(yield* parseOwner(owner)) }),
      ...(task === undefined ? {} : { task: yield* parseTask(task) })
    }
    const { kind } = yield* parseKind(asked === undefined ? {} : { kind: asked })
    const { rows, ...page } = yield* Reading.transfers(store, filter, yield* parseNumbers(paging), kind)
    const corrected = yield* correctedOf(store, rows)
    return { ...page, rows: rows.map((row) => ({ ...AuditLog.entry(row), corrected: corrected(row) })) }
  }),

  transfers: traced("Books.transfers")(function* (actor, { account, ...range }, paging) {
    yield* permit(actor, null)
    const periods = yield* parseRange(range)
    const filter = account === undefined ? periods : { ...periods, account: yield* parseAccount(account) }
    return yield* Reading.transfers(store, filter, yield* parseNumbers(paging))
  })
})

/** The reads of accounts, over the store at hand. */
export const ofAccounts = (reader: Reader): AccountReads => {
  const { permit, store } = reader
  return {
    ...ofTransfers(reader),

    account: traced("Books.account")(function* (actor, owner) {
      const id = yield* parseOwner(owner)
      yield* permit(actor, id)
      return yield* Reading.account(store, id)
    }),

    accounts: traced("Books.accounts")(function* (actor, asked, paging) {
      yield* permit(actor, null)
      return yield* Reading.accounts(store, yield* parseAccounts(asked), yield* parseOwners(paging))
    }),

    price: traced("Books.price")(function* (actor, input) {
      const task = yield* parseTask(input)
      yield* permit(actor, yield* Reading.lastCharged(store, task))
      const [price] = (yield* store.prices({ tasks: [task] }, { limit: 1 })).rows
      return { task, fee: price?.fee ?? null, award: price?.award ?? null }
    }),

    distribution: traced("Books.distribution")(function* (actor) {
      yield* permit(actor, null)
      return yield* distribution(store)
    })
  }
}
