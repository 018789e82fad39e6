/**
 * Small commits of billing, which take no lock: what a commit loads is read together with its head, and what it writes
 * is written where the head is still that one. Those of many companies go as one statement; each is done, or not, by
 * itself.
 */
import type { BillingChanges, BillingHead, BillingLoad, BillingQuery, BillingTransaction } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Commands from "../Commands.ts"
import type { CompanyDatabase } from "../Database.ts"
import * as Events from "../Events.ts"
import type { Asking, Question } from "../Gathered.ts"
import { lastOf } from "../pages.ts"
import * as Param from "../Param.ts"
import * as Seen from "../Seen.ts"
import { sourceNumber } from "../sources.ts"
import { statement } from "../statements.ts"
import { inserting, rowsOf, type Step, writeIf, writing, type Written } from "../together.ts"
import type { Beside } from "../unlocked.ts"
import {
  accountColumns,
  accountJson,
  accountOf,
  balanceColumns,
  balanceJson,
  balanceOf,
  replacingAccounts,
  replacingBalances
} from "./Accounts.ts"
import { areTasks, findingTasks, taskCauses } from "./causes.ts"
import { closedColumns } from "./ClosedPeriods.ts"
import * as Evidence from "./Evidence.ts"
import { codec } from "./head.ts"
import { holderColumns, replacingHolders } from "./Holders.ts"
import { transferJson, transferOf } from "./Journal.ts"
import { priceColumns, priceJson, priceOf } from "./Prices.ts"
import { shuffleColumns } from "./Shuffles.ts"
import { beginsOf, fullOf, fullRows, popugOf } from "./Transfers.ts"

/** Commits that load more than these of a kind are better done under the lock. */
const small = 256

/** All that a day has moved, and what corrects what, is looked for by statements of its own. */
const isSmall = ({ accounts, causes, moved, prices, transfers }: BillingQuery): boolean =>
  !moved &&
  transfers.length === 0 &&
  Math.max(accounts.length, causes.length, prices.length) <= small &&
  areTasks(causes)

/** What one company's books are asked for, under a head. */
interface Asked {
  readonly db: CompanyDatabase
  readonly query: BillingQuery
  readonly head: BillingHead
}

type Found = { readonly row: Seen.Row | undefined } & Readonly<
  Record<"prices" | "accounts" | "balances" | "booked" | "commands", ReadonlyArray<unknown>>
>

const lookTogether = (db: Asking, asked: ReadonlyArray<Asked>) => {
  const { schema } = db
  const keys = (idsOf: (query: BillingQuery) => ReadonlyArray<string>) =>
    Seen.keysOf(asked, ({ query }) => idsOf(query))
  const prices = keys((query) => query.prices)
  const accounts = keys((query) => query.accounts)
  const commands = keys((query) => query.commands)
  const periods = asked.flatMap(({ head, query }) => query.accounts.map(() => head.period ?? Param.forever))
  return Effect.map(
    Seen.lookTogether(
      db,
      "billing",
      asked.map(({ db: own }) => own),
      {
        prices: `select n.company, ${priceJson} from unnest($2, $3) as n (company, task) cross join lateral (
            select * from ${schema}.prices p where p.company = n.company and p.task = n.task limit 1
          ) p`,
        accounts: `select n.company, ${accountJson} from unnest($4, $5) as n (company, id) cross join lateral (
            select * from ${schema}.accounts a where a.company = n.company and a.id = n.id limit 1
          ) a`,
        balances: `select n.company, ${balanceJson} from unnest($4, $5, $6) as n (company, account, period)
          cross join lateral (
            select * from ${schema}.balances b
            where b.company = n.company and b.account = n.account and b.period = n.period limit 1
          ) b`,
        commands: `select company, ${Commands.jsonColumns} from unnest($7, $8) as n (company, id)
          join ${schema}.commands using (company, id) where source = ${sourceNumber("billing")}`,
        booked: `select company, ${transferJson(`${schema}.account_numbers`)}
          from (${findingTasks(schema, 9)}) found join ${schema}.transfers t using (company, number)`
      },
      [
        prices.companies,
        Param.ids(prices.ids),
        accounts.companies,
        Param.texts(accounts.ids),
        Param.dates(periods),
        commands.companies,
        Param.texts(commands.ids),
        ...taskCauses(asked.map(({ db: own, query }) => [own.number, query.causes]))
      ]
    ),
    (found): ReadonlyArray<Found> => found
  )
}

const looking: Question<Asked, Found> = {
  one: (db, asked) => Effect.map(lookTogether(db, [asked]), ([found]) => found!),
  many: lookTogether,
  keyOf: ({ db }) => db.number
}

