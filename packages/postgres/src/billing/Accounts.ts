/**
 * Accounts, their sums, and their balances by period.
 */
import type { Account, AccountFilter, AccountSums, Paging, Period, PeriodRange } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "../Database.ts"
import type { Asking, Question } from "../Gathered.ts"
import { pageOf } from "../pages.ts"
import * as Param from "../Param.ts"
import { one, statement } from "../statements.ts"
import type { Column } from "../together.ts"

type AccountId = Account.AccountId

const amountColumns = ["opening", "debits", "credits", "fees", "awards", "payouts", "paid"] as const
const amountList = amountColumns.join(", ")
const balanceList = `account, period, ${amountList}`

/** What makes a row replace the one that is there. */
const replacing = (key: string, columns: ReadonlyArray<string>) =>
  `on conflict (${key}) do update set ${columns.map((column) => `${column} = excluded.${column}`).join(", ")}`

export const replacingAccounts = replacing("company, id", ["debits", "credits"])
export const replacingBalances = replacing("company, period, account", amountColumns)

/** The columns of accounts and of balances, and the lists of some for each. */
export const accountColumns: ReadonlyArray<Column<Account.Account>> = [
  ["id", (rows) => Param.texts(rows.map(({ id }) => id))],
  ["debits", (rows) => Param.amounts(rows.map(({ debits }) => debits))],
  ["credits", (rows) => Param.amounts(rows.map(({ credits }) => credits))]
]
export const balanceColumns: ReadonlyArray<Column<Account.PeriodBalance>> = [
  ["period", (rows) => Param.dates(rows.map(({ period }) => period))],
  ["account", (rows) => Param.texts(rows.map(({ account }) => account))],
  ...amountColumns.map((column): Column<Account.PeriodBalance> => [
    column,
    (rows) => Param.amounts(rows.map((row) => row[column]))
  ])
]

/** The same of a table `a` or `b` as JSON has them: amounts as text, since JSON has no whole numbers of that size. */
export const accountJson = "a.id, a.debits::text, a.credits::text"
export const balanceJson = ["b.account", "b.period", ...amountColumns.map((column) => `b.${column}::text`)].join(", ")
type Json<Row> = { readonly [Key in keyof Row]: Row[Key] extends bigint ? string : Row[Key] }

export const accountOf = (row: unknown): Account.Account => {
  const { credits, debits, id } = row as Json<Account.Account>
  return { id, debits: BigInt(debits), credits: BigInt(credits) }
}
export const balanceOf = (row: unknown): Account.PeriodBalance => {
  const { account, awards, credits, debits, fees, opening, paid, payouts, period } = row as Json<Account.PeriodBalance>
  return {
    account,
    period,
    opening: BigInt(opening),
    debits: BigInt(debits),
    credits: BigInt(credits),
    fees: BigInt(fees),
    awards: BigInt(awards),
    payouts: BigInt(payouts),
    paid: BigInt(paid)
  }
}

/** Writes balances over those that are there. */
const balancesWriter = (db: CompanyDatabase) => {
  /** Balances of one period, as those of a commit nearly always are: its date goes once. */
  const putOfPeriod = (period: Period, rows: ReadonlyArray<Account.PeriodBalance>) =>
    statement(
      `insert into ${db.schema}.balances (company, period, account, ${amountList})
        select $1, $2, * from unnest($3, $4, $5, $6, $7, $8, $9, $10) as b (account, ${amountList}) order by account
        ${replacingBalances}`,
      [
        db.company,
        Param.date(period),
        Param.texts(rows.map(({ account }) => account)),
        ...amountColumns.map((column) => Param.amounts(rows.map((row) => row[column])))
      ]
    )

  return (rows: ReadonlyArray<Account.PeriodBalance>) => {
    const periods = new Set(rows.map(({ period }) => period))
    if (periods.size === 1) return [putOfPeriod(rows[0]!.period, rows)]
    return [...periods].map((each) =>
      putOfPeriod(
        each,
        rows.filter(({ period }) => period === each)
      )
    )
  }
}

interface SumRow {
  readonly kind: string
  readonly debits: string
  readonly credits: string
  readonly red: bigint | number
}

/** The sums of all accounts of a kind, and how many are below zero. */
export const summing = `case when id >= 'popug:' then 'popugs' else substr(id, 9) end as kind,
  sum(debits)::text as debits, sum(credits)::text as credits,
  count(*) filter (where credits < debits and id >= 'popug:') as red`

export const sumsFrom = (rows: ReadonlyArray<SumRow>): AccountSums => {
  const of = (kind: string) => {
    const row = rows.find((each) => each.kind === kind)
    return { debits: BigInt(row?.debits ?? 0), credits: BigInt(row?.credits ?? 0) }
  }
  const inTheRed = Number(rows.find(({ kind }) => kind === "popugs")?.red ?? 0)
  return { popugs: of("popugs"), fees: of("fees"), awards: of("awards"), cash: of("cash"), inTheRed }
}

const sumsOf = (db: CompanyDatabase) =>
  Effect.map(
    db.query<SumRow>(`select ${summing} from ${db.schema}.accounts where company = $1 group by kind`, [db.company]),
    sumsFrom
  )

/** How many balances are read together with other companies': more are read alone. */
const few = 100

/** The balances of a period, by account. */
interface Day {
  readonly company: number
  readonly period: Period
  readonly after: AccountId
  readonly limit: number
}

