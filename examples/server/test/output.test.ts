/**
 * A server whose log can't be written goes on.
 */
import { closeSync, existsSync, openSync } from "node:fs"
import { createServer, type AddressInfo } from "node:net"
import { expect, it } from "vitest"
import { login, request, waitFor } from "./support/requests.ts"
import { cleanUp, folder, launch, type Launched } from "./support/server.ts"

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
    POPUG_DATA_DIR: folder(),
    POPUG_DEV_LOGIN: "true",
    POPUG_ADMIN: "ann",
    POPUG_LOG_LEVEL: "Debug"
  })
  await waitFor(() =>
    request(`GET ${url}/readyz`).then(
      ({ status }) => status === 200,
      () => server.child.exitCode !== null
    )
  )
  const token = await login(url, "ann")
  for (let count = 0; count < 3; count++) {
    expect((await request(`POST ${url}/v1/tasks`, { token, body: { title: "Count the lines" } })).status).toBe(201)
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
