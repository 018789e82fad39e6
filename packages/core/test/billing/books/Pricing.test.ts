import * as Context from "effect/Context"
import { describe, expect, it } from "vitest"
import { Pricing } from "../../../src/billing/books/Pricing.ts"
import { draw } from "../../../src/values/Digest.ts"
import { Currency } from "../../../src/values/Money.ts"
import { sha256, taskId } from "../../support/given.ts"

const price = Context.get(Context.empty(), Pricing)
const task = { id: taskId("t1"), title: "Mend the roof" }
const usd = Currency.make("USD")
const priced = (value: number, currency = usd) => price({ task, currency, draw: () => value })

describe("the default price", () => {
  it("has a fee of 10.00 to 20.00 and an award of 20.00 to 40.00, both ends included", () => {
    expect(priced(0)).toEqual({ fee: 10_00n, award: 20_00n })
    expect(priced(1 - 2 ** -48)).toEqual({ fee: 20_00n, award: 40_00n })
  })

  it.each([
    ["JPY", 10n, 20n, 40n],
    ["HUF", 10_00n, 20_00n, 40_00n],
    ["KWD", 10_000n, 20_000n, 40_000n],
    ["CLF", 10_0000n, 20_0000n, 40_0000n]
  ])("is in the major units of the currency: of %s from %d", (code, least, middle, most) => {
    const currency = Currency.make(code)
    expect(priced(0, currency)).toEqual({ fee: least, award: middle })
    expect(priced(1 - 2 ** -48, currency)).toEqual({ fee: middle, award: most })
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
      currency: usd,
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
      const made = price({
        task,
        currency: usd,
        draw: (purpose) => draw(sha256, "key", "price", [`t${index}`, purpose])
      })
      fees += made.fee
      awards += made.award
    }
    expect(Math.abs(Number(fees) / count - 15_00)).toBeLessThan(20)
    expect(Math.abs(Number(awards) / count - 30_00)).toBeLessThan(40)
  })
})
