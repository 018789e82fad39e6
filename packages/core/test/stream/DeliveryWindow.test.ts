import { DeliveryWindow } from "@popug/core"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

/** What one does with a window: gives what follows, says that an event is applied, or all up to one. */
const step = fc.oneof(
  fc.record({ give: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ acknowledge: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ skip: fc.integer({ min: 0, max: 20 }) })
)

describe("a delivery window", () => {
  it("knows what is acknowledged without a hole, in whatever order it is said", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.array(step, { maxLength: 40 }), (start, steps) => {
        const window = new DeliveryWindow(8, start)
        const applied = new Set(Array.from({ length: start }, (_, index) => index + 1))
        let delivered = start
        for (const each of steps) {
          if ("give" in each) {
            delivered += Math.min(each.give, Math.max(0, window.room))
            window.delivered = delivered
          } else if ("acknowledge" in each) {
            // Only what was given is acknowledged.
            if (each.acknowledge > delivered) continue
            applied.add(each.acknowledge)
            window.acknowledge(each.acknowledge)
          } else {
            for (let number = 1; number <= each.skip; number++) applied.add(number)
            delivered = Math.max(delivered, each.skip)
            window.skip(each.skip)
          }
          let whole = 0
          while (applied.has(whole + 1)) whole += 1
          expect([window.acknowledged, window.delivered, window.room]).toEqual([
            whole,
            delivered,
            8 - (delivered - whole)
          ])
        }
      })
    )
  })
})
