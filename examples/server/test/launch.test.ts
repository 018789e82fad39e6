/**
 * What one is told before the server runs: help, and everything that is in the way.
 */
import { describe, expect, it } from "vitest"
import { cleanUp, folder, launch } from "./support/server.ts"

cleanUp()
const limit = { timeout: 60_000 }

describe.concurrent("the program", limit, () => {
  it.each(["main", "start"] as const)("%s.ts explains itself with --help", async (program) => {
    const { ended, error, out } = launch(program, {}, { args: ["--help"] })
    expect(await ended).toBe(0)
    expect(error()).toBe("")
    expect(out()).toMatch(/^popug's server\. It is configured by its environment:\n\nWhere it listens\n {2}HOST /)
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
})
