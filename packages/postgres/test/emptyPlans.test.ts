import { PgClient } from "@effect/sql-pg/PgClient"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { client, freshSchema, of } from "./support.ts"

const keys = { tasks: "id", users: "id", accounts: "id", prices: "task", commands: "id" }

it("looks rows up by index while a company is empty, since plans are kept for when it is not", () => {
  const schema = freshSchema()
  return Effect.gen(function* () {
    const sql = yield* PgClient
    for (const [table, key] of Object.entries(keys)) {
      const plan = yield* sql.unsafe(
        `explain select * from ${schema}.${table} where company = 1 and ${key} = any('{a,b}')`
      )
      expect(JSON.stringify(plan), table).not.toContain("Seq Scan")
    }
  }).pipe(
    Effect.provide(of("plans")(Postgres.layer({ ...client, schema, migrate: true, listen: false }))),
    Effect.runPromise
  )
})
