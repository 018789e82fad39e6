/**
 * A server whose log can't be written goes on.
 */
import { closeSync, existsSync, openSync } from "node:fs"
import { createServer, type AddressInfo } from "node:net"
import { afterAll, expect, it } from "vitest"
import { postgres } from "./support/outside.ts"
import { login, request, waitFor } from "./support/requests.ts"
import { cleanUp, folder, launch, type Launched } from "./support/server.ts"

const database = await postgres()
afterAll(database.stop)
cleanUp()

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })

/** Starts it, and has it do what it writes of. */
const works = async (start: (environment: Readonly<Record<string, string>>) => Launched) => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server = start({
    HOST: "127.0.0.1",
    PORT: String(port),
    DATABASE_URL: database.url,
    POPUG_DATABASE_SCHEMA: `popug_${port}`,
    POPUG_DATA_DIR: folder(),
    POPUG_DEV_LOGIN: "true",
    POPUG_ADMIN: "ann",
    POPUG_DEV_CLOCK: "true",
    // A line for each notice.
    POPUG_MAIL: "log"
  })
  await waitFor(() =>
    request(`GET ${url}/readyz`).then(
      ({ status }) => status === 200,
      () => server.child.exitCode !== null
    )
  )
  const token = await login(url, "ann")
  for (let days = 1; days < 4; days++) {
    await request(`POST ${url}/dev/clock`, { token, body: { days: 1 } })
    await waitFor(async () => {
      const { json } = await request(`GET ${url}/v1/operations/notices?status=sent&limit=100`, { token })
      return json.data.length >= 2 * days
    })
  }
  expect(await server.end()).toBe(0)
  expect(server.error()).toBe("")
}

it.runIf(existsSync("/dev/full"))(
  "a server whose disk is full goes on, without a log",
  { timeout: 120_000 },
  async () => {
    const full = openSync("/dev/full", "w")
    await works((environment) => launch("main", environment, { log: full }))
    closeSync(full)
  }
)

it("a server whose log nobody reads any more goes on", { timeout: 120_000 }, () =>
  works((environment) => {
    const server = launch("main", environment)
    server.child.stdout!.destroy()
    return server
  })
)