type Commit = Written<BillingChanges>

/** Accounts that have no number yet get the next ones. */
const numbering = (schema: string, written: ReadonlyArray<Commit>): Step => {
  const { companies, rows } = rowsOf(written, ({ changes }) => [...new Set(changes.transfers.map(popugOf))])
  return [
    "numbered",
    statement(
      `insert into ${schema}.account_numbers (company, number, id)
        select n.company, coalesce((
            select number from ${schema}.account_numbers a where a.company = n.company order by number desc limit 1
          ), 3) + row_number() over (partition by n.company order by n.place), n.id
        from unnest($1, $2) with ordinality as n (company, id, place) join moved using (company)
        where not exists (select from ${schema}.account_numbers a where a.company = n.company and a.id = n.id)
        returning company, number, id`,
      [Param.smallInts(companies), Param.texts(rows)]
    )
  ]
}

const transferring = (schema: string, written: ReadonlyArray<Commit>): ReadonlyArray<Step> => {
  const transfers = rowsOf(written, ({ changes }) => changes.transfers.map(fullOf))
  if (transfers.rows.length === 0) return []
  const numberOf = (table: string) =>
    `(select k.number from ${table} k where k.company = n.company and k.id = n.account)`
  return [
    numbering(schema, written),
    ...inserting(
      "begun",
      rowsOf(written, ({ changes }) => beginsOf(changes.transfers)),
      `${schema}.journal_periods`,
      [
        ["period", (rows) => Param.dates(rows.map(([period]) => period))],
        ["first_transfer", (rows) => Param.ints(rows.map(([, number]) => number))]
      ],
      "on conflict (company, period) do nothing"
    ),
    ...inserting(
      "transferred",
      transfers,
      `${schema}.transfers`,
      fullRows(`coalesce(${numberOf(`${schema}.account_numbers`)}, ${numberOf("numbered")})`)
    )
  ]
}

const steps = ({ schema }: Asking, written: ReadonlyArray<Commit>): ReadonlyArray<Step> => [
  ...Events.inserting(schema, written),
  ...transferring(schema, written),
  ...inserting(
    "priced",
    rowsOf(written, ({ changes }) => changes.prices),
    `${schema}.prices`,
    priceColumns
  ),
  ...inserting(
    "summed",
    rowsOf(written, ({ changes }) => lastOf(changes.accounts, ({ id }) => id)),
    `${schema}.accounts`,
    accountColumns,
    replacingAccounts
  ),
  ...inserting(
    "balanced",
    rowsOf(written, ({ changes }) => lastOf(changes.balances, ({ account, period }) => `${period}/${account}`)),
    `${schema}.balances`,
    balanceColumns,
    replacingBalances
  ),
  ...inserting(
    "known",
    rowsOf(written, ({ changes }) => lastOf(changes.holders, ({ id }) => id)),
    `${schema}.holders`,
    holderColumns,
    replacingHolders
  ),
  ...inserting(
    "closed",
    rowsOf(written, ({ changes }) => changes.closed),
    `${schema}.closed_periods`,
    closedColumns
  ),
  ...inserting(
    "shuffled",
    rowsOf(written, ({ changes }) => changes.shuffles),
    `${schema}.shuffles`,
    shuffleColumns
  ),
  ...Commands.inserting(schema, "billing", written)
]

const committing = writing<BillingChanges>("billing", steps)

/** How billing's rows of a company are read and written without a lock. */
export const besideOf = (
  db: CompanyDatabase
): Beside<
  BillingHead,
  BillingQuery,
  Omit<BillingLoad, "commands">,
  BillingChanges,
  Pick<BillingTransaction, "evidence" | "moves">
> => ({
  look: (query, head) =>
    isSmall(query)
      ? Effect.gen(function* () {
          const { accounts, balances, booked, commands, prices, row } = yield* db.gathered.ask(looking, {
            db,
            query,
            head
          })
          return {
            seen: yield* Seen.seen(db, codec, row),
            loaded: {
              prices: prices.map(priceOf),
              accounts: accounts.map(accountOf),
              balances: balances.map(balanceOf),
              booked: booked.map(transferOf),
              transfers: [],
              commands: yield* Commands.found(commands)
            }
          }
        })
      : undefined,
  more: (reading, head) => ({
    evidence: reading(() => Evidence.look(db, head)),
    moves: () => reading(() => undefined)
  }),
  writeIf: (changes, seen) => writeIf(committing, codec, db, { after: changes.head, changes, seen })
})
