/**
 * A day of work brings the same figures whether all contexts are in one process or each is in its own.
 */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { read } from "@popug-examples/server/read"
import { layer as whole } from "@popug-examples/server/server"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Struct from "effect/Struct"
import { afterAll, beforeAll, expect, it } from "vitest"
import { freePort } from "../src/broker.ts"
import { type Apart, apart, secret } from "./support/company.ts"
import { postgres } from "./support/outside.ts"
import { requests } from "./support/requests.ts"

const common = {
  POPUG_DEMO: "false",
  POPUG_ADMIN: "anna",
  POPUG_DEV_LOGIN: "true",
  POPUG_DEV_CLOCK: "true",
  POPUG_RATE_LIMIT: "0",
  POPUG_RATE_LIMIT_ADDRESS: "0"
}

let database: Awaited<ReturnType<typeof postgres>>
let company: Apart
const scope = Scope.makeUnsafe()

/** The server of one process, at its address. */
const one = async (folder: string): Promise<string> => {
  const port = await freePort()
  const settings = Result.getOrThrow(
    read({
      ...common,
      HOST: "127.0.0.1",
      PORT: String(port),
      POPUG_SECRET: secret,
      POPUG_DATA_DIR: folder,
      POPUG_DATABASE_SCHEMA: "whole",
      DATABASE_URL: database.url
    })
  )
  const welcome = { starting: () => Effect.void, listening: () => Effect.void }
  await Effect.runPromise(
    Layer.buildWithMemoMap(
      whole(settings, welcome).pipe(Layer.provide(Layer.succeed(References.MinimumLogLevel, "None"))),
      Layer.makeMemoMapUnsafe(),
      scope
    ) as Effect.Effect<unknown, unknown>
  )
  return `http://127.0.0.1:${port}`
}

beforeAll(async () => {
  database = await postgres()
  company = await apart({ databaseOf: () => database.url, environment: common })
}, 120_000)
afterAll(async () => {
  await company?.close()
  await Effect.runPromise(Scope.close(scope, Exit.void))
  await database?.stop()
})

const people = [
  { id: "masha", name: "Masha", roles: ["manager"] },
  { id: "olga", name: "Olga", roles: ["worker"] },
  { id: "rita", name: "Rita", roles: ["worker"] },
  { id: "vera", name: "Vera", roles: ["worker"] }
]

/** A day of work, and everything that it came to but its instants. */
const dayAt = async (url: string) => {
  const { get, post } = requests(url)
  const fine = async (answer: ReturnType<typeof post>) => {
    const { json, status } = await answer
    expect(status, JSON.stringify(json)).toBeLessThan(300)
    return json
  }
  await fine(post("/v1/users/batch", { users: people }, "anna"))
  const { period } = await fine(get("/v1/company"))
  const tasks = Array.from({ length: 12 }, (_, index) => ({ id: `task-${index}`, title: `Task ${index}` }))
  // The people have to be known where tasks are.
  await fine(post("/dev/clock", { days: 0 }))
  await fine(post("/v1/tasks/batch", { tasks }))
  await fine(post("/v1/tasks/shuffle"))
  for (const id of ["task-1", "task-5", "task-9"]) await fine(post(`/v1/tasks/${id}/complete`, {}, "anna"))
  await fine(post("/dev/clock", { days: 1 }))
  const report = await fine(get(`/v1/reports/daily/${period}`))
  const { data: entries } = await fine(get("/v1/billing/audit-log?limit=100"))
  const { data: balances } = await fine(get(`/v1/reports/balances?period=${period}`))
  const { events, periods, transfers, difference } = await fine(get("/v1/billing/verification"))
  return {
    // What has instants in it differs.
    report: Struct.omit(report, ["seal"]),
    balances,
    entries: entries.map((entry: { readonly recordedAt: string }) => Struct.omit(entry, ["recordedAt"])),
    verified: { events, periods, transfers, difference }
  }
}

it("are the same for all contexts in one process and for each in its own", { timeout: 60_000 }, async () => {
  const folder = join(company.folder, "whole")
  mkdirSync(folder)
  const found = await dayAt(company.url)
  expect(found.report.totals.tasksCreated).toBe(12)
  expect(found.entries.length).toBeGreaterThan(15)
  expect(found.verified.difference).toBeNull()
  expect(found).toEqual(await dayAt(await one(folder)))
})
