/**
 * Recorded commands as rows.
 */
import type { CommandId, Envelope, ForgetCommands, RecordedCommand, StoreError } from "@popug/core"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "./Database.ts"
import { corrupt } from "./errors.ts"
import type { Asking, Question } from "./Gathered.ts"
import * as Param from "./Param.ts"
import { sourceNumber, sourceParam } from "./sources.ts"
import { type Statement, statement } from "./statements.ts"
import { type Column, inserting as insertingRows, rowsOf, type Step, type Written } from "./together.ts"

interface CommandRow {
  readonly id: CommandId
  readonly digest: string | null
  readonly answer: string
}

/** What stands in the place of the digest of a commit that was no command. */
const commit = "commit"

const read = ({ answer, digest, id }: CommandRow): RecordedCommand => ({
  commandId: id,
  digest: digest ?? commit,
  answer: JSON.parse(answer)
})

const none: ReadonlyMap<CommandId, RecordedCommand> = new Map()

/** The columns of a recorded command; digests as text, which JSON has as rows have it. */
export const jsonColumns = "id, encode(digest, 'hex') as digest, answer"

/** Reads the recorded commands among those asked for. */
export const find = (db: CompanyDatabase, source: Envelope.Source, ids: ReadonlyArray<CommandId>): Statement =>
  statement(`select ${jsonColumns} from ${db.schema}.commands where company = $1 and source = $2 and id = any($3)`, [
    db.company,
    sourceParam(source),
    Param.texts(ids)
  ])

/** The commands of the rows that `find` reads. */
export const found = (
  rows: ReadonlyArray<unknown>
): Effect.Effect<ReadonlyMap<CommandId, RecordedCommand>, StoreError> =>
  rows.length === 0
    ? Effect.succeed(none)
    : Effect.try({
        try: () => new Map((rows as ReadonlyArray<CommandRow>).map((row) => [row.id, read(row)])),
        catch: (error) => corrupt("the answer to a command can't be read", error)
      })

/** The recorded commands among those asked for. */
export const load = (
  db: CompanyDatabase,
  source: Envelope.Source,
  ids: ReadonlyArray<CommandId>
): Effect.Effect<ReadonlyMap<CommandId, RecordedCommand>, StoreError> => {
  if (ids.length === 0) return Effect.succeed(none)
  const { params, sql } = find(db, source, ids)
  return Effect.flatMap(db.query(sql, params), found)
}

type Recorded = RecordedCommand & { readonly at: number }

/** The columns of recorded commands of a stream, and the lists of some for each. */
const columns = (source: Envelope.Source): ReadonlyArray<Column<Recorded>> => [
  ["source", (rows) => Param.smallInts(rows.map(() => sourceNumber(source)))],
  ["at_ms", (rows) => Param.ints(rows.map(({ at }) => at))],
  ["id", (rows) => Param.texts(rows.map(({ commandId }) => commandId))],
  ["digest", (rows) => Param.digests(rows.map(({ digest }) => (digest === commit ? null : digest)))],
  ["answer", (rows) => Param.texts(rows.map(({ answer }) => JSON.stringify(answer ?? null)))]
]

/** Writes the records of commits that go together. */
export const inserting = (
  schema: string,
  source: Envelope.Source,
  written: ReadonlyArray<Written<{ readonly commands: ReadonlyArray<RecordedCommand> }>>
): ReadonlyArray<Step> =>
  insertingRows(
    "recorded",
    rowsOf(written, ({ changes, head }) => changes.commands.map((command) => ({ ...command, at: head.at }))),
    `${schema}.commands`,
    columns(source)
  )

/** Writes records; one that is there already is refused. */
export const insert = (
  db: CompanyDatabase,
  source: Envelope.Source,
  commands: ReadonlyArray<RecordedCommand>,
  at: DateTime.Utc
): Statement =>
  statement(
    `insert into ${db.schema}.commands (company, source, at_ms, id, digest, answer)
      select $1, $2, $3, id, digest, answer from unnest($4, $5, $6) as c (id, digest, answer)`,
    [
      db.company,
      sourceParam(source),
      Param.int(at.epochMilliseconds),
      Param.texts(commands.map(({ commandId }) => commandId)),
      Param.digests(commands.map(({ digest }) => (digest === commit ? null : digest))),
      Param.texts(commands.map(({ answer }) => JSON.stringify(answer ?? null)))
    ]
  )

/** Old records of a stream of a company. */
interface Old {
  readonly company: number
  readonly source: number
  /** How old they are at least, and when that is asked (`Database.askedAt`); milliseconds. */
  readonly age: number
  readonly now: number | null
  readonly limit: number
}

const streamOf = ({ company, source }: Pick<Old, "company" | "source">): number => company * 4 + source

/** Deletes the oldest records of streams, each once; those that somebody else is about to delete are left to them. */
const forgetAll = (db: Asking, old: ReadonlyArray<Old>) =>
  Effect.map(
    db.query<{ readonly company: number; readonly source: number; readonly count: bigint }>(
      `with asked as materialized (
        select company, source, coalesce(${db.clockSql}, now) - age as last, most
        from unnest($1, $2, $3, $4, $5) as a (company, source, age, now, most)
      ), gone as (
        delete from ${db.schema}.commands where ctid = any(array(
          select found.ctid from asked a cross join lateral (
            select ctid from ${db.schema}.commands c
              where c.company = a.company and c.source = a.source and c.at_ms <= a.last
              order by c.at_ms limit a.most for update skip locked
          ) found
        )) returning company, source
      ) select company, source, count(*) as count from gone group by 1, 2`,
      [
        Param.smallInts(old.map(({ company }) => company)),
        Param.smallInts(old.map(({ source }) => source)),
        Param.ints(old.map(({ age }) => age)),
        Param.ints(old.map(({ now }) => now)),
        Param.ints(old.map(({ limit }) => limit))
      ]
    ),
    (rows) => {
      const counts = new Map(rows.map((row) => [streamOf(row), Number(row.count)]))
      return old.map((each) => counts.get(streamOf(each)) ?? 0)
    }
  )

const forgetting: Question<Old, number> = {
  one: (db, old) => Effect.map(forgetAll(db, [old]), ([count]) => count!),
  many: forgetAll,
  keyOf: streamOf
}

/** Deletes the oldest records. */
export const forget =
  (db: CompanyDatabase, source: Envelope.Source): ForgetCommands =>
  (age, limit) =>
    Effect.flatMap(db.askedAt, (now) =>
      db.gathered.ask(forgetting, {
        company: db.number,
        source: sourceNumber(source),
        age: Duration.toMillis(age),
        now,
        limit
      })
    )
