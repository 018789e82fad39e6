/**
 * Many companies on two nodes of one Postgres: each is served by both, and what one writes is in the other's feeds.
 */
import { afterAll, describe, expect, it } from "vitest"
import { many, open, operator, work } from "../support/companies.ts"
import { follow } from "../support/connections.ts"
import { postgres } from "../support/outside.ts"
import { login, proof, request, waitFor } from "../support/requests.ts"
import { cleanUp, folder, launch } from "../support/server.ts"

const database = await postgres()
afterAll(database.stop)
cleanUp()

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
