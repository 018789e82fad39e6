/**
 * How contexts are opened for a company, and for which: each row says so, and all rows of a company agree.
 */
import { CompanyIdentity, CompanyMismatch, type Head, type Identity, mismatch, type StoreError } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Contexts from "./Contexts.ts"
import type { CompanyDatabase, Name } from "./Database.ts"
import type { Asking, Question } from "./Gathered.ts"
import * as Param from "./Param.ts"

type Stored = Contexts.Kept & { readonly name: Name }

const stored = (db: Asking & Pick<CompanyDatabase, "company">, locked: "" | "for update" = "") =>
  db.query<Stored>(
    `select name, ${Contexts.identityColumns} from ${db.schema}.contexts where company = $1 order by name ${locked}`,
    [db.company]
  )

const storedOf: Question<number, ReadonlyArray<Stored>> = {
  one: (db, company) => stored({ ...db, company: Param.int4(company) }),
  many: (db, companies) =>
    Effect.map(
      db.query<Stored & { readonly company: number }>(
        `select company, name, ${Contexts.identityColumns} from ${db.schema}.contexts where company = any($1) order by name`,
        [Param.smallInts(companies)]
      ),
      (rows) => {
        const found = Map.groupBy(rows, ({ company }) => company)
        return companies.map((company) => found.get(company) ?? [])
      }
    )
}

/** Fails once the company is another than this process has opened: its commits would be refused. */
export const agree = (db: CompanyDatabase): Effect.Effect<void, StoreError> =>
  Effect.flatMap(stored(db), (rows) => {
    const refused = rows.flatMap((row) => (db.opened.has(row.name) ? (Contexts.refusal(db, row.name, row) ?? []) : []))
    return refused[0] === undefined ? Effect.void : Effect.fail(refused[0])
  })

/** What a context begins with, for the instant at which it is opened. */
type First<H extends Head.Head> = (now: DateTime.Utc) => H

const create = <H extends Head.Head>(
  db: CompanyDatabase,
  codec: Contexts.HeadCodec<H>,
  identity: Identity,
  first: First<H>
) =>
  Effect.gen(function* () {
    const head = first(DateTime.makeUnsafe(yield* db.now))
    yield* db.query(
      `insert into ${db.schema}.contexts
          (company, name, id, time_zone, cutoff, currency, rules, number, at_ms, digest, state, due_ms)
        values ($1, $2, $3, $4, $5, $6, $7::text::json, $8, $9, $10, $11::text::json, $12)`,
      [
        db.company,
        ...[codec.name, ...identityParams(identity)].map(Param.text),
        Param.int(head.number),
        Param.int(head.at.epochMilliseconds),
        Param.digest(head.digest),
        Param.text(JSON.stringify(codec.encode(head))),
        Param.int(codec.due?.(head, identity) ?? null)
      ]
    )
  })

export const identityParams = ({ currency, cutoff, id, rules, timeZone }: Identity) => [
  id,
  timeZone,
  cutoff,
  currency,
  JSON.stringify(rules)
]

/** Whoever opens or adopts a company is alone in that; commits go on. */
const alone = (db: CompanyDatabase) =>
  db.query(`select from ${db.schema}.companies where number = $1 for update`, [db.company])

/** Ports are of one company, and nobody makes another of it. */
const another = (db: CompanyDatabase, { id }: Identity) =>
  id === db.id ? undefined : new CompanyMismatch({ setting: "id", stored: db.id, configured: id })

/**
 * Opens the context at the first call, compares the identity of every context that is open at later ones. Of nodes that
 * are the first together, one decides for all contexts.
 */
export const open = <H extends Head.Head>(
  db: CompanyDatabase,
  codec: Contexts.HeadCodec<H>,
  identity: Identity,
  first: First<H>
): Effect.Effect<void, CompanyMismatch | StoreError> => {
  const compare = Effect.fnUntraced(function* (rows: ReadonlyArray<Stored>) {
    const other = another(db, identity)
    if (other !== undefined) return yield* other
    for (const row of rows) {
      if (row.resting) return yield* CompanyIdentity.resting(db.id)
      const mismatched = mismatch(row, identity)
      if (mismatched !== undefined) return yield* mismatched
    }
    return rows.some(({ name }) => name === codec.name)
  })
  return Effect.gen(function* () {
    // Nearly always it is open, and no lock is needed to see it.
    const isOpen = yield* compare(yield* db.gathered.ask(storedOf, db.number))
    if (!isOpen) {
      if (!(yield* CompanyIdentity.MakesRows)) return yield* CompanyIdentity.absent(db.id)
      yield* db.transaction(
        Effect.gen(function* () {
          yield* alone(db)
          if (!(yield* compare(yield* stored(db)))) yield* create(db, codec, identity, first)
        })
      )
    }
    db.opened.set(codec.name, identity)
  })
}

/** Puts an identity in the place of the stored ones, of every context, while nobody commits. */
export const adopt = <H extends Head.Head>(
  db: CompanyDatabase,
  codec: Contexts.HeadCodec<H>,
  identity: Identity,
  first: First<H>,
  /** The head of an empty stream under the new identity, where that changes it. */
  moved?: (head: H, now: DateTime.Utc) => H
): Effect.Effect<void, CompanyMismatch | StoreError> => {
  const replace = Effect.gen(function* () {
    const other = another(db, identity)
    if (other !== undefined) return yield* other
    yield* alone(db)
    // Every head, one after another: no commit is under way any more.
    const rows = yield* stored(db, "for update")
    const isEmpty = yield* nothingBooked(db)
    const opened = rows.map(({ name, ...row }) => ({ name, identity: row }))
    const after = CompanyIdentity.adoption(codec.name, opened, isEmpty, identity)
    if (after instanceof CompanyMismatch) return yield* after
    for (const one of after) {
      yield* db.query(
        `update ${db.schema}.contexts
          set id = $3, time_zone = $4, cutoff = $5, currency = $6, rules = $7::text::json where company = $1 and name = $2`,
        [db.company, ...[one.name, ...identityParams(one.identity)].map(Param.text)]
      )
    }
    if (!rows.some(({ name }) => name === codec.name)) yield* create(db, codec, identity, first)
    else if (isEmpty && moved !== undefined) {
      const now = DateTime.makeUnsafe(yield* db.now)
      yield* db.write([
        Contexts.move(db, codec, moved((yield* Contexts.found(db, codec)).head, now), identity).statement
      ])
    }
  })
  return Effect.andThen(
    db.transaction(replace),
    Effect.sync(() => db.opened.set(codec.name, identity))
  )
}

/** Whether the streams of tasks and billing are empty, and billing has applied none of tasks'. */
const nothingBooked = (db: CompanyDatabase) =>
  Effect.map(
    db.query(
      `select from ${db.schema}.contexts where company = $1 and name in ('tasks', 'billing')
        and (number > 0 or coalesce((state -> 'tasks' ->> 'number')::bigint, 0) > 0)`,
      [db.company]
    ),
    (rows) => rows.length === 0
  )
