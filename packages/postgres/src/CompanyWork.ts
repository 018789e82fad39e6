/**
 * `CompanyWork` on Postgres: one statement finds what is due, for all companies of the database, and claims it.
 */
import {
  type Claim,
  type CompanyConsumer,
  type CompanyHealth,
  CompanyWork,
  type Cursor,
  type Envelope,
  type Period,
  Report,
  type StoreError,
  type StreamEnd
} from "@popug/core"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { Alarm } from "./Alarm.ts"
import { findDamaged, isOfOne } from "./damage.ts"
import type { Database } from "./Database.ts"
import * as Param from "./Param.ts"

/** How many companies one look goes through. */
const slice = 500

/** A claim that is to last for longer was made by a clock that has been put back since. */
const farthestMillis = 86_400_000

/** How many companies may be told of before somebody listens; what is forgotten is found by looking. */
const memory = 10_000

/** The rows of a company's contexts side by side, for the companies of `from`, and what each has to do. */
const working = (schema: string, from: string) => {
  const of = (alias: string, name: string) =>
    `left join ${schema}.contexts ${alias} on ${alias}.company = f.company and ${alias}.name = '${name}'`
  const goesOn = (alias: string, path: string, head: string) =>
    `((${alias}.state ${path} ->> 'stopped') is null and ${head}.number > (${alias}.state ${path} ->> 'number')::bigint)`
  return `select f.company from (${from}) f
      ${of("u", "users")} ${of("t", "tasks")} ${of("b", "billing")} ${of("r", "reports")}
      where not coalesce(u.resting or t.resting or b.resting or r.resting, false) and (
        t.due_ms <= (select now from at)
        or ${goesOn("t", "-> 'cursor'", "u")} or ${goesOn("b", "-> 'users'", "u")}
        or (${goesOn("b", "-> 'tasks'", "t")} and not (
          b.rules ->> 'closing' = 'by-hand' and b.state ->> 'awaiting' is not null
            and b.state ->> 'approved' is distinct from b.state ->> 'awaiting'
        ))
        or (r.state ->> 'stopped' is null and b.number > r.number)
        or exists (select from ${schema}.notices n where n.company = f.company and n.status = 'pending'
          and n.due_ms <= (select now from at))
        or exists (select from ${schema}.notices n where n.company = f.company and n.status = 'pending'
          and n.due_ms > (select now from at) + ${Report.farthestDueMillis})
      )`
}

/** Nobody has claimed a company, or the claim has run out. */
const isFree = (alias: string) =>
  `(${alias}.until_ms <= (select now from at) or ${alias}.until_ms > (select now from at) + ${farthestMillis})`

/** Claims the companies of `wanted`; of nodes that do so at once each gets others. */
const claiming = (schema: string, wanted: string) => `taken as (
    insert into ${schema}.claims as k (company, until_ms, attempts)
      select company, (select now from at) + $2, 1 from (${wanted}) w order by company
      on conflict (company) do update set until_ms = excluded.until_ms, attempts = k.attempts + 1
        where ${isFree("k")}
      returning company, until_ms, attempts
  )`

interface ClaimRow {
  readonly id: string
  readonly number: number
  readonly until_ms: bigint
  readonly attempts: number
  readonly over?: boolean
}

const claimOf = ({ attempts, id, number, over, until_ms }: ClaimRow): Claim => ({
  company: id,
  attempts,
  isDayOver: over ?? false,
  token: `${number}:${until_ms}`
})

const claimed = (schema: string) =>
  `select c.id, c.number, t.until_ms, t.attempts from taken t join ${schema}.companies c on c.number = t.company`

/** The number of the company, and until when it was claimed. */
const numbersOf = (claims: ReadonlyArray<Claim>) => {
  const parts = claims.map(({ token }) => token.split(":").map(Number))
  return [Param.smallInts(parts.map(([number]) => number!)), Param.ints(parts.map(([, until]) => until!))]
}

/** The companies that a look goes through: those that follow a number, without those that can't be read. */
const partSql = (schema: string, after: string, without: string) =>
  `select id, number from ${schema}.companies where number > ${after} and number <> all(${without})
    order by number limit ${slice}`

/** Days that are over are found by their index; what else is due, in a part of all companies after another. */
const dueSql = (db: Database) => {
  const { clockSql, schema } = db
  const unclaimed = (company: string) =>
    `not exists (select from ${schema}.claims k where k.company = ${company} and not ${isFree("k")})`
  const part = `select number as company from (${partSql(schema, "$4", "$5")}) p`
  return `with at as materialized (select coalesce(${clockSql}, $1) as now), days as materialized (
      select company, due_ms from ${schema}.contexts c
      where due_ms <= (select now from at) and not resting and ${unclaimed("c.company")} order by due_ms limit $3
    ), part as materialized (${part}), others as materialized (
      select company from (${working(schema, "select company from part")}) w
      where ${unclaimed("w.company")} and not exists (select from days d where d.company = w.company)
      order by company limit $3 - (select count(*) from days)
    ), ${claiming(schema, "select company from days union all select company from others")}
    , found as (${claimed(schema)})
    select case when (select count(*) from days) >= $3 then $4::int
        when (select count(*) from days) + (select count(*) from others) >= $3 then (select max(company) from others)
        when (select count(*) from part) < ${slice} then null else (select max(company) from part) end as next,
      (select coalesce(json_agg(json_build_object('id', id, 'number', number, 'until_ms', until_ms,
        'attempts', attempts, 'over', due_ms is not null) order by due_ms, number), '[]')::text
        from found left join days on company = number) as claims`
}

