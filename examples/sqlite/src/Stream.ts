/**
 * What the three contexts with a stream have in common: events, recorded commands, and the log that others read.
 */
import * as popug from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import { attempt, attemptNow, type Database } from "./Database.ts"

/** Writes what every commit of a context has. */
export const write = (
  db: Database,
  source: popug.Envelope.Source,
  changes: popug.ContextChanges<popug.Head.Head>
): void => {
  for (const { actor, data, number, previous, time, trace, type, version } of changes.events) {
    const at = time.epochMilliseconds
    const cause = trace === undefined ? null : JSON.stringify(trace)
    db.insert("events", source, number, type, version, at, actor, previous, JSON.stringify(data), cause)
  }
  const at = changes.head.at.epochMilliseconds
  for (const { answer, commandId, digest } of changes.commands) {
    db.insert("commands", source, commandId, digest, JSON.stringify(answer), at)
  }
}

/** Those of the commands that are recorded. */
export const commands = (db: Database, source: popug.Envelope.Source, ids: ReadonlyArray<popug.CommandId>) => {
  const sql = `select id as commandId, digest, answer from commands
    where context = ? and id in (select value from json_each(?))`
  const found = db.all<popug.RecordedCommand & { readonly answer: string }>(sql, source, ids)
  return new Map(found.map((row) => [row.commandId, { ...row, answer: JSON.parse(row.answer) as unknown }]))
}

/** Takes no head and moves no version: a commit that is under way goes on. */
export const forgetCommands = (db: Database, source: popug.Envelope.Source): popug.ForgetCommands => {
  const sql = `delete from commands where context = ?1 and id in
    (select id from commands where context = ?1 and at <= ?2 order by at, id limit ?3)`
  return (age, limit) => attemptNow((now) => db.run(sql, source, now.epochMilliseconds - Duration.toMillis(age), limit))
}

type Row = Omit<popug.Envelope.Envelope, "time" | "data" | "trace"> & {
  readonly time: number
  readonly data: string
  readonly trace: string | null
}

export const log = (db: Database): popug.EventLog["Service"] => ({
  read: (source, after, limit) =>
    attempt(() =>
      db
        .all<Row>("select * from events where source = ? and number > ? order by number limit ?", source, after, limit)
        .map(({ data, time, trace, ...event }) =>
          popug.Envelope.remembering({
            ...event,
            time: DateTime.makeUnsafe(time),
            data: JSON.parse(data),
            ...(trace !== null && { trace: JSON.parse(trace) })
          })
        )
    ),
  last: (source) =>
    attempt(() => {
      const sql = "select coalesce(max(number), 0) as last from events where source = ?"
      return db.all<{ last: number }>(sql, source)[0]!.last
    })
})
