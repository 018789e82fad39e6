/**
 * Many companies in one process and in two: opened by the operator, each with its books, tokens, feeds and mails.
 */
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { follow } from "./support/connections.ts"
import { postgres } from "./support/outside.ts"
import { login, proof, request, waitFor } from "./support/requests.ts"
import { cleanUp, folder, launch } from "./support/server.ts"

const database = await postgres()
afterAll(database.stop)
cleanUp()

const operator = "hunter2-of-the-operator"
const many = {
  HOST: "127.0.0.1",
  PORT: "0",
  POPUG_COMPANIES: "path",
  POPUG_PLATFORM_TOKEN: operator,
  POPUG_DEV_LOGIN: "true",
  POPUG_RATE_LIMIT: "0",
  POPUG_RATE_LIMIT_ADDRESS: "0"
}

/** Opens a company, and hires a worker there. */
const open = async (url: string, id: string, more: object = {}) => {
  const opened = await request(`POST ${url}/v1/companies`, {
    token: operator,
    body: { id, ...more, admin: { id: "ann" } }
  })
  expect(opened.status, opened.text).toBe(201)
  const token = await login(`${url}/c/${id}`, "ann")
  const hired = { name: `Olga of ${id}`, roles: ["worker"], id: "olga" }
  expect((await request(`POST ${url}/c/${id}/v1/users`, { token, body: hired })).status).toBe(201)
  return token
}

const work = async (url: string, id: string, token: string, titles: ReadonlyArray<string>) => {
  for (const title of titles) {
    const { json } = await request(`POST ${url}/c/${id}/v1/tasks`, { token, body: { title } })
    const done = await request(`POST ${url}/c/${id}/v1/tasks/${json.id}/complete`, { token, body: {} })
    expect(done.status, done.text).toBe(200)
  }
}

const closed = async (url: string, id: string, token: string) =>
  (await request(`GET ${url}/c/${id}/v1/billing/periods`, { token })).json.data

describe("many companies in one process", { timeout: 120_000 }, () => {
  it("keep exact books of their own in one folder, close their days by themselves, and are there after a restart", async () => {
    const data = folder()
    const settings = { ...many, POPUG_DATA_DIR: data, POPUG_DEV_CLOCK: "true" }
    const first = launch("main", settings)
    const url = await first.listening
    const acme = await open(url, "acme", { currency: "CZK" })
    const zoo = await open(url, "zoo", { timeZone: "Asia/Tokyo" })
    await work(url, "acme", acme, ["Mend the roof", "Paint the roof", "Sell the roof"])
    await work(url, "zoo", zoo, ["Feed the parrot"])

    // A token is good in its company alone, and nothing tells what is there.
    for (const id of ["zoo", "nowhere"]) {
      const refused = await request(`GET ${url}/c/${id}/v1/tasks`, { token: acme })
      expect(refused).toMatchObject({ status: 401, json: { detail: "the signature does not hold" } })
    }
    expect((await request(`GET ${url}/v1/companies`, { token: acme })).status).toBe(401)
    expect((await request(`GET ${url}/c/acme/v1/tasks`, { token: operator })).status).toBe(401)

    // Two days pass for all of them: the one's are ended by its own request, the other's by whoever works for all.
    await request(`POST ${url}/c/acme/dev/clock`, { body: { days: 2 } })
    await waitFor(async () => (await closed(url, "zoo", zoo)).length === 2)
    const [day] = await closed(url, "acme", acme)
    expect(day.totals).toMatchObject({ tasksCreated: 3, done: 3, fees: { currency: "CZK" } })
    expect((await closed(url, "zoo", zoo))[0].totals).toMatchObject({ tasksCreated: 1, done: 1 })
    for (const [id, token] of [
      ["acme", acme],
      ["zoo", zoo]
    ] as const) {
      expect(await proof(`${url}/c/${id}`, token)).toMatchObject({ total: "0", difference: null })
      await waitFor(() => existsSync(join(data, "mail", id)) && readdirSync(join(data, "mail", id)).length > 0)
    }
    expect(await first.end()).toBe(0)

    const again = launch("main", settings)
    const other = await again.listening
    const token = await login(`${other}/c/acme`, "ann")
    expect((await closed(other, "acme", token))[0].seal).toBe(day.seal)
    expect(await again.end()).toBe(0)
  })
})

describe("many companies on two nodes of one Postgres", { timeout: 120_000 }, () => {
  it("are opened on one and served by both, and put to rest on one and served by none", async () => {
    const shared = { ...many, DATABASE_URL: database.url, POPUG_SECRET: "a key that both nodes have" }
    const [a, b] = await Promise.all([
      launch("main", { ...shared, POPUG_DATA_DIR: folder() }).listening,
      launch("main", { ...shared, POPUG_DATA_DIR: folder() }).listening
    ])
    const acme = await open(a, "acme")
    const zoo = await open(a, "zoo")
    const there = await login(`${b}/c/acme`, "ann")
    await work(b, "acme", there, ["Mend the roof"])

    // What one node writes is in the other's feeds.
    const feed = await follow(`${b}/c/acme/v1/events/feed?source=tasks`, there)
    const made = await request(`POST ${a}/c/acme/v1/tasks`, { token: acme, body: { title: "Ring the bell" } })
    expect(await feed.until(made.json.id)).toContain("Ring the bell")
    await work(a, "zoo", zoo, ["Feed the parrot"])

    const { json } = await request(`GET ${b}/v1/companies/acme`, { token: operator })
    expect(json).toMatchObject({ status: "open", isInUse: true, health: { attempts: expect.any(Number) } })

    const rested = await request(`POST ${a}/v1/companies/acme/rest`, { token: operator, body: undefined })
    expect(rested.json).toMatchObject({ status: "resting" })
    expect((await request(`GET ${a}/c/acme/v1/tasks`, { token: acme })).status).toBe(403)
    // Nothing is written from then on, and soon nobody is served on the other either.
    expect((await request(`POST ${b}/c/acme/v1/tasks`, { token: there, body: { title: "x" } })).status).toBeOneOf([
      403, 503
    ])
    await waitFor(async () => (await request(`GET ${b}/c/acme/v1/tasks`, { token: there })).status === 403)
    expect(
      (await request(`GET ${b}/c/zoo/v1/users`, { token: await login(`${b}/c/zoo`, "ann") })).json.data
    ).toHaveLength(2)

    await request(`POST ${b}/v1/companies/acme/wake`, { token: operator })
    await waitFor(async () => (await request(`GET ${a}/c/acme/v1/tasks`, { token: acme })).status === 200)
    expect(await proof(`${a}/c/acme`, acme)).toMatchObject({ total: "0", difference: null })
  })
})
