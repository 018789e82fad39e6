import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { distributionOf } from "../../src/billing/distribution.ts"

describe("the distribution of balances", () => {
  it("has no classes without accounts, and one for one balance", () => {
    expect(distributionOf([])).toEqual({ popugs: 0, lowest: null, highest: null, classes: [] })
    expect(distributionOf([-7n, -7n])).toEqual({
      popugs: 2,
      lowest: -7n,
      highest: -7n,
      classes: [{ from: -7n, below: -6n, popugs: 2 }]
    })
  })

  it("parts those in the red from the others", () => {
    const { classes } = distributionOf([-100n, -1n, 0n, 1n, 99n, 100n])
    expect(classes.filter(({ popugs }) => popugs > 0)).toEqual([
      { from: -100n, below: -80n, popugs: 1 },
      { from: -20n, below: 0n, popugs: 1 },
      { from: 0n, below: 20n, popugs: 2 },
      { from: 80n, below: 100n, popugs: 1 },
      { from: 100n, below: 120n, popugs: 1 }
    ])
  })

  it("has each balance in one class, of 20 at most that follow one another from the lowest to the highest", () => {
    const balance = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n })
    const near = fc.bigInt({ min: -50n, max: 50n })
    fc.assert(
      fc.property(fc.array(fc.oneof(balance, near), { minLength: 1, maxLength: 50 }), (balances) => {
        const { classes, highest, lowest, popugs } = distributionOf(balances)
        expect(popugs).toBe(balances.length)
        expect(classes.length).toBeLessThanOrEqual(20)
        const [first, last] = [classes[0]!, classes.at(-1)!]
        expect(first.from <= lowest! && lowest! < first.below && last.from <= highest! && highest! < last.below).toBe(
          true
        )
        for (const [index, { below, from, popugs: count }] of classes.entries()) {
          expect(below - from).toBe(first.below - first.from)
          if (index > 0) expect(from).toBe(classes[index - 1]!.below)
          // Zero is within none of them.
          expect(from < 0n && below > 0n).toBe(false)
          expect(count).toBe(balances.filter((one) => from <= one && one < below).length)
        }
      })
    )
  })
})
