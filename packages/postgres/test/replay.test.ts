import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import { DayBook } from "@popug/testkit/days"
import { Replay } from "@popug/testkit/replay"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import { client, freshSchema } from "./support.ts"

const onServer = Postgres.layer({ ...client, clock: "effect", migrate: true, schema: freshSchema() })

/** Two weeks of a small company: tasks made, moved about, ended, people come, leave and return. */
const trace = (() => {
  const lines: Array<string> = []
  let at = Date.parse("2026-03-01T08:00:00Z")
  const say = (actor: string, command: string, data?: unknown) => {
    at += 94 * 60_000
    lines.push(JSON.stringify({ at: new Date(at).toISOString(), actor, command, data }))
  }
  for (const [index, name] of ["ann", "bob", "cyd", "dee"].entries()) {
    say("system", "user.create", { id: name, name: `Popug ${name} Ž`, roles: [index === 3 ? "manager" : "worker"] })
  }
  for (let index = 0; index < 120; index++) {
    say("ann", "task.create", { id: `t${index}`, title: `Mend "${index}" ✓` })
    if (index % 3 === 0) say("assignee", "task.update", { id: `t${index}`, status: "done" })
    if (index % 40 === 7) say("dee", "task.assign", {})
    if (index % 50 === 20) say("system", "user.update", { id: "bob", status: "deactivated" })
    if (index % 50 === 45) say("system", "user.update", { id: "bob", status: "active" })
  }
  return lines
})()

/** What `npm run replay -- --json` writes. */
const replay = async (ports?: NonNullable<Replay.Options["ports"]>) => {
  const written: Array<unknown> = []
  const result = await Replay.run(Stream.fromIterable(trace), {
    ...(ports === undefined ? {} : { ports }),
    timeZone: "Europe/Prague",
    cutoff: "04:00",
    onDay: (day, name) => Effect.sync(() => void written.push(DayBook.toJson(day, name)))
  }).pipe(Effect.runPromise)
  expect(result.checks.problems).toEqual([])
  return [...written, Replay.toJson(result)].map((line) => `${JSON.stringify(line)}\n`).join("")
}

describe("a trace replayed", () => {
  it("gives the same bytes on memory, Postgres and PGlite", async () => {
    const expected = await replay()
    expect(expected.split("\n").length).toBeGreaterThan(10)
    expect(await replay(Layer.orDie(onServer))).toBe(expected)
    expect(await replay(Layer.orDie(Pglite.layer({ clock: "effect" })))).toBe(expected)
  }, 120_000)
})
