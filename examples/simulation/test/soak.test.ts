import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import * as Crash from "../src/soak/crash.ts"
import * as Services from "../src/soak/services.ts"

interface Ended {
  readonly code: number
  readonly out: string
  readonly error: string
}

const soak = (...args: ReadonlyArray<string>): Promise<Ended> =>
  new Promise((resolve) => {
    const file = fileURLToPath(new URL("../src/soak.ts", import.meta.url))
    const options = { maxBuffer: 2 ** 24 }
    execFile(process.execPath, ["--conditions=@popug/source", file, ...args], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, error: err })
    )
  })

describe("npm run soak", () => {
  it("runs seeds on all its workers", async () => {
    const { code, error, out } = await soak("simulation", "--seeds", "4", "--from", "1")
    expect({ code, error: error.trim() }).toEqual({ code: 0, error: "seeds from 1 on, 2 workers" })
    expect(out).toMatch(/^4 seeds, [\d.]+ a second, .* nothing wrong\n$/)
  })

  it("shows a failure, makes it smaller, and says how to see it again", async () => {
    const bug = "follows a clock that goes back"
    const { code, out } = await soak("--seeds", "50", "--from", "1", "--workers", "1", "--bug", bug)
    expect(code).toBe(1)
    expect(out).toContain("the exact day: the list of ended days is")
    const [, options] = out.match(/commands? left after [^]*--replay '(.*)' --bug 'follows/) ?? []
    const again = await soak("--bug", bug, "--replay", options!)
    expect(again.code).toBe(1)
    expect(again.out).toContain("CreateUsers done")
    expect(again.out).toContain(`replay: npm run soak -- --replay '${options}' --bug '${bug}'`)
  }, 60_000)

  it("kills processes at work, and counts what they did and what was left", async () => {
    const { code, error, out } = await soak("crash", "--rounds", "1", "--store", "pglite", "--seed", "7")
    expect({ code, error: error.trim() }).toEqual({ code: 0, error: "1 round of kill -9 on pglite, seed 7" })
    expect(out).toMatch(
      /^pglite: 1 round, \d+ commands acknowledged, 1 kill, 1 recovered, [\d,]+ events, .* nothing wrong\n$/
    )
  }, 60_000)

  it("says what a crash has broken, where it lies, and how to repeat it", () => {
    const done = { commands: 9, kills: 3, recoveries: 3, events: 40, transfers: 20, periods: 1, failures: [] }
    const lost = { ...done, violations: ["1 acknowledged tasks are missing, a first"], kept: "/tmp/there" }
    expect(Crash.describe("postgres", 5, 7, lost)).toBe(
      "postgres: 5 rounds, 9 commands acknowledged, 3 kills, 3 recovered, 40 events, 20 transfers, 1 day, BROKEN\n" +
        "  1 acknowledged tasks are missing, a first\n" +
        "its data: /tmp/there\n" +
        "again: npm run soak -- crash --store postgres --rounds 5 --seed 7"
    )
    const nats = { killed: 2, emptied: 1, "cut off": 1, paused: 1, carried: 30 }
    expect(Crash.describe("postgres", 5, 7, { ...lost, nats })).toMatch(
      /, 1 day, NATS killed 2, emptied 1, cut off 1, paused 1 times and with 30 events at the end, BROKEN\n[^]* --bus nats$/
    )
    expect(Crash.describe("pglite", 5, 7, { error: "it ended with 1", kept: null })).toContain(
      "pglite: 5 rounds, could not go on, BROKEN\n  it ended with 1\nagain: "
    )
  })

  it("says what services came to, and how to repeat it", () => {
    const asked = { rounds: 5, store: "postgres", bus: undefined, seed: 7 } as const
    const work = { commands: 90, refused: 8, again: 7, events: 400, transfers: 200, periods: 6, slowest: 12_345 }
    const done = { ...work, counts: { killed: 3, cut: 2 }, bus: "nats", kept: null, violations: [] } as const
    expect(Services.describe(asked, done)).toBe(
      "services on postgres, events by nats: 5 rounds, 90 commands acknowledged and 8 refused, 7 sent again, 400 events, " +
        "200 transfers, 6 days closed; killed 3, cut 2; at rest within 12.3 s; nothing wrong"
    )
    const lost = { ...done, violations: ["round 2 (nats killed): a task is lost"], kept: "/tmp/there" }
    expect(Services.describe(asked, lost)).toMatch(
      /; BROKEN\n {2}round 2 [^]*lost\nits data: \/tmp\/there\nagain: npm run soak -- services --store postgres --rounds 5 --seed 7 --bus nats$/
    )
    expect(Services.describe(asked, { error: "it ended with 1", kept: null })).toContain(
      "services on postgres: 5 rounds, could not go on, BROKEN\n  it ended with 1\nagain: "
    )
  })

  it("says what it does not understand", async () => {
    expect((await soak("--bug", "none")).error).toContain(`there is no mistake called "none"`)
    expect((await soak("crashes")).error).toContain(`what is "crashes" for?`)
    expect((await soak("crash", "--bus", "polling")).error).toContain("--bus polling is for services")
    expect((await soak("--replay", "oops")).error).toContain("--replay takes what a failure has printed")
  })
})
