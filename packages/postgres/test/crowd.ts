/**
 * One schema for all promises of a suite: each is kept by a company of its own, among those of the promises before,
 * whose rows have the same ids.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { of } from "./support.ts"

/** Makes room in a schema for a company that is new: the one before goes on as a neighbour, under another id. */
const makeRoom = (schema: string, id: string) =>
  Effect.gen(function* () {
    const { unsafe, withTransaction } = yield* PgClient
    yield* Postgres.migrate({ schema })
    yield* withTransaction(
      Effect.andThen(
        // Companies keep their ids: a trigger says so.
        unsafe("set local session_replication_role = replica"),
        unsafe(
          `with moved as (
            update ${schema}.companies set id = id || '.' || number where id = $1 returning number, id
          ) update ${schema}.contexts c set id = moved.id from moved where c.company = moved.number`,
          [id]
        )
      )
    )
  })

/**
 * A layer over a company that is new in its schema; `client` is how room is made for it. The company is the suites',
 * unless its id is given.
 */
export const newcomer = <A, E, R, E2>(
  schema: string,
  client: Layer.Layer<PgClient, E2>,
  ports: Layer.Layer<A, E, R>,
  id = "conformance"
) => Layer.unwrap(Effect.as(Effect.provide(makeRoom(schema, id), client), of(id)(ports)))
