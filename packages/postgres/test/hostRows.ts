/**
 * A host that follows the tasks and writes a row of its own for each event, in a table that would take it twice.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import {
  type Consumers,
  type CursorStore,
  type Digest,
  type EventBus,
  type EventLog,
  type HostHandle,
  startConsumer
} from "@popug/core"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export const consumer = "host"

/** Makes the table; two processes may do so at once. */
export const create = (schema: string) =>
  Effect.flatMap(PgClient, ({ unsafe }) =>
    Effect.retry(unsafe(`create table if not exists ${schema}.host_rows (number bigint not null)`), { times: 3 })
  )

/** Writes rows, in the transaction of the caller if there is one. */
export const write = (schema: string, numbers: ReadonlyArray<number>) =>
  Effect.flatMap(PgClient, ({ unsafe }) =>
    unsafe(`insert into ${schema}.host_rows select json_array_elements_text($1::text::json)::bigint`, [
      JSON.stringify(numbers)
    ])
  )

/** The numbers of the rows, in order. */
export const read = (schema: string) =>
  Effect.map(
    Effect.flatMap(PgClient, ({ unsafe }) =>
      unsafe<{ readonly number: bigint }>(`select number from ${schema}.host_rows order by number`)
    ),
    (rows) => rows.map(({ number }) => Number(number))
  )

/** Follows the tasks; `after` is what happens once a batch's rows are written and nothing is committed. */
export const follow = (
  schema: string,
  after: (numbers: ReadonlyArray<number>) => Effect.Effect<unknown, unknown, PgClient> = () => Effect.void
): Effect.Effect<
  HostHandle,
  never,
  PgClient | CursorStore | Consumers | EventBus | EventLog | Digest.Digest | Scope.Scope
> =>
  startConsumer({
    name: consumer,
    source: "tasks",
    apply: (events) => {
      const numbers = events.map(({ envelope }) => envelope.number)
      return Effect.andThen(write(schema, numbers), after(numbers))
    }
  })
