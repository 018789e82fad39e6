/**
 * What one process is configured by: everything wrong is said at once, and the documents say what there is.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { refusals } from "../src/given.ts"
import { keysOf } from "../src/keys.ts"
import { addresses, read, sections } from "../src/settings.ts"
import { root } from "./support/outside.ts"

const problemsOf = (environment: Readonly<Record<string, string>>): ReadonlyArray<string> => {
  const settings = read(environment)
  return Result.isFailure(settings) ? settings.failure : []
}
const login = { POPUG_DEV_LOGIN: "true" }
const key = "k".repeat(32)

describe("the settings of a process", () => {
  it("say which one it is", () => {
    expect(problemsOf(login)).toEqual([expect.stringMatching(/^POPUG_SERVICE: /u)])
    expect(problemsOf({ ...login, POPUG_SERVICE: "front" })).toEqual([])
  })

  it.each([
    [{ POPUG_SERVICE: "tasks", POPUG_KEYS: `billing=${key}` }, /^POPUG_KEY: needed/u],
    [{ POPUG_SERVICE: "billing", POPUG_KEY: key }, /^POPUG_KEYS: needed/u],
    [{ POPUG_SERVICE: "users", POPUG_KEYS: "tasks=short" }, /^POPUG_KEYS: Expected pairs/u],
    [{ POPUG_SERVICE: "users", POPUG_KEYS: `somebody=${key}` }, /^POPUG_KEYS: Expected pairs/u],
    [{ POPUG_SERVICE: "front", POPUG_TASKS_URL: "tasks:3000" }, /^POPUG_TASKS_URL: Expected URLs/u],
    [{ POPUG_SERVICE: "front", POPUG_NATS_URL: "http://nats" }, /^POPUG_NATS_URL: Expected URLs/u],
    [{ POPUG_SERVICE: "front", POPUG_TASK_URL: "http://tasks" }, /^POPUG_TASK_URL: there is no such setting/u]
  ])("that can't be right are refused: %j", (environment, said) => {
    expect(problemsOf({ ...login, ...environment })).toEqual([expect.stringMatching(said)])
  })

  it("have several addresses of a context", () => {
    const settings = read({ ...login, POPUG_SERVICE: "front", POPUG_TASKS_URL: "http://a:1, http://b:2" })
    expect(addresses(Result.getOrThrow(settings)).tasks).toEqual(["http://a:1", "http://b:2"])
  })

  it("are made for each context by the company's secret, so that all know one another", () => {
    const all = Object.fromEntries((["users", "tasks", "billing", "reports"] as const).map((n) => [n, keysOf(n, "s")]))
    expect(all["users"]!["POPUG_KEYS"]).toContain(`tasks=${all["tasks"]!["POPUG_KEY"]}`)
    expect(all["billing"]!["POPUG_KEYS"]).toContain(`reports=${all["reports"]!["POPUG_KEY"]}`)
    expect(keysOf("tasks", "another")["POPUG_KEY"]).not.toBe(all["tasks"]!["POPUG_KEY"])
    for (const [name, own] of Object.entries(all))
      expect(problemsOf({ ...login, ...own, POPUG_SERVICE: name })).toEqual([])
  })

  it("are the table of docs/operating/beyond-one-machine.md, besides those of the server", () => {
    const page = readFileSync(join(root, "docs/operating/beyond-one-machine.md"), "utf8")
    const rows = page.split("\n").filter((line) => line.startsWith("| `POPUG_"))
    const own = { ...sections["What this process is"], ...sections["Where the others are"] }
    expect(rows).toEqual(
      Object.entries(own).map(([name, variable]) => {
        const { fallback, help } = variable as { readonly fallback?: string; readonly help: string }
        return `| \`${name}\` | ${fallback === undefined ? "" : `\`${fallback}\``} | ${help} |`
      })
    )
  })
})

describe("the environment of npm run services", () => {
  it("is refused where it says what is decided for each process, or would be passed over", () => {
    const set = {
      DATABASE_URL: "postgres://db/popug",
      POPUG_USERS_URL: "http://elsewhere:3000",
      POPUG_KEY: "a key",
      POPUG_TASKS_DATABASE_URL: "mysql://u:hunter2@db/tasks",
      POPUG_BILLING_DATABASE_URL: "postgres://db/billing",
      POPUG_CURRENCY: "EUR"
    }
    expect(refusals(set).map((line) => line.split(":")[0])).toEqual([
      "POPUG_KEY",
      "POPUG_USERS_URL",
      "DATABASE_URL",
      "POPUG_TASKS_DATABASE_URL"
    ])
    expect(refusals(set).join(" ")).not.toContain("hunter2")
    expect(refusals({ POPUG_USERS_DATABASE_URL: "postgres://db/users" })).toEqual([])
  })
})
