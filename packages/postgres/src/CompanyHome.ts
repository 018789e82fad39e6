/**
 * `CompanyHome` on Postgres: the rows of many companies, made, put to rest and woken by few statements.
 */
import {
  type CompanyHome,
  type CompanyMismatch,
  Head,
  initialBillingHead,
  initialTaskHead,
  BusinessDay,
  mismatch,
  type OpeningCompany
} from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { codec as billing } from "./billing/head.ts"
import { enterAll } from "./Companies.ts"
import { type HeadCodec, identityColumns, type Kept } from "./Contexts.ts"
import type { Database, Name } from "./Database.ts"
import { identityParams } from "./Opening.ts"
import * as Param from "./Param.ts"
import { codec as reports, initial } from "./reports/head.ts"
import { codec as tasks } from "./TaskStore.ts"
import { codec as users } from "./UserStore.ts"

type Home = CompanyHome["Service"]

/** A row of a context that is opened: what a company begins with. */
interface NewRow {
  readonly number: number
  readonly name: Name
  readonly identity: ReturnType<typeof identityParams>
  readonly head: Head.Head
  readonly state: string
  readonly due: number | null
}

/** The rows of all contexts of a company, as each one's store would make them. */
const rowsOf = (number: number, { calendar, identities }: OpeningCompany, now: DateTime.Utc): ReadonlyArray<NewRow> => {
  const row = <H extends Head.Head>(codec: HeadCodec<H>, head: H): NewRow => {
    const identity = identities[codec.name]
    return {
      number,
      name: codec.name,
      identity: identityParams(identity),
      head,
      state: JSON.stringify(codec.encode(head)),
      due: codec.due?.(head, identity) ?? null
    }
  }
  return [
    row(users, Head.initial(now)),
    row(tasks, initialTaskHead(now, BusinessDay.periodAt(calendar, now))),
    row(billing, initialBillingHead(now)),
    row(reports, initial(now))
  ]
}

const insert = (db: Database, rows: ReadonlyArray<NewRow>) =>
  rows.length === 0
    ? Effect.void
    : db.query(
        `insert into ${db.schema}.contexts
            (company, name, id, time_zone, cutoff, currency, rules, number, at_ms, digest, state, due_ms)
          select company, name, id, time_zone, cutoff, currency, rules::json, number, at_ms, digest, state::json, due_ms
          from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as
            r (company, name, id, time_zone, cutoff, currency, rules, number, at_ms, digest, state, due_ms)`,
        [
          Param.smallInts(rows.map(({ number }) => number)),
          Param.texts(rows.map(({ name }) => name)),
          ...[0, 1, 2, 3, 4].map((place) => Param.texts(rows.map(({ identity }) => identity[place]!))),
          Param.ints(rows.map(({ head }) => head.number)),
          Param.ints(rows.map(({ head }) => head.at.epochMilliseconds)),
          Param.digests(rows.map(({ head }) => head.digest)),
          Param.texts(rows.map(({ state }) => state)),
          Param.ints(rows.map(({ due }) => due))
        ]
      )

type StoredRow = Kept & { readonly company: number; readonly name: Name }

/** In one transaction, so that a company has all of its rows or none. */
const open = (db: Database, companies: ReadonlyArray<OpeningCompany>) =>
  Effect.gen(function* () {
    const numbers = yield* enterAll(
      db,
      companies.map(({ id }) => id)
    )
    const all = [...numbers.values()]
    // Whoever opens one of them by itself waits until this is over.
    yield* db.query(`select from ${db.schema}.companies where number = any($1) order by number for update`, [
      Param.smallInts(all)
    ])
    const stored = Map.groupBy(
      yield* db.query<StoredRow>(
        `select company, name, ${identityColumns} from ${db.schema}.contexts where company = any($1)`,
        [Param.smallInts(all)]
      ),
      ({ company }) => company
    )
    const now = DateTime.makeUnsafe(yield* db.now)
    const mismatches = new Map<string, CompanyMismatch>()
    const rows: Array<NewRow> = []
    for (const company of companies) {
      const number = numbers.get(company.id)!
      const there = stored.get(number) ?? []
      const [other] = there.flatMap((row) => mismatch(row, company.identities[row.name]) ?? [])
      if (other === undefined) {
        const open = new Set(there.map(({ name }) => name))
        if (open.size < 4) rows.push(...rowsOf(number, company, now).filter(({ name }) => !open.has(name)))
      } else mismatches.set(company.id, other)
    }
    yield* insert(db, rows)
    return mismatches
  })

/**
 * Takes every head of the companies, one after another, and so waits for the commits that are under way, after those of
 * a host's cursors. Rows that have gone to another database, or have only just arrived, are not woken.
 */
const setResting = (db: Database, companies: ReadonlyArray<string>, resting: boolean) =>
  Effect.gen(function* () {
    if (resting) {
      yield* db.query(`select from ${db.schema}.companies where id = any($1) order by number for update`, [
        Param.texts(companies)
      ])
    }
    yield* db.query(
      `with taken as (
        select c.company, c.name from ${db.schema}.contexts c join ${db.schema}.companies o on o.number = c.company
        where o.id = any($1) and c.resting <> $2 and c.away is null order by c.company, c.name for update of c
      ) update ${db.schema}.contexts c set resting = $2 from taken t
        where c.company = t.company and c.name = t.name`,
      [Param.texts(companies), Param.boolean(resting)]
    )
  })

export const make = (db: Database): Pick<Home, "open" | "rest" | "wake"> => ({
  open: (companies) => (companies.length === 0 ? Effect.succeed(new Map()) : db.transaction(open(db, companies))),
  rest: (companies) => db.transaction(setResting(db, companies, true)),
  wake: (companies) => db.transaction(setResting(db, companies, false))
})
