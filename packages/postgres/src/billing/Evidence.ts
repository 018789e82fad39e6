/**
 * What closes are proved with, of many companies at one moment, together with their heads.
 */
import { type BillingHead, daysBack, type Evidence, type Period, type StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "../Database.ts"
import { corrupt } from "../errors.ts"
import type { Asking, Question } from "../Gathered.ts"
import * as Param from "../Param.ts"
import * as Seen from "../Seen.ts"
import { sourceNumber } from "../sources.ts"
import { accountJson, accountOf, balanceJson, balanceOf, summing as summingAccounts, sumsFrom } from "./Accounts.ts"
import { closedJson, closedOf } from "./ClosedPeriods.ts"
import { codec } from "./head.ts"
import { readSum, type SumRow, summing as summingTransfers } from "./Journal.ts"

/** How many balances of a day are read so at most, and transfers summed: more are better read alone. */
const most = { balances: 256, transfers: 2_000 }

/** The open period of a company, none where nothing was ever booked. */
interface Asked {
  readonly db: CompanyDatabase
  readonly period: Period | null
}

const names = ["closed", "sealed", "accounts", "balances", "before", "moves", "ends", "sums"] as const
type Found = { readonly row: Seen.Row | undefined } & Readonly<Record<(typeof names)[number], ReadonlyArray<unknown>>>

const lookTogether = (db: Asking, asked: ReadonlyArray<Asked>): Effect.Effect<ReadonlyArray<Found>, StoreError> => {
  const { schema } = db
  // One more tells that there are too many.
  const limit = most.balances + 1
  const common = `with n as materialized (
      select a.company, a.period, l.period as last, coalesce(l.last_transfer, 0) as transfer
      from unnest($2, $3) as a (company, period) left join lateral (
        select period, last_transfer from ${schema}.closed_periods c
        where c.company = a.company and c.period >= a.period - ${daysBack} and c.period < a.period
        order by c.period desc limit 1
      ) l on true
    ), today as materialized (
      select b.* from n cross join lateral (
        select * from ${schema}.balances b where b.company = n.company and b.period = n.period
        order by account limit ${limit}
      ) b
    ), ids as materialized (
      select company, unnest(array['company:awards', 'company:cash', 'company:fees']) as id from n
      union select company, account from today
    )`
  return Seen.lookTogether(
    db,
    "billing",
    asked.map(({ db: own }) => own),
    {
      closed: `select c.company, ${closedJson} from n cross join lateral (
          select * from ${schema}.closed_periods c where c.company = n.company and c.period >= n.period - ${daysBack}
          order by c.period limit 10
        ) c order by c.company, c.period`,
      sealed: `select b.company, ${balanceJson} from n cross join lateral (
          select * from ${schema}.balances b where b.company = n.company and b.period = n.last
          order by b.account limit ${limit}
        ) b order by b.company, b.account`,
      balances: `select b.company, ${balanceJson} from today b`,
      accounts: `select ids.company, ${accountJson} from ids cross join lateral (
          select * from ${schema}.accounts a where a.company = ids.company and a.id = ids.id limit 1
        ) a`,
      before: `select b.company, ${balanceJson} from ids join n using (company) cross join lateral (
          select * from ${schema}.balances b where b.company = ids.company and b.account = ids.id and b.period <= n.last
          order by b.period desc limit 1
        ) b`,
      moves: `select s.*, a.id as popug from n cross join lateral (
          select n.company, ${summingTransfers} from ${schema}.transfers t
          where t.company = n.company and t.number > n.transfer group by period, kind, account, debited, reversed
        ) s join ${schema}.account_numbers a on a.company = s.company and a.number = s.account`,
      ends: `select n.company, coalesce((
            select number from ${schema}.transfers t where t.company = n.company order by number desc limit 1
          ), 0) as transfer, coalesce((
            select number from ${schema}.events e where e.company = n.company and e.source = ${sourceNumber("billing")}
            order by number desc limit 1
          ), 0) as event from n`,
      sums: `select s.* from n cross join lateral (
          select n.company, ${summingAccounts} from ${schema}.accounts a where a.company = n.company group by kind
        ) s`
    },
    [
      Param.smallInts(asked.map(({ db: own }) => own.number)),
      Param.dates(asked.map(({ period }) => period ?? Param.forever))
    ],
    common
  )
}

const asking: Question<Asked, Found> = {
  one: (db, asked) => Effect.map(lookTogether(db, [asked]), ([found]) => found!),
  many: lookTogether,
  keyOf: ({ db }) => db.number
}

interface Ends {
  readonly transfer: number
  readonly event: number
}

const read = (found: Found): Evidence => {
  const [ends] = found.ends as ReadonlyArray<Ends>
  return {
    closed: found.closed.map(closedOf),
    sealed: found.sealed.map(balanceOf),
    accounts: found.accounts.map(accountOf),
    balances: found.balances.map(balanceOf),
    before: found.before.map(balanceOf),
    moves: { sums: (found.moves as ReadonlyArray<SumRow>).map(readSum), last: ends!.transfer },
    sums: sumsFrom(found.sums as Parameters<typeof sumsFrom>[0]),
    last: ends!.event
  }
}

/** What the open period of a company is proved with; undefined for more than is to be read at once. */
export const look = (db: CompanyDatabase, { period, totals }: BillingHead) =>
  totals.transfers > most.transfers
    ? undefined
    : Effect.gen(function* () {
        const found = yield* db.gathered.ask(asking, { db, period })
        if (Math.max(found.sealed.length, found.balances.length) > most.balances) return undefined
        const seen = yield* Seen.seen(db, codec, found.row)
        const loaded = yield* Effect.try({
          try: () => read(found),
          catch: (error) => corrupt("what a close is proved with can't be read", error)
        })
        return { seen, loaded }
      })
