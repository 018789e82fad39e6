/**
 * What a person would write by hand, with the same driver: a transaction for each command (A).
 */
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import { connect, int, statements, text, texts } from "./sql.ts"

const origin = "0".repeat(64)

/** The tables (A) writes: as popug's were when the goals were set, or as they are now. */
export type Tables = "baseline" | "present"

/**
 * (A): the task and its two events as popug stores them, one commit for each command. Numbers come from a sequence: no
 * order, no digests, no period, no refusals.
 */
export const openCommands = async (
  url: string,
  schema: string,
  maxConnections: number,
  tables: Tables = "baseline"
) => {
  const { client, close, run, runAll } = await connect(url, maxConnections)
  if (tables === "present") await run(Postgres.migrate({ schema }))
  await runAll(statements(tables === "present" ? "present/prepare.sql" : "baseline/tables.sql", schema))
  const [insertTask = "", insertEvents = ""] = statements(`${tables}/command.sql`, schema)
  const create = (id: string, title: string) =>
    Effect.gen(function* () {
      const assignee = `p${String(Math.floor(Math.random() * 1_000)).padStart(6, "0")}`
      const period = "2026-11-23"
      const data = (change: string, assign: string | null, assignment: number) =>
        JSON.stringify(
          tables === "present"
            ? [assign, assignment, change, id, false, null, period, title]
            : { id, title, jiraId: null, assign, isDone: false, change, assignment, period }
        )
      yield* client.unsafe(insertTask, [text(id), text(title), text(assignee)])
      yield* client.unsafe(insertEvents, [
        int(Date.now()),
        text(origin),
        texts([data("created", null, 0), data("assigned", assignee, 1)])
      ])
      return id
    }).pipe(client.withTransaction)
  return { create, run, close }
}
