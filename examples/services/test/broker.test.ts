/**
 * Events by NATS: at once while it is there, from the producers' logs while it is not, and none twice.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { rmSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freePort, natsArguments, natsServer } from "../src/broker.ts"
import { type Apart, apart } from "./support/company.ts"
import { postgres } from "./support/outside.ts"
import { requests, until } from "./support/requests.ts"

const file = natsServer()

describe.skipIf(file === undefined)("events by NATS", { timeout: 90_000 }, () => {
  let database: Awaited<ReturnType<typeof postgres>>
  let company: Apart
  let nats: ChildProcess | undefined
  let port: number
  let asked: ReturnType<typeof requests>
  const folder = () => join(company.folder, "nats")

  const start = () => void (nats = spawn(file!, natsArguments(port, folder()), { stdio: "ignore" }))
  const kill = async () => {
    const gone = new Promise((resolve) => nats!.once("close", resolve))
    nats!.kill("SIGKILL")
    await gone
  }

  beforeAll(async () => {
    database = await postgres()
    port = await freePort()
    company = await apart({
      databaseOf: () => database.url,
      environment: { POPUG_NATS_URL: `nats://127.0.0.1:${port}` }
    })
    asked = requests(company.url)
  }, 120_000)
  afterAll(async () => {
    await company?.close()
    if (nats !== undefined) await kill()
    await database?.stop()
  })

  let made = 0
  const createAndBook = async () => {
    made += 1
    expect((await asked.post("/v1/tasks", { title: `Task ${made}` })).status).toBe(201)
    const { json } = await until(
      () => asked.get("/v1/billing/audit-log?limit=100"),
      ({ json }) => json.data.length >= made
    )
    expect(json.data).toHaveLength(made)
  }

  it("are carried from the logs while it is not there yet", createAndBook)

  it("are carried by it once it is", async () => {
    start()
    await createAndBook()
    await createAndBook()
  })

  it("are carried from the logs when it is killed, and by it when it comes back with nothing", async () => {
    await kill()
    await createAndBook()
    rmSync(folder(), { recursive: true, force: true })
    start()
    await createAndBook()
    expect((await asked.get("/v1/billing/verification")).json.difference).toBeNull()
  })
})
