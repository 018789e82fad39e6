/**
 * Recorded commands as rows.
 */
import type { CommandId, Envelope, ForgetCommands, RecordedCommand, StoreError } from "@popug/core"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "./Database.ts"
import { corrupt } from "./errors.ts"
import * as Param from "./Param.ts"
import { sourceNumber, sourceParam } from "./sources.ts"
import { type Statement, statement } from "./statements.ts"

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
export const columns = (
  source: Envelope.Source
): ReadonlyArray<readonly [string, (rows: ReadonlyArray<Recorded>) => Param.Param]> => [
  ["source", (rows) => Param.smallInts(rows.map(() => sourceNumber(source)))],
  ["at_ms", (rows) => Param.ints(rows.map(({ at }) => at))],
  ["id", (rows) => Param.texts(rows.map(({ commandId }) => commandId))],
  ["digest", (rows) => Param.digests(rows.map(({ digest }) => (digest === commit ? null : digest)))],
  ["answer", (rows) => Param.texts(rows.map(({ answer }) => JSON.stringify(answer ?? null)))]
]

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

/** Deletes the oldest records; those that somebody else is about to delete are left to them. */
export const forget =
  (db: CompanyDatabase, source: Envelope.Source): ForgetCommands =>
  (age, limit) =>
    Effect.gen(function* () {
      const last = (yield* db.now) - Duration.toMillis(age)
      const [row] = yield* db.query<{ readonly count: bigint }>(
        `with gone as (
          delete from ${db.schema}.commands where ctid = any(array(
            select ctid from ${db.schema}.commands where company = $1 and source = $2 and at_ms <= $3
              order by at_ms limit $4 for update skip locked
          )) returning 1
        ) select count(*) as count from gone`,
        [db.company, sourceParam(source), Param.int(last), Param.int(limit)]
      )
      return Number(row!.count)
    })
