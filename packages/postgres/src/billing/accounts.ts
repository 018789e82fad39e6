/**
 * Accounts, their sums, and their balances by period.
 */
import type { Account, AccountFilter, AccountSums, Paging, Period } from "@popug/core"
import * as Effect from "effect/Effect"
import { type Database, one } from "../Database.ts"
import { pageOf } from "../pages.ts"
import * as Param from "../params.ts"

type AccountId = Account.AccountId

interface AccountRow {
  readonly id: AccountId
  readonly debits: string
  readonly credits: string
}

const amountColumns = ["opening", "debits", "credits", "fees", "awards", "payouts", "paid"] as const
type AmountColumn = (typeof amountColumns)[number]
type BalanceRow = { readonly account: AccountId; readonly period: Period } & { readonly [C in AmountColumn]: string }

const readAccount = (row: AccountRow): Account.Account => ({
  id: row.id,
  debits: BigInt(row.debits),
  credits: BigInt(row.credits)
})

const readBalance = (row: BalanceRow): Account.PeriodBalance => ({
  account: row.account,
  period: row.period,
  opening: BigInt(row.opening),
  debits: BigInt(row.debits),
  credits: BigInt(row.credits),
  fees: BigInt(row.fees),
  awards: BigInt(row.awards),
  payouts: BigInt(row.payouts),
  paid: BigInt(row.paid)
})

const balanceColumns = ["account", "period", ...amountColumns]
const balanceList = balanceColumns.join(", ")

export const make = (db: Database) => {
  const accounts = `${db.schema}.accounts`
  const balances = `${db.schema}.balances`
  const readBalances = Effect.map((rows: ReadonlyArray<BalanceRow>) => rows.map(readBalance))
  const readAccounts = Effect.map((rows: ReadonlyArray<AccountRow>) => rows.map(readAccount))

  const put = (rows: ReadonlyArray<Account.Account>) =>
    rows.length === 0
      ? []
      : one(
          `insert into ${accounts} (id, debits, credits)
            select * from unnest($1, $2, $3) as a (id, debits, credits) order by id
            on conflict (id) do update set debits = excluded.debits, credits = excluded.credits`,
          [
            Param.texts(rows.map(({ id }) => id)),
            Param.amounts(rows.map(({ debits }) => debits)),
            Param.amounts(rows.map(({ credits }) => credits))
          ]
        )

  const putBalances = (rows: ReadonlyArray<Account.PeriodBalance>) =>
    rows.length === 0
      ? []
      : one(
          `insert into ${balances} (${balanceList})
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as b (${balanceList}) order by account
            on conflict (period, account) do update set
              ${amountColumns.map((column) => `${column} = excluded.${column}`).join(", ")}`,
          [
            Param.texts(rows.map(({ account }) => account)),
            Param.texts(rows.map(({ period }) => period)),
            ...amountColumns.map((column) => Param.amounts(rows.map((row) => row[column])))
          ]
        )

  const get = (ids: ReadonlyArray<AccountId>) =>
    ids.length === 0
      ? Effect.succeed([])
      : readAccounts(
          db.query<AccountRow>(`select id, debits, credits from ${accounts} where id = any($1)`, [Param.texts(ids)])
        )

  /** The accounts asked for, with their balances of a period; those that moved in it too, if they are asked for. */
  const load = Effect.fnUntraced(function* (ids: ReadonlyArray<AccountId>, moved: boolean, period: Period | null) {
    if (period === null) return { accounts: yield* get(ids), balances: [] }
    if (ids.length === 0 && !moved) return { accounts: [], balances: [] }
    const found = yield* readBalances(
      db.query<BalanceRow>(
        `select ${balanceList} from ${balances} where period = $1${moved ? "" : " and account = any($2)"}`,
        [Param.text(period), ...(moved ? [] : [Param.texts(ids)])]
      )
    )
    const wanted = moved ? [...new Set([...ids, ...found.map(({ account }) => account)])] : ids
    return { accounts: yield* get(wanted), balances: found }
  })

  const list = ({ ids, inTheRed }: AccountFilter, { after, limit }: Paging<AccountId>) =>
    pageOf(
      db.query<AccountRow>(
        `select id, debits, credits from ${accounts}
          where id > $1${inTheRed === true ? " and credits < debits and id >= 'popug:'" : ""}
            ${ids === undefined ? "" : "and id = any($3)"}
          order by id limit $2`,
        [Param.text(after ?? ""), Param.int(limit + 1), ...(ids === undefined ? [] : [Param.texts(ids)])]
      ),
      limit,
      readAccount
    )

  const sums = Effect.map(
    db.query<{ readonly kind: string; readonly debits: string; readonly credits: string; readonly red: bigint }>(
      `select case when id >= 'popug:' then 'popugs' else substr(id, 9) end as kind,
          sum(debits) as debits, sum(credits) as credits,
          count(*) filter (where credits < debits and id >= 'popug:') as red
        from ${accounts} group by 1`
    ),
    (rows): AccountSums => {
      const of = (kind: string) => {
        const row = rows.find((each) => each.kind === kind)
        return { debits: BigInt(row?.debits ?? 0), credits: BigInt(row?.credits ?? 0) }
      }
      const inTheRed = Number(rows.find(({ kind }) => kind === "popugs")?.red ?? 0)
      return { popugs: of("popugs"), fees: of("fees"), awards: of("awards"), cash: of("cash"), inTheRed }
    }
  )

  const ofPeriod = (period: Period, { after, limit }: Paging<AccountId>) =>
    pageOf(
      db.query<BalanceRow>(
        `select ${balanceList} from ${balances} where period = $1 and account > $2 order by account limit $3`,
        [Param.text(period), Param.text(after ?? ""), Param.int(limit + 1)]
      ),
      limit,
      readBalance
    )

  const upTo = (ids: ReadonlyArray<AccountId>, period: Period) =>
    readBalances(
      db.query<BalanceRow>(
        `select b.* from (select distinct id from unnest($1) as a (id)) a cross join lateral (
          select ${balanceList} from ${balances} where account = a.id and period <= $2 order by period desc limit 1
        ) b`,
        [Param.texts(ids), Param.text(period)]
      )
    )

  return { put, putBalances, load, list, sums, ofPeriod, upTo }
}
