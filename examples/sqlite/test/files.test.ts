/** Files that are no database, are taken, may only be read, or are closed while used: told in the words of popug. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { EventLog, type Identity, type StoreError, UserStore } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { afterAll, expect, it } from "vitest"
import * as Sqlite from "../src/Sqlite.ts"

const folder = mkdtempSync(join(tmpdir(), "popug-sqlite-files-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const company = { id: "c", timeZone: "UTC", cutoff: "00:00", currency: "USD", rules: {} } as unknown as Identity

const opened = (file: string) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const ports = yield* Layer.buildWithScope(Sqlite.layer({ file }), scope)
    yield* Context.get(ports, UserStore).open(company)
    return { ports, close: Scope.close(scope, Exit.void) }
  })

/** What is said of a failure. */
const told = <A>(effect: Effect.Effect<A, unknown>) =>
  Effect.runPromise(
    Effect.map(Effect.flip(effect as Effect.Effect<A, StoreError>), ({ committed, reason, retryable }) => ({
      reason,
      retryable,
      committed
    }))
  )

it("a file that is no database is corrupt", async () => {
  const file = join(folder, "text.db")
  writeFileSync(file, "no database".repeat(100))
  expect(await told(opened(file))).toEqual({ reason: "Corrupt", retryable: false, committed: "no" })
})

it("a file with other tables is refused for good, and let go", async () => {
  const file = join(folder, "other.db")
  const other = new DatabaseSync(file)
  other.exec("create table users (x)")
  expect(await told(opened(file))).toEqual({ reason: "Unavailable", retryable: false, committed: "no" })
  other.exec("begin immediate; insert into users values (1); commit")
  expect(other.prepare("select count(*) as tables from sqlite_schema").get()).toEqual({ tables: 1 })
  other.close()
})

it("a file that may only be read is refused for good", async () => {
  const file = join(folder, "read.db")
  new DatabaseSync(file).exec("create table t (x)")
  expect(await told(opened(`file:${file}?mode=ro`))).toEqual({
    reason: "Unavailable",
    retryable: false,
    committed: "no"
  })
})

it("a file that is closed while it is used fails what is under way, and what comes", async () => {
  const { close, ports } = await Effect.runPromise(opened(join(folder, "closed.db")))
  const users = Context.get(ports, UserStore)
  const isClosed = { reason: "Unavailable", retryable: false, committed: "no" }
  const underWay = users.transact((tx) => Effect.andThen(close, tx.load({ users: [], commands: [] })))
  expect(await told(underWay)).toEqual(isClosed)
  expect(await told(users.list({}, { limit: 1 }))).toEqual(isClosed)
  expect(await told(users.transact(() => Effect.void))).toEqual(isClosed)
  expect(await told(Context.get(ports, EventLog).last("users"))).toEqual(isClosed)
})
