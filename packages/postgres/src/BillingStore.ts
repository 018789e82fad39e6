/**
 * `BillingStore` on Postgres.
 */
import {
  type BillingChanges,
  type BillingHead,
  type BillingQuery,
  BillingStore,
  type Holder,
  initialBillingHead,
  Ledger,
  type Paging,
  type Price,
  type PriceFilter,
  type RowCounts,
  type TaskId,
  type UserId
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Accounts from "./billing/accounts.ts"
import * as ClosedPeriods from "./billing/closedPeriods.ts"
import { codec } from "./billing/head.ts"
import * as Shuffles from "./billing/shuffles.ts"
import * as Transfers from "./billing/transfers.ts"
import * as Commands from "./commands.ts"
import * as Contexts from "./contexts.ts"
import { type Database, one } from "./Database.ts"
import { conflict } from "./errors.ts"
import { lastOf, pageOf } from "./pages.ts"
import * as Param from "./params.ts"
import { transact } from "./transact.ts"

interface PriceRow {
  readonly task: TaskId
  readonly fee: string
  readonly award: string
  readonly event: bigint
  readonly journal: bigint
  readonly digest: string
}

const priceColumns = "task, fee, award, event, journal, digest"

const readPrice = (row: PriceRow): Price => ({
  task: row.task,
  fee: BigInt(row.fee),
  award: BigInt(row.award),
  event: Number(row.event),
  journal: Number(row.journal),
  digest: row.digest
})

const counted = ["transfers", "prices", "accounts", "balances", "closed_periods", "shuffles", "holders"] as const

export const make = (db: Database): BillingStore["Service"] => {
  const accounts = Accounts.make(db)
  const closed = ClosedPeriods.make(db)
  const shuffles = Shuffles.make(db)
  const transfers = Transfers.make(db)

  const ofTasks = (tasks: ReadonlyArray<TaskId>) =>
    tasks.length === 0
      ? Effect.succeed([])
      : Effect.map(
          db.query<PriceRow>(`select ${priceColumns} from ${db.schema}.prices where task = any($1)`, [
            Param.texts(tasks)
          ]),
          (rows) => rows.map(readPrice)
        )

  const prices = ({ tasks }: PriceFilter, { after, limit }: Paging<number>) =>
    pageOf(
      db.query<PriceRow>(
        `select ${priceColumns} from ${db.schema}.prices
          where event > $1${tasks === undefined ? "" : " and task = any($3)"} order by event limit $2`,
        [Param.int(after ?? 0), Param.int(limit + 1), ...(tasks === undefined ? [] : [Param.texts(tasks)])]
      ),
      limit,
      readPrice
    )

  const rows = Effect.map(
    db.query<{ readonly [Table in (typeof counted)[number]]: bigint }>(
      `select ${counted.map((table) => `(select count(*) from ${db.schema}.${table}) as ${table}`).join(", ")}`
    ),
    ([row]): RowCounts => ({
      transfers: Number(row!.transfers),
      prices: Number(row!.prices),
      accounts: Number(row!.accounts),
      balances: Number(row!.balances),
      closed: Number(row!.closed_periods),
      shuffles: Number(row!.shuffles),
      holders: Number(row!.holders)
    })
  )

  const insertPrices = (rows: ReadonlyArray<Price>) =>
    rows.length === 0
      ? []
      : one(
          `insert into ${db.schema}.prices (${priceColumns})
            select task, fee, award, event::bigint, journal::bigint, digest
            from unnest($1, $2, $3, $4, $5, $6) as p (${priceColumns})`,
          [
            Param.texts(rows.map(({ task }) => task)),
            Param.amounts(rows.map(({ fee }) => fee)),
            Param.amounts(rows.map(({ award }) => award)),
            Param.numbers(rows.map(({ event }) => event)),
            Param.numbers(rows.map(({ journal }) => journal)),
            Param.texts(rows.map(({ digest }) => digest))
          ]
        )

  const holders = (ids: ReadonlyArray<UserId>) =>
    ids.length === 0
      ? Effect.succeed([])
      : db.query<Holder>(`select id, name, status from ${db.schema}.holders where id = any($1)`, [Param.texts(ids)])

  const putHolders = (rows: ReadonlyArray<Holder>) =>
    rows.length === 0
      ? []
      : one(
          `insert into ${db.schema}.holders (id, name, status)
            select * from unnest($1, $2, $3) as h (id, name, status)
            on conflict (id) do update set name = excluded.name, status = excluded.status`,
          [
            Param.texts(rows.map(({ id }) => id)),
            Param.texts(rows.map(({ name }) => name)),
            Param.texts(rows.map(({ status }) => status))
          ]
        )

  const load = Effect.fnUntraced(function* (query: BillingQuery, { period }: BillingHead) {
    const loaded = yield* accounts.load(query.accounts, query.moved, period)
    return {
      ...loaded,
      prices: yield* ofTasks(query.prices),
      booked: yield* transfers.booked(query.causes),
      transfers: yield* transfers.withCorrections(query.transfers)
    }
  })

  const write = (changes: BillingChanges) => [
    ...transfers.insert(changes.transfers),
    ...insertPrices(changes.prices),
    ...accounts.put(lastOf(changes.accounts, ({ id }) => id)),
    ...accounts.putBalances(lastOf(changes.balances, ({ account, period }) => `${period}/${account}`)),
    ...putHolders(lastOf(changes.holders, ({ id }) => id)),
    ...closed.insert(changes.closed),
    ...shuffles.insert(changes.shuffles)
  ]

  return BillingStore.of({
    open: (company) => Contexts.open(db, codec, company, initialBillingHead),
    adopt: (company) => Contexts.adopt(db, codec, company, initialBillingHead),
    forgetCommands: Commands.forget(db, "billing"),
    transact: transact({
      db,
      source: "billing",
      codec,
      load,
      refuses: (changes, head) => Ledger.follows(head, changes),
      write,
      more: (isOver) => ({
        moves: (number: number) =>
          Effect.suspend(() => (isOver() ? Effect.fail(conflict("the transaction is over")) : transfers.moves(number)))
      })
    }),
    head: Contexts.head(db, codec),
    accounts: accounts.list,
    sums: accounts.sums,
    balances: accounts.ofPeriod,
    balancesUpTo: accounts.upTo,
    transfers: transfers.list,
    prices,
    rows,
    holders,
    closed: closed.list,
    shuffles: shuffles.list
  })
}
