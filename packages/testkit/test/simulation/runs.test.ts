/**
 * Simulated companies with everything going wrong that can: all must keep every rule. Here are a few seeds; as many as
 * there is time for are in `npm run soak -- simulation`.
 */
import { randomInt } from "node:crypto"
import { Actor, Assignment, Books, Pricing } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { describe, expect, test } from "vitest"
import { Faults, Simulation } from "../../src/simulation/index.ts"

const healthy = (options: Simulation.Options): Simulation.Run => {
  const run = Simulation.run(options)
  // A failure says how to repeat it.
  if (run.violations.length > 0) expect.fail(Simulation.describe(run, options))
  return run
}

describe("a simulated company", () => {
  test("keeps all rules under all faults, seed by seed", () => {
    const happened = new Set<string>()
    for (let seed = 1; seed <= 40; seed++) {
      const { counts } = healthy({ seed })
      for (const [fault, count] of Object.entries(counts.faults)) if (count > 0) happened.add(fault)
    }
    // The bus injects its faults itself and does not count them.
    const bus = ["failPublish", "loseAcknowledgement", "duplicate", "delay", "withhold", "reorder"]
    expect([...happened, ...bus, ...Faults.between].sort()).toEqual([...Faults.names].sort())
  })

  test("lets somebody who was promoted shuffle and assign by hand", () => {
    healthy({ seed: 9912 })
  })

  test("lets a person who was deactivated meanwhile hear that, and not the answer of then", () => {
    healthy({ seed: 471_991_443 })
  })

  test("keeps all rules with fresh seeds", () => {
    for (let runs = 0; runs < 10; runs++) healthy({ seed: randomInt(2 ** 40) })
  })

  test("keeps all rules when hardly anything works", () => {
    const faults = Object.fromEntries(Faults.names.map((name) => [name, Math.min(0.5, Faults.all[name] * 5)]))
    for (let seed = 1; seed <= 10; seed++) healthy({ seed, faults, nodes: 3 })
  })

  test("keeps all rules when nothing goes wrong, and needs no polling for it", () => {
    const { counts } = healthy({ seed: "peace", faults: {}, popugs: 12, days: 10, commandsPerDay: 40, gap: 2 })
    expect(counts.periods).toBeGreaterThanOrEqual(12)
    expect(Object.values(counts.faults).every((count) => count === 0)).toBe(true)
  })

  test("repeats itself to the byte", () => {
    for (let seed = 1; seed <= 5; seed++) {
      const first = Simulation.run({ seed, trace: true })
      const second = Simulation.run({ seed, trace: true })
      expect(second.digest).toBe(first.digest)
      expect(second.trace).toEqual(first.trace)
      expect(Simulation.run({ seed: seed + 1_000 }).digest).not.toBe(first.digest)
    }
  })

  test("goes by a host's policies", () => {
    const policies = Context.make(Pricing.Pricing, () => ({ fee: 100n, award: 300n })).pipe(
      Context.add(Assignment.ChooseAssignee, ({ candidates }) => candidates[0]!)
    )
    const { counts } = healthy({ seed: "policies", policies })
    expect(counts.transfers).toBeGreaterThan(0)
  })

  test("lends its services to whoever looks at what is left, and says when a day is over", () => {
    const days: Array<string> = []
    const run = Simulation.runWith(
      {
        seed: "reader",
        faults: {},
        timeZone: "Europe/Prague",
        from: "2026-03-27",
        cutoff: "00:00",
        days: 4,
        gap: 0,
        onDay: ({ day, period }) => void days.push(`${day} ${period}`)
      },
      Effect.flatMap(Books, (books) => books.periods(Actor.system, {}, { limit: 100 }))
    )
    expect(run.violations).toEqual([])
    expect(days).toEqual(["1 2026-03-27", "2 2026-03-28", "3 2026-03-29", "4 2026-03-30"])
    expect(run.value.rows.slice(0, 4).map(({ period }) => period)).toEqual(days.map((day) => day.slice(2)))
  })
})
