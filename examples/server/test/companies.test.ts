/**
 * Many companies in one process: opened by the operator, each with its books, tokens and mails.
 */
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { many, open, operator, work } from "./support/companies.ts"
import { login, proof, request, waitFor } from "./support/requests.ts"
import { cleanUp, folder, launch } from "./support/server.ts"

cleanUp()

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
