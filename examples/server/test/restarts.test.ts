/**
 * What is kept when the process dies, and what is finished when it ends.
 */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { follow, halfATask, idle } from "./support/connections.ts"
import { identity } from "./support/identity.ts"
import { all, type Answer, proof, request, waitFor } from "./support/requests.ts"
import { cleanUp, folder, launch, type Launched } from "./support/server.ts"

cleanUp()
const home = folder()
const provider = await identity()
afterAll(provider.close)
const environment = {
  ...provider.settings,
  POPUG_DATA_DIR: home,
  PORT: "0",
  POPUG_ADMIN: "ann",
  POPUG_RATE_LIMIT: "0",
  POPUG_RATE_LIMIT_ADDRESS: "0"
}
const token = provider.token("ann")
let server: Launched
let url: string
const start = async () => {
  server = launch("main", environment)
  url = (await server.listening).replace("0.0.0.0", "127.0.0.1")
}
beforeAll(start, 120_000)

/** How many commands are acknowledged before the process is killed. */
const enough = 200

describe("the server", { timeout: 120_000 }, () => {
  it("does nothing for newcomers by default", async () => {
    expect(await server.listening).toMatch(/^http:\/\/0\.0\.0\.0:/)
    expect((await request(`POST ${url}/dev/login`, { body: { user: "ann" } })).status).toBe(404)
    expect((await all(`${url}/v1/users`, token)).map(({ id }) => id)).toEqual(["ann"])
    expect(await all(`${url}/v1/tasks`, token)).toEqual([])
    expect(server.out()).not.toContain("DEVELOPMENT LOGIN")
  })

  it("refuses a second process on its folder in one line", async () => {
    const second = launch("main", environment)
    expect(await second.ended).toBe(1)
    expect(second.error()).toMatch(
      new RegExp(
        `^popug can't start: the data folder ${home}/company is in use by process ${server.child.pid}: ` +
          "only one process can use it at a time; end it, or set another POPUG_DATA_DIR\n$"
      )
    )
    expect((await request(`GET ${url}/readyz`)).status).toBe(200)
  })

  it("has every acknowledged command after kill -9, and none of them twice", async () => {
    await request(`POST ${url}/v1/users`, { token, body: { id: "olga", name: "Olga", roles: ["worker"] } })
    const create = (key: string): Promise<Answer> =>
      request(`POST ${url}/v1/tasks`, { token, body: { title: `Task ${key}` }, headers: { "idempotency-key": key } })
    const sent = new Set<string>()
    const acknowledged = new Map<string, Answer>()
    const client = async (name: number): Promise<void> => {
      for (let count = 0; ; count++) {
        const key = `${name}-${count}`
        sent.add(key)
        const answer = await create(key).catch(() => undefined)
        // Nobody is there any more.
        if (answer === undefined) return
        acknowledged.set(key, answer)
        if (acknowledged.size === enough) server.child.kill("SIGKILL")
      }
    }
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(client))
    expect(await server.ended).toBe(null)
    expect(acknowledged.size).toBeGreaterThanOrEqual(enough)
    expect(sent.size).toBeGreaterThan(acknowledged.size)

    await start()
    const kept = new Set((await all(`${url}/v1/tasks`, token)).map(({ id }) => id))
    for (const { json, status } of acknowledged.values()) expect([status, kept.has(json.id)]).toEqual([201, true])

    for (const key of sent) {
      const { json, status } = await create(key)
      const before = acknowledged.get(key)
      expect({ status, json }).toEqual(
        before === undefined ? { status: 201, json } : { status: 201, json: before.json }
      )
    }
    expect(await all(`${url}/v1/tasks`, token)).toHaveLength(sent.size)
    // Each has cost its fee once.
    await waitFor(async () => {
      const { json } = await request(`GET ${url}/v1/operations/streams`, { token })
      return json.data.every(({ behind }: { behind: number }) => behind === 0)
    })
    expect(await proof(url, token)).toMatchObject({ total: "0", transfers: sent.size, difference: null })
  })

  it("finishes what it has begun after SIGTERM", async () => {
    const feed = await follow(`${url}/v1/events/feed?source=tasks&after=0`, token)
    await feed.until("task.updated")
    const [slow, quiet] = [await halfATask(url, token, "The last one"), await idle(url)]
    const began = performance.now()
    server.child.kill("SIGTERM")
    await quiet.closed
    const ready = await request(`GET ${url}/readyz`).catch(() => undefined)
    expect(ready?.status ?? 503).toBe(503)
    expect(await feed.ended()).toContain("task.updated")
    expect(await slow.finish()).toBe(201)
    expect(await server.ended).toBe(0)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(server.error()).toBe("")
  })

  it("has let go of its folder, and ends cleanly when it is told to while it starts", async () => {
    const holder = join(home, "company/process")
    const early = launch("main", environment)
    await waitFor(() => existsSync(holder) && readFileSync(holder, "utf8").trim() === String(early.child.pid))
    expect(await early.end()).toBe(0)
    expect([early.error(), early.out()]).toEqual(["", expect.not.stringContaining("popug listens")])
  })
})
