/**
 * The rows of tasks, as the database has them.
 */
import type { Task, TaskId, UserId } from "@popug/core"
import * as Effect from "effect/Effect"
import type { CompanyDatabase } from "../Database.ts"
import { unpacked } from "../packed.ts"
import type * as Param from "../Param.ts"

export interface Row {
  readonly id: Uint8Array
  readonly title: string
  readonly description: string
  readonly jiraId: string | null
  readonly done: boolean
  readonly assignee: Uint8Array | null
  readonly assignment: number
}

export const columns = `id, title, description, jira_id as "jiraId", done, assignee, assignment`

export const read = ({ assignee, assignment, description, done, id, jiraId, title }: Row): Task.Task => ({
  id: unpacked(id) as TaskId,
  title,
  description,
  jiraId,
  status: done ? "done" : "in progress",
  assignee: assignee === null ? null : (unpacked(assignee) as UserId),
  assignment
})

/** The same columns for JSON, whose bytes would be written as a setting of the database says. */
export const jsonColumns = columns
  .replace("id,", "encode(id, 'hex') as id,")
  .replace("assignee,", "encode(assignee, 'hex') as assignee,")

/** A row as JSON has it. */
export const ofJson = (row: unknown): Row => {
  const { assignee, id, ...rest } = row as Omit<Row, "id" | "assignee"> & { id: string; assignee: string | null }
  const bytes = (hex: string) => Buffer.from(hex, "hex")
  return { ...rest, id: bytes(id), assignee: assignee === null ? null : bytes(assignee) }
}

export const query = (db: CompanyDatabase, sql: string, params: ReadonlyArray<Param.Param>) =>
  Effect.map(db.query<Row>(sql, params), (rows) => rows.map(read))
