import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, it } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "popug-"))
afterAll(() => rmSync(folder, { recursive: true }))
const path = (name: string) => join(folder, name)

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly error: string
}

const run = (program: "main" | "replay", ...args: ReadonlyArray<string>): Promise<Ended> =>
  new Promise((resolve) => {
    const file = fileURLToPath(new URL(`../src/${program}.ts`, import.meta.url))
    const child = spawn(process.execPath, ["--conditions=@popug/source", file, ...args])
    let [out, error] = ["", ""]
    child.stdout.on("data", (chunk) => (out += chunk))
    child.stderr.on("data", (chunk) => (error += chunk))
    child.on("close", (code) => resolve({ code, out, error }))
  })

const trace = path("trace.ndjson")
writeFileSync(
  trace,
  [
    `{"at":"2024-03-01T09:00:00Z","actor":"system","command":"user.create","data":{"id":"mia","name":"Mia","roles":["worker"]}}`,
    `{"at":"2024-03-01T09:01:00Z","actor":"mia","command":"task.create","data":{"id":"roof","title":"Mend the roof"}}`,
    `{"at":"2024-03-01T09:02:00Z","actor":"mia","command":"task.assign"}`,
    `oops`,
    `{"at":"2024-03-03T09:00:00Z","actor":"assignee","command":"task.update","data":{"id":"roof","status":"done"}}`
  ].join("\n")
)

describe("npm run replay", () => {
  it("comes to the same books over HTTP, in SQLite, and by contexts apart that ask one another over HTTP", async () => {
    const [straight, http, sqlite, apart] = await Promise.all([
      run("replay", trace, "--json"),
      run("replay", trace, "--json", "--http"),
      run("replay", trace, "--json", "--store", "sqlite"),
      run("replay", trace, "--json", "--apart", "--asking")
    ])
    expect([http.code, sqlite.code, apart.code]).toEqual([0, 0, 0])
    expect(http.out).toBe(straight.out)
    expect(sqlite.out).toBe(straight.out)
    expect(apart.out).toBe(straight.out)
  })

  it("replays the trace that comes with it, and says what is wrong with two of its lines", async () => {
    const sample = fileURLToPath(new URL("../traces/aviary.ndjson", import.meta.url))
    const { code, out } = await run("replay", sample)
    expect(code).toBe(0)
    expect(out).toContain("126 commands done, 2 invalid lines skipped")
    expect(out).toMatch(/84 {2}DeactivatedActor.*\n.*95 {2}TaskNotFound/u)
    expect(out).toContain("checked: 16 days in balance")
  })

  it("writes nothing but JSON when asked for it", async () => {
    const { code, error, out } = await run("replay", trace, "--json")
    expect(code).toBe(0)
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(lines.map((line) => line.period)).toEqual(["2024-03-01", "2024-03-02", "2024-03-03", undefined])
    expect(lines.at(-1)).toMatchObject({
      commands: 3,
      periods: 3,
      invalid: [
        { line: 3, reason: expect.stringMatching(/^NotAllowed: /) },
        { line: 4, reason: expect.stringMatching(/^BrokenJson: /) }
      ],
      totals: { tasksCreated: 1, assigned: 1, done: 1 }
    })
    expect(error).toMatch(/^checked: 3 days in balance; 1 assignment and 1 done, each booked once/)
  })

  it("shows tables, and writes a report and a journal", async () => {
    const [report, journal] = [path("report.html"), path("books.journal")]
    const { code, error, out } = await run(
      "replay",
      trace,
      "--report",
      report,
      "--journal",
      journal,
      "--currency",
      "JPY"
    )
    expect({ code, error }).toEqual({ code: 0, error: "" })
    expect(out).toContain("3 commands done, 2 invalid lines skipped")
    expect(out).toContain("2024-03-02")
    expect(out).toMatch(/^ *3 {2}NotAllowed: user:mia may not shuffle tasks$/m)
    expect(out).toContain(`report: ${report}\njournal: ${journal}\n`)
    expect(readFileSync(report, "utf8")).toContain("Mend the roof")
    expect(readFileSync(journal, "utf8")).toMatch(/^2024-03-01 \(1\) fee: Mend the roof {2}; .*task:roof/m)
  })

  it.each([
    [["--help"], 0, /^$/],
    [[path("none")], 1, /none: there is no such file/],
    [[folder], 2, /is a folder/],
    [[trace, "--store", "postgres"], 2, /needs --database/],
    [[trace, "--report", path("no/where.html")], 1, /no: there is no such file or folder/]
  ])("answers %j with exit code %i", async (args, expected, said) => {
    const { code, error } = await run("replay", ...args)
    expect(code).toBe(expected)
    expect(error).toMatch(said)
  })
})

describe("npm run simulate", () => {
  it("shows each day, the top tasks, who is in the red, and where the report is", async () => {
    const report = path("simulated.html")
    const { code, error, out } = await run("main", "--days", "3", "--popugs", "5", "--report", report)
    expect({ code, error }).toEqual({ code: 0, error: "" })
    expect(out).toMatch(/Each day\n(.*\n){4} {2}All /)
    expect(out).toMatch(/Top tasks\n[^]*In the red\n[^]*checked: [^]*report: /)
    expect(out).toContain(report)
    expect(readFileSync(report, "utf8")).toContain("A simulated company")
  })

  it("finds nothing wrong with the company that it runs when it is told nothing", { timeout: 120_000 }, async () => {
    const { code, out } = await run("main", "--report", path("usual.html"))
    expect(out).toMatch(/checked: .* nothing wrong/)
    expect(code).toBe(0)
  })

  it("is the same company for the same seed, wherever it keeps its books", async () => {
    const args = ["--days", "2", "--popugs", "4", "--json", "--report", path("x.html")]
    const [once, again] = await Promise.all([run("main", ...args), run("main", ...args, "--store", "pglite")])
    expect(once.error).toMatch(/^checked: .* nothing wrong/)
    expect(once.out).toBe(again.out)
    expect(
      once.out
        .trimEnd()
        .split("\n")
        .map((line) => Object.keys(JSON.parse(line))[0])
    ).toEqual(["period", "period"])
  })
})
