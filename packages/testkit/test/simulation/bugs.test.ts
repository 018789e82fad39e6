/**
 * The checkers see: every mistake built in on purpose is found, and made small.
 */
import { describe, expect, test } from "vitest"
import { Bugs, Simulation } from "../../src/simulation/index.ts"

/** The first seed under which a mistake shows. */
const find = (bug: Bugs.Bug): Simulation.Run | undefined => {
  for (let seed = 1; seed <= 50; seed++) {
    // The naive billing can't close by hand.
    const run = Simulation.run({ seed, bug, byHand: false })
    if (run.violations.length > 0) return run
  }
  return undefined
}

describe("a mistake built in on purpose", () => {
  test.each(Bugs.all)("$name: found within 50 seeds", (bug) => {
    expect(find(bug)?.violations).not.toHaveLength(0)
  })

  test("is what is found, not the naive billing that some of them share", () => {
    for (let seed = 1; seed <= 12; seed++) {
      expect(Simulation.run({ seed, bug: Bugs.control, byHand: false }).violations).toEqual([])
    }
  })

  test("breaks the rule that it is about", () => {
    const rules = (bug: Bugs.Bug) => find(bug)!.violations.map(({ rule }) => rule)
    expect(rules(Bugs.followsTheClock)).toContain("the exact day")
    expect(rules(Bugs.loadsBeforeTheHead)).toContain("assignees")
    expect(rules(Bugs.chargesOnRedelivery)).toContain("the books")
  })

  test("shrinks to a few commands and no faults but those it needs", () => {
    const bug = Bugs.followsTheClock
    const { settings } = find(bug)!
    const { options, run } = Simulation.shrink({ seed: settings.seed, bug, byHand: false })
    expect(run.violations.length).toBeGreaterThan(0)
    expect(Object.keys(options.faults!)).toEqual(["skew"])
    expect(run.counts.commands).toBeLessThanOrEqual(5)
    expect(Simulation.run(options).digest).toBe(run.digest)
    expect(Simulation.describe(run, options)).toContain("npm run soak -- --replay")
  })
})
