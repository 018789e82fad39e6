/**
 * Notices that are due, and what became of them: asked for together with other companies'.
 */
import { Report } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "../Database.ts"
import type { Asking, Question } from "../Gathered.ts"
import * as Param from "../Param.ts"
import { type NoticeRow, reading, readNotice } from "./rows.ts"

const leaseMillis = 60_000

export const columns = "id, notice, status, attempts, due_ms, last_error"

/** What a company is asked for; the instant is Effect's, null where the database's clock gives it. */
interface Asked {
  readonly company: number
  readonly limit: number
  readonly now: number | null
}

type Leased = NoticeRow & { readonly company: number }

/** Takes pending notices that are due, and those put off by a clock that was put back, until the lease is over. */
const leaseAll = (db: Asking, asked: ReadonlyArray<Asked>) => {
  const { clockSql, schema } = db
  // Those that another node is taking at this moment are passed by.
  const taking = (where: string, limit: string) =>
    `select a.company, a.now, n.id, n.due_ms as was from asked a cross join lateral (
        select id, due_ms from ${schema}.notices n where n.company = a.company and n.status = 'pending' and ${where}
        order by n.due_ms, n.id limit ${limit} for update skip locked
      ) n`
  return Effect.map(
    db.query<Leased>(
      `with asked as materialized (
          select company, most, coalesce(${clockSql}, now) as now from unnest($1, $2, $3) as a (company, most, now)
        ), due as materialized (${taking("n.due_ms <= a.now", "a.most")}
        ), put_off as materialized (${taking(
          `n.due_ms > a.now + ${Report.farthestDueMillis}`,
          "a.most - (select count(*) from due d where d.company = a.company)"
        )}
        ), leased as (
          update ${schema}.notices n set due_ms = t.now + ${leaseMillis}
          from (select * from due union all select * from put_off) t where n.company = t.company and n.id = t.id
          returning t.was, n.*
        ) select company, ${columns} from leased order by company, was, id`,
      [
        Param.smallInts(asked.map(({ company }) => company)),
        Param.ints(asked.map(({ limit }) => limit)),
        Param.ints(asked.map(({ now }) => now))
      ]
    ),
    (rows) => {
      const found = Map.groupBy(rows, ({ company }) => company)
      return asked.map(({ company }) => found.get(company) ?? [])
    }
  )
}

const leasing: Question<Asked, ReadonlyArray<NoticeRow>> = {
  one: (db, asked) => Effect.map(leaseAll(db, [asked]), ([rows]) => rows!),
  many: leaseAll,
  keyOf: ({ company }) => company
}

/** Takes up to `limit` notices of a company whose time has come. */
export const due = (db: CompanyDatabase, limit: number) =>
  reading(
    "notice",
    Effect.flatMap(db.askedAt, (now) =>
      Effect.map(db.gathered.ask(leasing, { company: db.number, limit, now }), (rows) => rows.map(readNotice))
    )
  )

interface Settled extends Pick<Asked, "company" | "now"> {
  readonly notices: ReadonlyArray<Report.SettledNotice>
}

/** In the order of the key, so that two processes never wait in a ring. */
const settleAll = (db: Asking, all: ReadonlyArray<Settled>) => {
  const { clockSql, schema } = db
  const rows = all.flatMap(({ company, notices, now }) => notices.map((notice) => ({ ...notice, company, now })))
  return Effect.map(
    db.query(
      `update ${schema}.notices n set status = s.status, attempts = s.attempts, due_ms = s.due_ms,
          last_error = s.last_error
        from (
          select n.company, n.id, s.status, s.attempts, coalesce(${clockSql}, s.now) + s.wait as due_ms, s.last_error
          from unnest($1, $2, $3, $4, $5, $6, $7) as s (company, id, status, attempts, wait, last_error, now)
            join ${schema}.notices n using (company, id) order by n.company, n.id for update of n
        ) s where n.company = s.company and n.id = s.id`,
      [
        Param.smallInts(rows.map(({ company }) => company)),
        Param.texts(rows.map(({ id }) => id)),
        Param.texts(rows.map(({ status }) => status)),
        Param.smallInts(rows.map(({ attempts }) => attempts)),
        Param.ints(rows.map(({ waitMillis }) => waitMillis)),
        Param.texts(rows.map(({ lastError }) => lastError)),
        Param.ints(rows.map(({ now }) => now))
      ]
    ),
    () => all.map(() => undefined)
  )
}

const settling: Question<Settled, void> = {
  one: (db, settled) => Effect.asVoid(settleAll(db, [settled])),
  many: settleAll,
  keyOf: ({ company }) => company
}

/** Notes what became of notices; ids that are not kept change nothing. */
export const settle = (db: CompanyDatabase, notices: ReadonlyArray<Report.SettledNotice>) =>
  notices.length === 0
    ? Effect.void
    : Effect.flatMap(db.askedAt, (now) => db.gathered.ask(settling, { company: db.number, notices, now }))
