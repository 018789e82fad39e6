/**
 * Two processes of one context on one database: either may go, and nobody notices.
 */
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Apart, apart } from "./support/company.ts"
import { postgres } from "./support/outside.ts"
import { requests, until } from "./support/requests.ts"

let database: Awaited<ReturnType<typeof postgres>>
let company: Apart
beforeAll(async () => {
  database = await postgres()
  company = await apart({ databaseOf: () => database.url, twice: "tasks" })
}, 120_000)
afterAll(async () => {
  await company?.close()
  await database?.stop()
})

it("goes on with the one that is left, for people and for those who follow", { timeout: 60_000 }, async () => {
  const { get, post } = requests(company.url)
  let made = 0
  const createAndBook = async () => {
    made += 1
    expect((await post("/v1/tasks", { title: `Task ${made}` })).status).toBe(201)
    await until(
      () => get("/v1/billing/audit-log?limit=100"),
      ({ json }) => json.data.length === made
    )
  }
  for (let count = 0; count < 4; count++) await createAndBook()
  await company.down("tasks")
  for (let count = 0; count < 4; count++) await createAndBook()
  await company.up("tasks")
  await company.down("second")
  for (let count = 0; count < 4; count++) await createAndBook()
  expect((await get("/v1/billing/verification")).json.difference).toBeNull()
})
