/**
 * The files of the data folder that are the server's own: the secret and the moved clock.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as MovedClock from "../src/MovedClock.ts"
import { ofFolder } from "../src/secret.ts"
import { cleanUp, folder } from "./support/server.ts"

cleanUp()

/** Everything in a folder that somebody else than its owner reaches, and the folder. */
const open = (path: string): ReadonlyArray<string> =>
  [path, ...readdirSync(path).map((name) => join(path, name))].filter((file) => (statSync(file).mode & 0o077) !== 0)

const secretOf = (home: string, anew = false) => Effect.runPromise(ofFolder(home, { anew }))
const refusalOf = (home: string) =>
  Effect.runPromise(Effect.map(Effect.flip(ofFolder(home, { anew: false })), ({ message }) => message))
const clockOf = (home: string, days = 0) => MovedClock.make(join(home, "clock.json"), days)

describe.runIf(process.platform !== "win32")("the data folder", () => {
  it("is its owner's alone with all that is in it, whatever the process's mask", async () => {
    const home = join(folder(), "made")
    const before = process.umask(0)
    await secretOf(home)
    await Effect.runPromise(Effect.flatMap(clockOf(home), ({ advance }) => advance(1)))
    process.umask(before)
    expect(readdirSync(home).sort()).toEqual(["clock.json", "secret"])
    expect(open(home)).toEqual([])
  })

  it("has its secret closed to others again, where a copy was brought back", async () => {
    const home = folder()
    const secret = await secretOf(home)
    chmodSync(join(home, "secret"), 0o644)
    expect(await secretOf(home)).toBe(secret)
    expect(open(home)).toEqual([])
  })
})

describe("the secret", () => {
  it("is made once, by whichever of many that start at once", async () => {
    const home = folder()
    const secrets = await Promise.all([secretOf(home), secretOf(home), secretOf(home)])
    expect(new Set(secrets)).toEqual(new Set([await secretOf(home)]))
    expect(readdirSync(home)).toEqual(["secret"])
  })

  it("is not made anew for a company that had another, but where it is to adopt one", async () => {
    const home = folder()
    mkdirSync(join(home, "company"))
    writeFileSync(join(home, "company/state"), "whole\n")
    expect(await refusalOf(home)).toContain("the file secret of its company is gone: bring it back")
    expect(readdirSync(home)).toEqual(["company"])
    expect(await secretOf(home, true)).toMatch(/^[0-9a-f]{64}$/)
  })

  it("is refused in words when its file is empty", async () => {
    const home = folder()
    writeFileSync(join(home, "secret"), "")
    expect(await refusalOf(home)).toBe(
      `the data folder ${home} can't be used: its file secret is empty: bring it back, or remove it (POPUG_DATA_DIR)`
    )
  })
})

describe("the moved clock", () => {
  it("stands where it was when it can't be kept", async () => {
    const home = folder()
    const { advance, clock } = await Effect.runPromise(clockOf(home))
    const before = clock.currentTimeMillisUnsafe()
    rmSync(home, { recursive: true })
    expect((await Effect.runPromise(Effect.exit(advance(31))))._tag).toBe("Failure")
    expect(clock.currentTimeMillisUnsafe() - before).toBeLessThan(86_400_000)
  })

  it.each(["", "null", '{"days":"1"}', '{"days":0.5}', '{"days":999999}', '{"days":1e99}'])(
    "is refused in words when its file says %j",
    async (said) => {
      const home = folder()
      writeFileSync(join(home, "clock.json"), said)
      const { message } = await Effect.runPromise(Effect.flip(clockOf(home)))
      expect(message).toContain(`its file clock.json does not say { "days": N }`)
      expect(readFileSync(join(home, "clock.json"), "utf8")).toBe(said)
    }
  )
})
