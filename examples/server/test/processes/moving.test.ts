/**
 * Several databases behind one server: each company lives in one of them, is moved by a request of the operator, and
 * goes on whatever becomes of the others.
 */
import { afterAll, describe, expect, it } from "vitest"
import { many, open, operator, work } from "../support/companies.ts"
import { ownPostgres } from "../support/outside.ts"
import { all, login, proof, request, waitFor } from "../support/requests.ts"
import { cleanUp, folder, launch } from "../support/server.ts"

const database = await ownPostgres()
afterAll(database.stop)
cleanUp()

const move = (url: string, id: string, to: string) =>
  request(`POST ${url}/v1/companies/${id}/move`, { token: operator, body: { database: to } })
const place = async (url: string, id: string) =>
  (await request(`GET ${url}/v1/companies/${id}/move`, { token: operator })).json
const databases = async (url: string) => {
  const { json } = await request(`GET ${url}/v1/databases`, { token: operator })
  return Object.fromEntries(json.data.map(({ name, status }: Record<string, string>) => [name, status]))
}

/** Creates tasks, many at once. */
const fill = async (url: string, id: string, token: string, batches: number) => {
  for (let batch = 0; batch < batches; batch++) {
    const tasks = Array.from({ length: 100 }, (_, index) => ({ title: `Task ${batch}-${index}` }))
    const made = await request(`POST ${url}/c/${id}/v1/tasks/batch`, { token, body: { tasks } })
    expect(made.status, made.text).toBe(201)
  }
}

const shared = { ...many, POPUG_SECRET: "a key that all nodes have" }

describe("several databases behind one server", { timeout: 240_000 }, () => {
  it("a company moves with all that was acknowledged, and the server may be killed in the middle", async () => {
    const settings = { ...shared, POPUG_DATA_DIR: folder(), POPUG_DATABASES: "attic=pglite,cellar=pglite" }
    const first = launch("main", settings)
    const url = await first.listening
    const acme = await open(url, "acme")
    await open(url, "zoo", { database: "attic" })
    expect((await place(url, "zoo")).database).toBe("attic")
    await work(url, "acme", acme, ["Mend the roof", "Paint the roof"])

    // Commands are offered all the time: each is counted once, or refused.
    const acknowledged: Array<string> = []
    const offered = { isOver: false }
    const offering = (async () => {
      while (!offered.isOver) {
        const made = await request(`POST ${url}/c/acme/v1/tasks`, { token: acme, body: { title: "Offered" } })
        if (made.status === 201) acknowledged.push(made.json.id)
        else expect(made.status, made.text).toBeOneOf([403, 503])
      }
    })()
    await waitFor(() => acknowledged.length > 3)
    const moved = await move(url, "acme", "attic")
    expect(moved.json, moved.text).toMatchObject({ database: "attic", status: "open", move: { status: "moved" } })
    const before = acknowledged.length
    await waitFor(() => acknowledged.length > before + 3)
    offered.isOver = true
    await offering
    const ids = (await all(`${url}/c/acme/v1/tasks`, acme)).map(({ id }) => id)
    expect(ids).toHaveLength(acknowledged.length + 2)
    expect(new Set(ids)).toEqual(new Set([...ids, ...acknowledged]))
    expect(await proof(`${url}/c/acme`, acme)).toMatchObject({ total: "0", difference: null })
    expect((await move(url, "acme", "attic")).json.move.status).toBe("moved")

    // Its old rows are there still.
    const back = await move(url, "acme", "main")
    expect(back.json).toMatchObject({ status: 409, type: "urn:popug:problem:move-refused" })
    expect(await place(url, "acme")).toMatchObject({ status: "resting", move: { status: "failed" } })
    await request(`POST ${url}/v1/companies/acme/wake`, { token: operator })
    await fill(url, "acme", await login(`${url}/c/acme`, "ann"), 20)

    // Killed on its way, at whichever step that is.
    const broken = move(url, "acme", "cellar").catch(() => undefined)
    await waitFor(async () => (await place(url, "acme")).move.to === "cellar")
    await first.end("SIGKILL")
    await broken
    const again = await launch("main", settings).listening
    expect((await place(again, "acme")).move).toBeNull()
    const finished = await move(again, "acme", "cellar")
    expect(finished.json, finished.text).toMatchObject({ database: "cellar", status: "open" })
    const token = await login(`${again}/c/acme`, "ann")
    await work(again, "acme", token, ["Sell the roof"])
    expect(await all(`${again}/c/acme/v1/tasks`, token)).toHaveLength(ids.length + 2_000 + 1)
    expect(await proof(`${again}/c/acme`, token)).toMatchObject({ total: "0", difference: null })
  })

  it("one that is away takes down its own companies alone", async () => {
    const settings = {
      ...shared,
      POPUG_DATA_DIR: folder(),
      DATABASE_URL: database.url,
      POPUG_DATABASES: "attic=pglite"
    }
    const url = await launch("main", settings).listening
    const acme = await open(url, "acme")
    const zoo = await open(url, "zoo", { database: "attic" })
    await work(url, "acme", acme, ["Mend the roof"])
    expect(await databases(url)).toEqual({ attic: "up", main: "up" })
    await database.stop()

    await waitFor(async () => (await databases(url))["main"] === "away")
    await work(url, "zoo", zoo, ["Feed the parrot"])
    expect((await request(`POST ${url}/c/acme/v1/tasks`, { token: acme, body: { title: "x" } })).status).toBe(503)
    expect((await request(`GET ${url}/readyz`)).status).toBe(200)
    expect((await request(`GET ${url}/metrics`)).text).toContain('popug_database_up{database="main"} 0')
    expect(await proof(`${url}/c/zoo`, zoo)).toMatchObject({ total: "0", difference: null })
  })
})