const balancesOfDays = (db: Asking, days: ReadonlyArray<Day>) =>
  Effect.map(
    db.query<Account.PeriodBalance & { readonly place: number }>(
      `select asked.place::int, b.account, b.period, ${amountColumns.map((column) => `b.${column}`).join(", ")}
        from unnest($1, $2, $3, $4) with ordinality as asked (company, period, after, most, place) cross join lateral (
          select * from ${db.schema}.balances b
          where b.company = asked.company and b.period = asked.period and b.account > asked.after
          order by b.account limit asked.most
        ) b order by asked.place, b.account`,
      [
        Param.smallInts(days.map(({ company }) => company)),
        Param.dates(days.map(({ period }) => period)),
        Param.texts(days.map(({ after }) => after)),
        Param.ints(days.map(({ limit }) => limit))
      ]
    ),
    (rows) => {
      const found = Map.groupBy(rows, ({ place }) => place)
      return days.map((_, index) => (found.get(index + 1) ?? []).map(({ place: _place, ...balance }) => balance))
    }
  )

const balancing: Question<Day, ReadonlyArray<Account.PeriodBalance>> = {
  one: (db, day) => Effect.map(balancesOfDays(db, [day]), ([rows]) => rows!),
  many: balancesOfDays
}

/** The balances of some accounts of the last period in which each moved, not later than one. */
const balancesUpTo = (db: CompanyDatabase, ids: ReadonlyArray<AccountId>, period: Period) =>
  db.query<Account.PeriodBalance>(
    `select b.* from (select distinct id from unnest($2) as a (id)) a cross join lateral (
      select ${balanceList} from ${db.schema}.balances where company = $1 and account = a.id and period <= $3
      order by period desc limit 1
    ) b`,
    [db.company, Param.texts(ids), Param.date(period)]
  )

/** The balances of an account of the periods of a range in which it moved. */
const balancesOf = (
  db: CompanyDatabase,
  account: AccountId,
  { from, to }: PeriodRange<Period>,
  { after, limit }: Paging<Period>
) => {
  const params = [db.company, Param.text(account), Param.int(limit + 1)]
  const bound = (than: string, period: Period | undefined) =>
    period === undefined ? "" : ` and period ${than} $${params.push(Param.date(period))}`
  return pageOf(
    db.query<Account.PeriodBalance>(
      `select ${balanceList} from ${db.schema}.balances where company = $1 and account = $2
        ${bound(">=", from)}${bound("<=", to)}${bound(">", after)} order by period limit $3`,
      params
    ),
    limit,
    (row) => row
  )
}

/** Writes accounts over those that are there. */
const put = (db: CompanyDatabase, rows: ReadonlyArray<Account.Account>) =>
  rows.length === 0
    ? []
    : one(
        `insert into ${db.schema}.accounts (company, id, debits, credits)
          select $1, * from unnest($2, $3, $4) as a (id, debits, credits) order by id ${replacingAccounts}`,
        [db.company, ...accountColumns.map(([, list]) => list(rows))]
      )

export const make = (db: CompanyDatabase) => {
  const accounts = `${db.schema}.accounts`
  const balances = `${db.schema}.balances`

  const get = (ids: ReadonlyArray<AccountId>) =>
    ids.length === 0
      ? Effect.succeed([])
      : db.query<Account.Account>(`select id, debits, credits from ${accounts} where company = $1 and id = any($2)`, [
          db.company,
          Param.texts(ids)
        ])

  /** The accounts asked for, with their balances of a period; those that moved in it too, if they are asked for. */
  const load = Effect.fnUntraced(function* (ids: ReadonlyArray<AccountId>, moved: boolean, period: Period | null) {
    if (period === null) return { accounts: yield* get(ids), balances: [] }
    if (ids.length === 0 && !moved) return { accounts: [], balances: [] }
    const found = yield* db.query<Account.PeriodBalance>(
      `select ${balanceList} from ${balances} where company = $1 and period = $2${moved ? "" : " and account = any($3)"}`,
      [db.company, Param.date(period), ...(moved ? [] : [Param.texts(ids)])]
    )
    const wanted = moved ? [...new Set([...ids, ...found.map(({ account }) => account)])] : ids
    return { accounts: yield* get(wanted), balances: found }
  })

  const list = ({ ids, inTheRed }: AccountFilter, { after, limit }: Paging<AccountId>) =>
    pageOf(
      db.query<Account.Account>(
        `select id, debits, credits from ${accounts}
          where company = $1 and id > $2${inTheRed === true ? " and credits < debits and id >= 'popug:'" : ""}
            ${ids === undefined ? "" : "and id = any($4)"}
          order by id limit $3`,
        [db.company, Param.text(after ?? ""), Param.int(limit + 1), ...(ids === undefined ? [] : [Param.texts(ids)])]
      ),
      limit,
      (row) => row
    )

  const ofPeriod = (period: Period, { after = "" as AccountId, limit }: Paging<AccountId>) =>
    pageOf(
      Effect.flatMap(
        db.gathered.ask(balancing, { company: db.number, period, after, limit: Math.min(limit, few) + 1 }),
        (rows) =>
          rows.length <= few || limit <= few
            ? Effect.succeed(rows)
            : db.query<Account.PeriodBalance>(
                `select ${balanceList} from ${balances} where company = $1 and period = $2 and account > $3
                  order by account limit $4`,
                [db.company, Param.date(period), Param.text(after), Param.int(limit + 1)]
              )
      ),
      limit,
      (row) => row
    )

  return {
    put: (rows: ReadonlyArray<Account.Account>) => put(db, rows),
    putBalances: balancesWriter(db),
    load,
    list,
    sums: sumsOf(db),
    ofPeriod,
    ofAccount: (account: AccountId, range: PeriodRange<Period>, paging: Paging<Period>) =>
      balancesOf(db, account, range, paging),
    upTo: (ids: ReadonlyArray<AccountId>, period: Period) => balancesUpTo(db, ids, period)
  }
}
