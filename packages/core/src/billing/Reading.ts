/**
 * Rows of the books as people read them: whole, with the names that billing knows. Who may see them is asked by whoever
 * reads.
 */
import * as Effect from "effect/Effect"
import * as Actor from "../company/Actor.ts"
import type { Period, PeriodRange } from "../values/BusinessDay.ts"
import type { TaskId, UserId } from "../values/Ids.ts"
import { look, named } from "../values/look.ts"
import type { Looked, OrderedPaging, Page, Paging } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { AccountFilter, BillingStore, TransferFilter } from "./BillingStore.ts"
import * as Account from "./books/Account.ts"
import { higher } from "./books/Closing.ts"
import { isSought, type Sought, type Transfer } from "./books/Transfer.ts"
import type { TopTask } from "./events.ts"
import type { AccountView, BalanceLine, ShuffleView, TransferView } from "./View.ts"

type Store = BillingStore["Service"]
const pageSize = 1_000

type Read<Row> = Effect.Effect<Page<Row>, StoreError>

/** The names of those of some users that billing has heard of. */
const namesOf = (store: Store, users: Iterable<UserId | null>) => {
  const ids = [...new Set(users)].filter((id) => id !== null)
  return Effect.map(
    ids.length === 0 ? Effect.succeed([]) : store.holders(ids),
    (holders) => new Map(holders.map(({ id, name }) => [id, name]))
  )
}

/** Adds to the rows of a page the names of those they are about. */
const withNames = <Row, Named, P extends Page<Row>>(
  store: Store,
  page: P & Page<Row>,
  userOf: (row: Row) => UserId | null,
  named: (row: Row, user: UserId | null, name: string | null) => Named
): Effect.Effect<Omit<P, "rows"> & { readonly rows: ReadonlyArray<Named> }, StoreError> =>
  Effect.map(namesOf(store, page.rows.map(userOf)), (names) => ({
    ...page,
    rows: page.rows.map((row) => {
      const user = userOf(row)
      return named(row, user, user === null ? null : (names.get(user) ?? null))
    })
  }))

/** The company's own accounts sort before the popugs'. */
const accountsAfter = ({ after, limit }: Paging<UserId>): Paging<Account.AccountId> => ({
  limit,
  after: Account.popug(after ?? "")
})

/** The popugs' accounts by id in byte order. */
const listed = (store: Store, filter: AccountFilter, paging: Paging<UserId>): Read<AccountView> =>
  Effect.flatMap(store.accounts(filter, accountsAfter(paging)), (page) =>
    withNames(
      store,
      page,
      ({ id }) => Account.ownerOf(id),
      (row, owner, name): AccountView => ({ owner: owner!, name, balance: Account.balance(row) })
    )
  )

/** How many accounts one search looks at, and how many transfers. */
const mostAccounts = 10_000
const mostTransfers = 5_000

/** Which of the popugs' accounts are listed: by the name or id of their owner, and by their balance. */
interface Wanted extends Pick<AccountFilter, "inTheRed"> {
  readonly search?: string
  readonly balanceFrom?: bigint
  readonly balanceBelow?: bigint
}

/** The popugs' accounts by id; those that are wanted, or all. */
export const accounts = (
  store: Store,
  { balanceBelow, balanceFrom, search, ...filter }: Wanted,
  paging: Paging<UserId>
): Effect.Effect<Looked<AccountView, UserId>, StoreError> => {
  const isNamed = named(search ?? "")
  const isAny = search === undefined && balanceFrom === undefined && balanceBelow === undefined
  return look((at: Paging<UserId>) => listed(store, filter, at), {
    paging,
    most: isAny ? paging.limit : mostAccounts,
    keyOf: ({ owner }) => owner,
    isWanted: ({ balance, name, owner }) =>
      (balanceFrom === undefined || balance >= balanceFrom) &&
      (balanceBelow === undefined || balance < balanceBelow) &&
      isNamed(name ?? "", owner)
  })
}

