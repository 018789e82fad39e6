import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

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
    const { code, error, out } = await soak("--seeds", "4", "--from", "1")
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
  })

  it("says what it does not understand", async () => {
    expect((await soak("--bug", "none")).error).toContain(`there is no mistake called "none"`)
    expect((await soak("--replay", "oops")).error).toContain("--replay takes what a failure has printed")
  })
})
