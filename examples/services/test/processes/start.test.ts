/**
 * `npm run services` where something is in its way.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const start = fileURLToPath(new URL("../../src/start.ts", import.meta.url))

it("a port that somebody has is said at once, and whoever listens there is not taken for the company", async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve))
  const { port } = server.address() as { readonly port: number }
  const parent = mkdtempSync(join(tmpdir(), "popug-start-"))
  const folder = join(parent, "data")
  const { status, stderr, stdout } = spawnSync(process.execPath, ["--conditions=@popug/source", start], {
    env: { PATH: process.env["PATH"], PORT: String(port), POPUG_DATA_DIR: folder, POPUG_NATS_URL: "none" },
    encoding: "utf8",
    timeout: 60_000
  })
  server.close()
  const isMade = existsSync(folder)
  rmSync(parent, { recursive: true, force: true })
  expect([status, stdout]).toEqual([1, ""])
  expect(stderr).toContain(`popug can't start: port ${port} of 127.0.0.1 is in use`)
  expect(isMade).toBe(false)
})