/** The transfers that are sought, or all; each that is looked at is seen by `see`, in order. */
export const looked = (
  store: Store,
  filter: TransferFilter,
  { order, ...paging }: OrderedPaging<number>,
  sought: Sought | undefined,
  see: (transfer: Transfer, isWanted: boolean) => void = () => undefined
): Effect.Effect<Looked<Transfer, number>, StoreError> =>
  look((at: Paging<number>) => store.transfers(filter, { ...at, order }), {
    paging,
    most: sought === undefined ? paging.limit : mostTransfers,
    keyOf: ({ number }) => number,
    isWanted: (transfer) => {
      const isWanted = sought === undefined || isSought(transfer, sought)
      see(transfer, isWanted)
      return isWanted
    }
  })

/** One popug's account, with a balance of zero where nothing was booked yet. */
export const account = (store: Store, owner: UserId): Effect.Effect<AccountView, StoreError> =>
  Effect.gen(function* () {
    const { rows } = yield* store.accounts({ ids: [Account.popug(owner)] }, { limit: 1 })
    const name = (yield* namesOf(store, [owner])).get(owner) ?? null
    return { owner, name, balance: rows[0] === undefined ? 0n : Account.balance(rows[0]) }
  })

/** The popugs that moved in a period, by id in byte order. */
export const balances = (store: Store, period: Period, paging: Paging<UserId>): Read<BalanceLine> =>
  Effect.flatMap(store.balances(period, accountsAfter(paging)), (page) =>
    withNames(
      store,
      page,
      ({ account }) => Account.ownerOf(account),
      (row, owner, name): BalanceLine => ({ ...row, owner: owner!, name, closing: Account.closing(row) })
    )
  )

/** Transfers by journal number, each with the popug that it charges or credits; those that are sought, or all. */
export const transfers = (
  store: Store,
  filter: TransferFilter,
  paging: OrderedPaging<number>,
  sought?: Sought
): Effect.Effect<Looked<TransferView, number>, StoreError> =>
  Effect.flatMap(looked(store, filter, paging, sought), (page) =>
    withNames(
      store,
      page,
      ({ credit, debit }) => Account.ownerOf(credit) ?? Account.ownerOf(debit),
      (row, owner, name): TransferView => ({ ...row, owner, name })
    )
  )

/** Whom the last fee of a task charged, as far as billing has come: who holds it, or has done it. */
export const lastCharged = Effect.fnUntraced(function* (
  store: Store,
  task: TaskId
): Effect.fn.Return<UserId | null, StoreError> {
  let last: UserId | null = null
  let after: number | undefined
  for (let more = true; more;) {
    const page: Page<Transfer> = yield* store.transfers({ task }, { after, limit: pageSize })
    // Assignments are charged in their order.
    for (const { cause, debit } of page.rows) if (cause._tag === "Assigned") last = Account.ownerOf(debit)
    after = page.rows.at(-1)?.number
    more = page.more
  }
  return last
})

/** What shuffles cost, by the numbers of their events. */
export const shuffles = (store: Store, range: PeriodRange<Period>, paging: Paging<number>): Read<ShuffleView> =>
  Effect.flatMap(store.shuffles(range, paging), (page) =>
    withNames(
      store,
      page,
      (row) => Actor.userOf(row.actor),
      ({ actor: _by, ...cost }, askedBy, name): ShuffleView => ({ ...cost, askedBy, name })
    )
  )

/** The top task of the closed periods in a range, for which it reads those and no others. */
export const topTask = Effect.fnUntraced(function* (
  store: Store,
  range: Required<PeriodRange<Period>>
): Effect.fn.Return<TopTask | null, StoreError> {
  let top: TopTask | null = null
  let after: Period | undefined
  for (let more = true; more;) {
    const page: Page<{ readonly period: Period; readonly topTask: TopTask | null }> = yield* store.closed(range, {
      after,
      limit: pageSize
    })
    for (const { topTask } of page.rows) top = higher(top, topTask)
    after = page.rows.at(-1)?.period
    more = page.more
  }
  return top
})