const claimSql = ({ clockSql, schema }: Database) =>
  `with at as materialized (select coalesce(${clockSql}, $1) as now),
    ${claiming(
      schema,
      `select w.company from (${working(
        schema,
        `select number as company from ${schema}.companies where id = any($3)`
      )}) w where not exists (select from ${schema}.claims k where k.company = w.company and not ${isFree("k")})`
    )}
    ${claimed(schema)}`

/** By Effect's clock, where that is the store's. */
const now = Effect.map(Clock.currentTimeMillis, Param.int)

/** For how long a company whose rows can't be read is left out of looks, in milliseconds. */
const leftOutMillis = 60_000

/** Looks at companies as long as those can be read; those that can't are said in the log, and left out for a while. */
const leavingOut = (db: Database) => {
  const since = new Map<number, bigint>()
  const one = `with at as materialized (select coalesce(${db.clockSql}, $1) as now) ${working(
    db.schema,
    "select number as company from unnest($2) as p (number)"
  )}`
  const damagedAfter = Effect.fnUntraced(function* (after: number, without: ReadonlyArray<number>) {
    const part = yield* db.query<{ readonly id: string; readonly number: number }>(partSql(db.schema, "$1", "$2"), [
      Param.int4(after),
      Param.smallInts(without)
    ])
    const at = yield* now
    return yield* findDamaged(part, (some) => db.query(one, [at, Param.smallInts(some.map(({ number }) => number))]))
  })
  return <A>(after: number, look: (without: ReadonlyArray<number>) => Effect.Effect<A, StoreError>) =>
    Effect.gen(function* () {
      const nanos = yield* Clock.monotonicTimeNanos
      for (const [number, at] of since) if (nanos - at > BigInt(leftOutMillis) * 1_000_000n) since.delete(number)
      const without = [...since.keys()]
      return yield* Effect.catchIf(look(without), isOfOne, (error) =>
        Effect.gen(function* () {
          const damaged = yield* damagedAfter(after, without)
          if (damaged.length === 0) return yield* error
          for (const [{ id, number }, why] of damaged) {
            since.set(number, nanos)
            yield* Effect.logError(`what company ${id} has to do can't be read: nobody looks for it`, why)
          }
          return yield* look([...since.keys()])
        })
      )
    })
}

/** Whom words are about: ids by the numbers of companies, which never change. */
const words = (db: Database, alarm: Alarm) =>
  Effect.gen(function* () {
    const told = yield* Queue.sliding<string>(memory)
    const numbers = yield* Queue.sliding<number>(memory)
    const ids = new Map<number, string>()
    yield* Effect.acquireRelease(
      Effect.sync(() => alarm.overhear((company) => Queue.offerUnsafe(numbers, company))),
      (leave) => Effect.sync(leave)
    )
    const tell = Effect.gen(function* () {
      const heard = [...new Set(yield* Queue.takeAll(numbers))]
      const unknown = heard.filter((number) => !ids.has(number))
      if (unknown.length > 0) {
        const rows = yield* db.query<{ readonly id: string; readonly number: number }>(
          `select id, number from ${db.schema}.companies where number = any($1)`,
          [Param.smallInts(unknown)]
        )
        for (const { id, number } of rows) ids.set(number, id)
      }
      yield* Queue.offerAll(
        told,
        heard.flatMap((number) => ids.get(number) ?? [])
      )
    })
    // What is not told is found by looking.
    yield* Effect.forkScoped(Effect.forever(Effect.ignore(tell)))
    return told
  })

interface HealthRow {
  readonly id: string
  readonly resting: boolean
  readonly due_ms: bigint | null
  readonly heads: Readonly<Record<string, { readonly number: number; readonly state: Record<string, unknown> }>>
  readonly attempts: number | null
}

type Place = { readonly number: number; readonly stopped: Cursor.Stop | null }

/** Where a consumer stands by a row that was damaged: nowhere that it could go on from. */
const unreadable: Place = {
  number: 0,
  stopped: { reason: "Conflict", number: 0, message: "where it stands can't be read" }
}
const placeOf = (place: Place | undefined): Place | undefined =>
  place === undefined || Number.isSafeInteger(place?.number) ? place : unreadable

