import { PgClient } from "@effect/sql-pg/PgClient"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { client, freshSchema, of } from "./support.ts"

const keys = { users: "id", accounts: "id", commands: "id" }
/** Lists of ids that are kept as bytes. */
const packed = { tasks: "id", prices: "task" }
/** Tasks that are open or done, and the index that holds those alone. */
const pages = {
  "not done": "tasks_open",
  done: "tasks_done",
  "assignee = '\\xff' and not done": "tasks_open_by_assignee",
  "assignee = '\\xff' and done": "tasks_done_by_assignee"
}

it("looks rows up by index while a company is empty, since plans are kept for when it is not", () => {
  const schema = freshSchema()
  return Effect.gen(function* () {
    const sql = yield* PgClient
    const explained = (from: string) =>
      Effect.map(sql.unsafe(`explain select * from ${schema}.${from}`), (plan) => JSON.stringify(plan))
    for (const [table, key] of [...Object.entries(keys), ...Object.entries(packed)]) {
      const list = table in packed ? "{\\\\x61,\\\\x62}" : "{a,b}"
      const plan = yield* explained(`${table} where company = 1 and ${key} = any('${list}')`)
      expect(plan, table).not.toContain("Seq Scan")
    }
    for (const [which, index] of Object.entries(pages)) {
      const plan = yield* explained(`tasks where company = 1 and id > '\\x00' and ${which} order by id limit 51`)
      expect(plan, which).toContain(`using ${index} on`)
    }
  }).pipe(
    Effect.provide(of("plans")(Postgres.layer({ ...client, schema, migrate: true, listen: false }))),
    Effect.runPromise
  )
})
