/**
 * No read goes through history. Whatever the suites have the stores ask, SQLite says how it would find the rows: by an
 * index, or from one end of a table on, as far as a page goes.
 */
import { DatabaseSync } from "node:sqlite"
import {
  billingStore,
  check,
  cursorStore,
  eventLog,
  type Promises,
  reportStore,
  type Suite,
  taskStore,
  userStore
} from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { schema } from "../src/schema.ts"
import { one } from "./support/stores.ts"

/** What means all rows of a table, none of which are history but the counted ones. */
const whole: ReadonlyArray<RegExp> = [
  // One row for each account, user or consumer.
  /from accounts group by kind$/,
  /^select data from members$/,
  /^select data from cursors order by consumer$/,
  // Four rows, for the contexts.
  /from contexts/,
  // `BillingStore.rows` counts.
  /^select \(select count\(\*\) from transfers\)/,
  // An index of those that failed alone.
  /from notices where attempts > \(status = 'sent'\) and \? order by id limit \?$/,
  // Those of a role, whoever has it, up to a page.
  /^select data from users where .*json_each\(data, '\$\.roles'\)/
]

const asked = new Set<string>()
const { prepare } = DatabaseSync.prototype
beforeAll(async () => {
  vi.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (this: DatabaseSync, sql: string) {
    asked.add(sql)
    return prepare.call(this, sql)
  })
  const suites: ReadonlyArray<Suite<Promises>> = [
    userStore,
    taskStore,
    billingStore,
    reportStore,
    eventLog,
    cursorStore
  ]
  for (const { promises } of suites) {
    for (const promise of Object.values(promises)) {
      await Effect.runPromise(check(promise, one as Layer.Layer<unknown, unknown>))
    }
  }
}, 60_000)
afterAll(() => vi.restoreAllMocks())

it("finds what it reads, updates and deletes by an index, or reads a page from an end", () => {
  const db = new DatabaseSync(":memory:")
  db.exec(schema)
  const explain = (sql: string) =>
    prepare
      .call(db, `explain query plan ${sql}`)
      .all()
      .map(({ detail }) => String(detail))
  const statements = [...asked].filter((sql) => !sql.startsWith("insert"))
  expect(statements.length).toBeGreaterThan(40)
  const through = statements.filter((sql) => {
    const plan = explain(sql)
    const tables = plan.filter(
      (line) => line.startsWith("SCAN ") && !/^SCAN (json_each|asked|found|CONSTANT|\()/.test(line)
    )
    // Without a condition a page is read, or counted, from its end of the table on, as the rows are kept.
    const isPage =
      !sql.includes(" where ") && / limit \?\)?$/.test(sql) && !plan.some((line) => line.includes("B-TREE"))
    return tables.length > 0 && !isPage && !whole.some((pattern) => pattern.test(sql))
  })
  expect(through.map((sql) => [sql, ...explain(sql)])).toEqual([])
})
