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
import * as AccountNumbers from "./billing/AccountNumbers.ts"
import * as Accounts from "./billing/Accounts.ts"
import * as ClosedPeriods from "./billing/ClosedPeriods.ts"
import { codec } from "./billing/head.ts"
import * as Journal from "./billing/Journal.ts"
import * as Shuffles from "./billing/Shuffles.ts"
import * as Transfers from "./billing/Transfers.ts"
import * as Commands from "./Commands.ts"
import * as Contexts from "./Contexts.ts"
import { type CompanyDatabase, one } from "./Database.ts"
import { conflict } from "./errors.ts"
import { lastOf, pageOf } from "./pages.ts"
import * as Param from "./Params.ts"
import { transact } from "./transact.ts"

interface PriceRow {
  readonly task: TaskId
  readonly fee: bigint
  readonly award: bigint
  readonly event: number
  readonly journal: number
  readonly digest: Uint8Array
}

const priceColumns = "task, fee, award, event, journal, digest"
/** Whole numbers as `float8`, which is exact for all that occur. */
const priceFields = "task, fee, award, event::float8, journal::float8, digest"

const readPrice = (row: PriceRow): Price => ({
  task: row.task,
  fee: row.fee,
  award: row.award,
  event: row.event,
  journal: row.journal,
  digest: Param.hexOf(row.digest)
})

const counted = ["transfers", "prices", "accounts", "balances", "closed_periods", "shuffles", "holders"] as const

export const make = (db: CompanyDatabase): BillingStore["Service"] => {
  const accounts = Accounts.make(db)
  const closed = ClosedPeriods.make(db)
  const shuffles = Shuffles.make(db)
  const journal = Journal.make(db)
  const numbers = AccountNumbers.make(db)
  const insertTransfers = Transfers.writer(db)

  const ofTasks = (tasks: ReadonlyArray<TaskId>) =>
    tasks.length === 0
      ? Effect.succeed([])
      : Effect.map(
          db.query<PriceRow>(`select ${priceFields} from ${db.schema}.prices where company = $1 and task = any($2)`, [
            db.company,
            Param.texts(tasks)
          ]),
          (rows) => rows.map(readPrice)
        )

  const prices = ({ tasks }: PriceFilter, { after, limit }: Paging<number>) =>
    pageOf(
      db.query<PriceRow>(
        `select ${priceFields} from ${db.schema}.prices p
          where company = $1 and p.event > $2${tasks === undefined ? "" : " and task = any($4)"}
          order by p.event limit $3`,
        [db.company, Param.int(after ?? 0), Param.int(limit + 1), ...(tasks === undefined ? [] : [Param.texts(tasks)])]
      ),
      limit,
      readPrice
    )

  const rows = Effect.map(
    db.query<{ readonly [Table in (typeof counted)[number]]: bigint }>(
      `select ${counted.map((table) => `(select count(*) from ${db.schema}.${table} where company = $1) as ${table}`).join(", ")}`,
      [db.company]
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
          `insert into ${db.schema}.prices (company, ${priceColumns})
            select $1, task, fee, award, event::bigint, journal::bigint, digest
            from unnest($2, $3, $4, $5, $6, $7) as p (${priceColumns})`,
          [
            db.company,
            Param.texts(rows.map(({ task }) => task)),
            Param.amounts(rows.map(({ fee }) => fee)),
            Param.amounts(rows.map(({ award }) => award)),
            Param.numbers(rows.map(({ event }) => event)),
            Param.numbers(rows.map(({ journal }) => journal)),
            Param.digests(rows.map(({ digest }) => digest))
          ]
        )

  const holders = (ids: ReadonlyArray<UserId>) =>
    ids.length === 0
      ? Effect.succeed([])
      : db.query<Holder>(`select id, name, status from ${db.schema}.holders where company = $1 and id = any($2)`, [
          db.company,
          Param.texts(ids)
        ])

  const putHolders = (rows: ReadonlyArray<Holder>) =>
    rows.length === 0
      ? []
      : one(
          `insert into ${db.schema}.holders (company, id, name, status)
            select $1, * from unnest($2, $3, $4) as h (id, name, status)
            on conflict (company, id) do update set name = excluded.name, status = excluded.status`,
          [
            db.company,
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
      booked: yield* journal.booked(query.causes),
      transfers: yield* journal.withCorrections(query.transfers)
    }
  })

  const write = (changes: BillingChanges, known: AccountNumbers.Numbers) => [
    ...insertTransfers(changes.transfers, known),
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
      begin: numbers.begin,
      committed: numbers.committed,
      load,
      refuses: (changes, head) => Ledger.follows(head, changes),
      prepare: ({ transfers }, known) => numbers.learn(known, transfers.map(Transfers.popugOf)),
      write,
      more: (isOver) => ({
        moves: (number: number) =>
          Effect.suspend(() => (isOver() ? Effect.fail(conflict("the transaction is over")) : journal.moves(number)))
      })
    }),
    head: Contexts.head(db, codec),
    accounts: accounts.list,
    sums: accounts.sums,
    balances: accounts.ofPeriod,
    balancesUpTo: accounts.upTo,
    transfers: journal.list,
    prices,
    rows,
    holders,
    closed: closed.list,
    shuffles: shuffles.list
  })
}
