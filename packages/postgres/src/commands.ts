/**
 * Recorded commands as rows.
 */
import type { CommandId, Envelope, ForgetCommands, RecordedCommand, StoreError } from "@popug/core"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type Database, type Statement, statement } from "./Database.ts"
import * as Param from "./params.ts"

interface CommandRow {
  readonly id: CommandId
  readonly digest: string
  readonly answer: unknown
}

const none: ReadonlyMap<CommandId, RecordedCommand> = new Map()

/** The recorded commands among those asked for. */
export const load = (
  db: Database,
  source: Envelope.Source,
  ids: ReadonlyArray<CommandId>
): Effect.Effect<ReadonlyMap<CommandId, RecordedCommand>, StoreError> =>
  ids.length === 0
    ? Effect.succeed(none)
    : Effect.map(
        db.query<CommandRow>(
          `select id, digest, answer from ${db.schema}.commands where source = $1 and id = any($2)`,
          [Param.text(source), Param.texts(ids)]
        ),
        (rows) => new Map(rows.map(({ answer, digest, id }) => [id, { commandId: id, digest, answer }]))
      )

/** Writes records; one that is there already is refused. */
export const insert = (
  db: Database,
  source: Envelope.Source,
  commands: ReadonlyArray<RecordedCommand>,
  at: DateTime.Utc
): Statement =>
  statement(
    `insert into ${db.schema}.commands (source, id, digest, answer, at_ms)
      select $1, id, digest, answer::json, $5 from unnest($2, $3, $4) as c (id, digest, answer)`,
    [
      Param.text(source),
      Param.texts(commands.map(({ commandId }) => commandId)),
      Param.texts(commands.map(({ digest }) => digest)),
      Param.texts(commands.map(({ answer }) => JSON.stringify(answer ?? null))),
      Param.int(at.epochMilliseconds)
    ]
  )

/** Deletes the oldest records; those that somebody else is about to delete are left to them. */
export const forget =
  (db: Database, source: Envelope.Source): ForgetCommands =>
  (age, limit) =>
    Effect.gen(function* () {
      const last = (yield* db.now) - Duration.toMillis(age)
      const [row] = yield* db.query<{ readonly count: bigint }>(
        `with gone as (
          delete from ${db.schema}.commands where ctid = any(array(
            select ctid from ${db.schema}.commands where source = $1 and at_ms <= $2
              order by at_ms limit $3 for update skip locked
          )) returning 1
        ) select count(*) as count from gone`,
        [Param.text(source), Param.int(last), Param.int(limit)]
      )
      return Number(row!.count)
    })
