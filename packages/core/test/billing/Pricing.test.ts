import * as Context from "effect/Context"
import { describe, expect, it } from "vitest"
import { Pricing } from "../../src/billing/Pricing.ts"
import { draw } from "../../src/Digest.ts"
import { sha256, taskId } from "../support/given.ts"

const price = Context.get(Context.empty(), Pricing)
const task = { id: taskId("t1"), title: "Mend the roof" }
const priced = (value: number) => price({ task, draw: () => value })

describe("the default price", () => {
  it("has a fee of 10.00 to 20.00 and an award of 20.00 to 40.00, both ends included", () => {
    expect(priced(0)).toEqual({ fee: 10_00n, award: 20_00n })
    expect(priced(1 - 2 ** -48)).toEqual({ fee: 20_00n, award: 40_00n })
  })

  it("reaches every cent between, evenly", () => {
    const fees = new Set<bigint>()
    const awards = new Set<bigint>()
    for (let step = 0; step < 20_010; step += 1) {
      const { award, fee } = priced((step + 0.5) / 20_010)
      fees.add(fee)
      awards.add(award)
    }
    expect(fees.size).toBe(1_001)
    expect(awards.size).toBe(2_001)
  })

  it("draws fee and award apart", () => {
    const purposes: Array<string> = []
    price({
      task,
      draw: (purpose) => {
        purposes.push(purpose)
        return 0
      }
    })
    expect(purposes.sort()).toEqual(["award", "fee"])
  })

  it("is spread evenly over real draws, around 15.00 and 30.00", () => {
    let [fees, awards] = [0n, 0n]
    const count = 4_000
    for (let index = 0; index < count; index += 1) {
      const made = price({ task, draw: (purpose) => draw(sha256, "key", "price", [`t${index}`, purpose]) })
      fees += made.fee
      awards += made.award
    }
    expect(Math.abs(Number(fees) / count - 15_00)).toBeLessThan(20)
    expect(Math.abs(Number(awards) / count - 30_00)).toBeLessThan(40)
  })
})