const healthOf = ({ attempts, due_ms, heads, id, resting }: HealthRow): CompanyHealth => {
  const { billing, reports, tasks } = heads
  const consumer = (name: string, source: Envelope.Source, kept: Place | undefined): Array<CompanyConsumer> => {
    const place = placeOf(kept)
    if (place === undefined) return []
    const { number, stopped = null } = place
    return [{ consumer: name, source, number, behind: (heads[source]?.number ?? number) - number, stopped }]
  }
  const reported = reports === undefined ? undefined : { number: reports.number, stopped: reports.state?.["stopped"] }
  return {
    company: id,
    resting,
    period: (tasks?.state?.["period"] as Period | undefined) ?? null,
    dueAt: due_ms === null ? null : DateTime.makeUnsafe(Number(due_ms)),
    consumers: [
      ...consumer("tasks", "users", tasks?.state?.["cursor"] as Place | undefined),
      ...consumer("billing", "tasks", billing?.state?.["tasks"] as Place | undefined),
      ...consumer("billing.users", "users", billing?.state?.["users"] as Place | undefined),
      ...consumer("reports", "billing", reported as Place | undefined)
    ],
    attempts: attempts ?? 0
  }
}

const health = (db: Database, companies: ReadonlyArray<string>) =>
  Effect.map(
    db.query<HealthRow>(
      `select o.id, bool_or(c.resting) as resting, max(c.due_ms) as due_ms, max(k.attempts) as attempts,
          json_object_agg(c.name, json_build_object('number', c.number, 'state', c.state)) as heads
        from ${db.schema}.companies o join ${db.schema}.contexts c on c.company = o.number
          left join ${db.schema}.claims k on k.company = o.number
        where o.id = any($1) group by o.id order by o.id`,
      [Param.texts(companies)]
    ),
    (rows) => rows.map(healthOf)
  )

const ends = (db: Database, companies: ReadonlyArray<string>) =>
  Effect.map(
    db.query<{ readonly id: string; readonly name: Envelope.Source; readonly number: bigint }>(
      `select o.id, c.name, c.number from ${db.schema}.companies o join ${db.schema}.contexts c on c.company = o.number
        where o.id = any($1) and c.name in ('users', 'tasks', 'billing')`,
      [Param.texts(companies)]
    ),
    (rows) => rows.map(({ id, name, number }): StreamEnd => ({ company: id, source: name, number: Number(number) }))
  )

export const make = (db: Database, alarm: Alarm): CompanyWork["Service"] => {
  const [due, claim, looking] = [dueSql(db), claimSql(db), leavingOut(db)]
  return CompanyWork.of({
    due: Effect.fnUntraced(function* ({ after, lease, limit }) {
      const at = yield* now
      const from = Number(after ?? 0)
      const [row] = yield* looking(from, (without) =>
        db.query<{ readonly next: number | null; readonly claims: string }>(due, [
          at,
          Param.int(Duration.toMillis(lease)),
          Param.int(limit),
          Param.int4(from),
          Param.smallInts(without)
        ])
      )
      const claims = (JSON.parse(row!.claims) as ReadonlyArray<ClaimRow>).map(claimOf)
      return { claims, next: row!.next === null ? null : `${row!.next}` }
    }),
    claim: Effect.fnUntraced(function* (companies, lease) {
      if (companies.length === 0) return []
      const at = yield* now
      const millis = Param.int(Duration.toMillis(lease))
      const found: Array<ClaimRow> = []
      // Of companies that can't be read a look says so.
      yield* findDamaged(companies, (some) =>
        Effect.map(db.query<ClaimRow>(claim, [at, millis, Param.texts(some)]), (rows) => void found.push(...rows))
      )
      return found.map(claimOf)
    }),
    done: (claims) =>
      claims.length === 0
        ? Effect.void
        : Effect.asVoid(
            db.query(
              `delete from ${db.schema}.claims k using (
                select k.company from ${db.schema}.claims k
                join unnest($1, $2) as d (company, until_ms) on k.company = d.company and k.until_ms = d.until_ms
                order by k.company for update of k
              ) d where k.company = d.company`,
              numbersOf(claims)
            )
          ),
    putOff: Effect.fnUntraced(function* (claims, wait) {
      if (claims.length === 0) return
      yield* db.query(
        `with at as materialized (select coalesce(${db.clockSql}, $3) as now)
          update ${db.schema}.claims k set until_ms = (select now from at) + $4 from (
            select k.company from ${db.schema}.claims k
            join unnest($1, $2) as d (company, until_ms) on k.company = d.company and k.until_ms = d.until_ms
            order by k.company for update of k
          ) d where k.company = d.company`,
        [...numbersOf(claims), yield* now, Param.int(Duration.toMillis(wait))]
      )
    }),
    words: words(db, alarm),
    health: (companies) => health(db, companies),
    ends: (companies) => (companies.length === 0 ? Effect.succeed([]) : ends(db, companies))
  })
}
