/**
 * What one is told before the server runs: help, and everything that is in the way.
 */
import { once } from "node:events"
import { mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { postgres } from "./support/outside.ts"
import { cleanUp, folder, launch } from "./support/server.ts"

cleanUp()
// Each is a process, and they are started at once: on a busy machine that takes its time.
const limit = { timeout: 180_000 }

describe.concurrent("the program", limit, () => {
  it.each(["main", "start"] as const)("%s.ts explains itself with --help", async (program) => {
    const { ended, error, out } = launch(program, {}, { args: ["--help"] })
    expect(await ended).toBe(0)
    expect(error()).toBe("")
    expect(out()).toMatch(/^popug's server\. It is configured by its environment; .*:\n\nWhere it listens\n {2}HOST /)
    // Its own defaults, and what each variable takes.
    expect(out()).toContain(`text; default: ${program === "start" ? "127.0.0.1" : "0.0.0.0"}\n`)
    expect(out()).toContain(`true or false; default: ${program === "start"}\n`)
    expect(out()).toContain("a whole number between 0 and 65535; default: 3000\n")
    expect(out()).toContain("files or smtp or log; default: files\n")
    expect(out()).toMatch(program === "start" ? /PORT=8080 npm start\n$/ : /PORT=8080 npm run server\n$/)
  })

  it("says that its port is in use before it makes anything", async () => {
    const other = createServer().listen(0, "127.0.0.1")
    await once(other, "listening")
    const { port } = other.address() as AddressInfo
    const cwd = folder()
    const { ended, error, out } = launch("start", { PORT: String(port) }, { cwd })
    expect(await ended).toBe(1)
    other.close()
    expect(error()).toBe(
      `popug can't start: port ${port} of 127.0.0.1 is in use: end what listens there, or set another PORT\n`
    )
    expect(out()).toBe("")
    expect(readdirSync(cwd)).toEqual([])
  })

  it.each([
    ["a file in its place", (path: string) => writeFileSync(path, ""), "there is a file of this name"],
    [
      "a file on the way to it",
      (path: string) => writeFileSync(join(path, ".."), ""),
      "there is a file on the way to it"
    ]
  ])("says in a line that its data folder can't be used: %s", async (_, spoil, reason) => {
    const path = join(folder(), "x", "data")
    if (reason.includes("of this name")) mkdirSync(join(path, ".."))
    spoil(path)
    const { ended, error } = launch("start", { PORT: "0", POPUG_DATA_DIR: path })
    expect(await ended).toBe(1)
    expect(error()).toBe(`popug can't start: the data folder ${path} can't be used: ${reason} (POPUG_DATA_DIR)\n`)
  })

  it.skipIf(process.platform !== "linux")("says so, too, where the system makes no folders", async () => {
    const { ended, error } = launch("start", { PORT: "0", POPUG_DATA_DIR: "/proc/nowhere/data" })
    expect(await ended).toBe(1)
    expect(error()).toContain("the data folder /proc/nowhere/data can't be used: no folder can be made there")
  })

  it("names all that is wrong with its settings at once", async () => {
    const { ended, error, out } = launch(
      "main",
      { PORT: "http", POPUG_CUTOFF: "noon", POPUG_COLOUR: "red" },
      { args: ["--fast"] }
    )
    expect(await ended).toBe(2)
    expect(out()).toBe("")
    expect(error().split("\n")).toEqual([
      "popug can't start:",
      "  --fast: there is no such option",
      expect.stringMatching(/^ {2}PORT: Expected /),
      expect.stringMatching(/^ {2}POPUG_CUTOFF: Expected /),
      "  POPUG_COLOUR: there is no such setting",
      "See --help.",
      ""
    ])
  })

  it("does not start where nobody could log in, and says what to set", async () => {
    const { ended, error } = launch("main", {})
    expect(await ended).toBe(2)
    expect(error()).toContain(
      "nobody could log in: set POPUG_OIDC_ISSUER and POPUG_OIDC_AUDIENCE, or POPUG_DEV_LOGIN=true for development"
    )
  })

  it("says in a line that the database can't be reached, without its password", async () => {
    const { ended, error, out } = launch("main", {
      POPUG_DATA_DIR: folder(),
      POPUG_DEV_LOGIN: "true",
      DATABASE_URL: "postgres://popug:hunter2@127.0.0.1:1/popug"
    })
    expect(await ended).toBe(1)
    expect(error()).toBe(
      "popug can't start: the database of DATABASE_URL can't be used: connect ECONNREFUSED 127.0.0.1:1\n"
    )
    expect(out()).not.toContain("hunter2")
  })

  it("takes other settings into its company when it is told to, and not by itself", async ({ onTestFinished }) => {
    const [data, database] = [folder(), await postgres()]
    onTestFinished(async () => void (await database.stop()))
    const run = async (settings: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) => {
      const { ended, error, out } = launch(
        "main",
        {
          HOST: "127.0.0.1",
          PORT: "0",
          DATABASE_URL: database.url,
          POPUG_DATA_DIR: data,
          POPUG_DEV_LOGIN: "true",
          ...settings
        },
        { args: [...args] }
      )
      return { code: await ended, out: out(), error: error() }
    }
    const adopted = { code: 0, out: "The company has these settings now.\n", error: "" }
    expect(await run({}, "--adopt")).toEqual(adopted)
    const prague = { POPUG_TIME_ZONE: "Europe/Prague", POPUG_CURRENCY: "CZK" }
    const refused = await run(prague)
    expect(refused.code).toBe(1)
    expect(refused.error).toBe(
      "popug can't start: the company was opened with timeZone UTC, this host has Europe/Prague (POPUG_TIME_ZONE); " +
        "is this host right? See --adopt in --help\n"
    )
    expect(await run(prague, "--adopt")).toEqual(adopted)
    const others = await Promise.all([
      run({ ...prague, POPUG_SECRET: "another secret".repeat(5) }),
      run({ ...prague, POPUG_COMPANY: "another" }, "--adopt")
    ])
    expect(others[0].error).toContain("(POPUG_SECRET)")
    expect(others[1].error).toContain("(POPUG_COMPANY)")
  })
})
