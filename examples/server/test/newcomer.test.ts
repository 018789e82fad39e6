/**
 * What a newcomer does: `npm start` in an empty folder, and the README's day with curl.
 */
import { execFile, spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { networkInterfaces } from "node:os"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { beforeAll, describe, expect, it } from "vitest"
import { login, request, waitFor } from "./support/requests.ts"
import { cleanUp, folder, launch, type Launched, root } from "./support/server.ts"

cleanUp()
const home = folder()
let server: Launched
let url: string
beforeAll(async () => {
  // Without the tests' copies of a PGlite: all of it is made.
  server = launch("start", { PORT: "0", NODE_OPTIONS: "" }, { cwd: home })
  url = await server.listening
}, 120_000)

const connects = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 })
    const end = (answer: boolean) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false))
  })

/** A folder with a curl for PATH, where the machine has none. */
const withCurl = (): string => {
  if (spawnSync("curl", ["--version"]).status === 0) return ""
  const bin = join(home, "bin")
  mkdirSync(bin)
  const program = fileURLToPath(new URL("support/curl.mjs", import.meta.url))
  writeFileSync(join(bin, "curl"), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`)
  chmodSync(join(bin, "curl"), 0o755)
  return `${bin}${delimiter}`
}

/** The block of shell under a heading. */
const blockOf = (file: string): string => {
  const text = readFileSync(file, "utf8")
  return /^## A day over HTTP\n[^]*?\n```sh\n([^]*?)\n```/m.exec(text)?.[1] ?? ""
}

describe("npm start", () => {
  it("says where it is, where its data is, and how to begin", async () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(server.out()).toContain("THE DEVELOPMENT LOGIN IS ON")
    expect(server.out()).toContain(`PGlite in ${join(home, "data")}`)
    expect(server.out()).toMatch(/popug is at \S+\n {2}Open it in a browser, and choose who you want to be\.\n/)
    expect((await request(`GET ${url}/`)).text).toContain('{"signIn":{"by":"development"}')
    expect(server.out()).toContain(`${url}/docs`)
    expect((await request(`GET ${url}/docs`)).text).toContain("<title>popug")
    expect(server.out()).toMatch(/^\n {2}popug makes a company .* takes about ten seconds, once \.\.\.\n/)
    expect(server.out()).toContain(`delete ${join(home, "data")}`)
    expect(server.error()).toBe("")
  })

  it("opens a company with people, tasks and some days behind it", async () => {
    const token = await login(url, "anna")
    const [users, tasks, days] = await Promise.all(
      ["users", "tasks?limit=100", "reports/daily"].map((path) => request(`GET ${url}/v1/${path}`, { token }))
    )
    expect(users!.json.data.map(({ id }: { id: string }) => id)).toContain("masha")
    expect(tasks!.json.data).toHaveLength(20)
    expect(days!.json.data).toHaveLength(3)
  })

  it("is reached from this machine alone, and keeps its secret to its owner", async () => {
    const port = Number(new URL(url).port)
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === "IPv4" && !internal)
    for (const { address } of others) expect(await connects(address, port), address).toBe(false)
    expect(await connects("127.0.0.1", port)).toBe(true)
    expect(statSync(join(home, "data/secret")).mode & 0o077).toBe(0)
  })

  it.each(["the README's day", "the day after"])("goes through %s with curl", { timeout: 60_000 }, async () => {
    const block = blockOf(join(root, "README.md"))
    const { stderr, stdout } = await promisify(execFile)(
      "sh",
      ["-euc", block.replaceAll("http://127.0.0.1:3000", url)],
      { cwd: home, env: { ...process.env, PATH: `${withCurl()}${process.env["PATH"]}` } }
    )
    expect(stderr).toBe("")
    const answers = stdout.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []))
    const [kiwi, bell, moat, shuffle, done, clock, report, verification] = answers
    expect(answers).toHaveLength(8)
    expect(kiwi).toMatchObject({ name: "Kiwi", roles: ["worker"], status: "active" })
    const id = `bell-${report.period}`
    expect([bell, moat]).toMatchObject([
      { id, status: "in progress", assignee: expect.any(String) },
      { title: "Count the ducks in the moat", status: "in progress", assignee: expect.any(String) }
    ])
    expect(shuffle.open).toBeGreaterThanOrEqual(2)
    expect(done).toMatchObject({ id, status: "done" })
    expect(Date.parse(clock.period) - Date.parse(report.period)).toBe(86_400_000)
    expect(report).toMatchObject({ totals: { done: 1 }, topTask: { id, title: "Polish the bell" } })
    expect(verification).toMatchObject({ difference: null })
    expect(stdout).toMatch(/^\d+,[\d-]+,award,[\w-]+,\w+,bell-[\d-]+,Polish the bell,\d\d\.\d\d,USD,/m)
    expect(stdout).toMatch(/^Subject: Daily report of .*: earnings /m)
    expect(stdout).toMatch(/^Seal\r?\n {2}[0-9a-f]{64}\r?$/m)
  })

  it("can be read by a machine without curl", { timeout: 20_000 }, async () => {
    const program = fileURLToPath(new URL("support/curl.mjs", import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [
      program,
      "-s",
      `${url}/dev/login`,
      "-H",
      "content-type: application/json",
      "-d",
      '{"user":"anna"}'
    ])
    expect(JSON.parse(stdout)).toHaveProperty("token")
  })

  it(
    "ends with Ctrl-C, which npm passes on a second time, and is the same company the next time",
    { timeout: 120_000 },
    async () => {
      server.child.kill("SIGINT")
      expect(await server.end("SIGINT")).toBe(0)
      const again = launch("start", { PORT: "0" }, { cwd: home })
      const token = await login(await again.listening, "anna")
      const url = await again.listening
      const days = (await request(`GET ${url}/v1/reports/daily`, { token })).json.data
      expect(days).toHaveLength(5)
      const { id } = days.at(-1).topTask
      expect(id).toMatch(/^bell-/)
      expect((await request(`GET ${url}/v1/tasks/${id}`, { token })).json).toMatchObject({ status: "done" })
      expect(readdirSync(join(home, "data")).sort()).toEqual(["clock.json", "company", "mail", "secret"])
      expect(await again.end()).toBe(0)
    }
  )
})

it("makes its company when the first start was killed before there was one", { timeout: 120_000 }, async () => {
  const cwd = folder()
  const killed = launch("start", { PORT: "0" }, { cwd })
  const clock = join(cwd, "data/clock.json")
  await waitFor(() => existsSync(clock))
  await killed.end("SIGKILL")
  expect(readFileSync(clock, "utf8")).toBe('{"days":-3}')
  const again = launch("start", { PORT: "0" }, { cwd })
  const url = await again.listening
  const token = await login(url, "anna")
  expect((await request(`GET ${url}/v1/reports/daily`, { token })).json.data).toHaveLength(3)
  expect(readFileSync(clock, "utf8")).toBe('{"days":0}')
  expect(await again.end()).toBe(0)
})
