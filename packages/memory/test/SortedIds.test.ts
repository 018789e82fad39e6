import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { describe, expect, it } from "vitest"
import { mergeOrdered, SortedIds } from "../src/SortedIds.ts"

describe("SortedIds", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("reads like a sorted set, seed %i", (seed) =>
    Effect.gen(function* () {
      const ids = new SortedIds<string>()
      const model = new Set<string>()
      for (let step = 0; step < 1_000; step++) {
        const growing = yield* Random.nextBoolean
        const id = growing ? String(100_000 + step) : String(yield* Random.nextIntBetween(0, 300))
        if (model.delete(id)) ids.delete(id)
        else {
          model.add(id)
          ids.add(id)
        }
        if ((yield* Random.next) > 0.1) continue
        const sorted = [...model].sort()
        expect(ids.size).toBe(model.size)
        const after = String(yield* Random.nextIntBetween(0, 300))
        expect([...ids.from(after)]).toEqual(sorted.filter((other) => other > after))
        if (yield* Random.nextBoolean) expect(ids.all()).toEqual(sorted)
        expect([...ids.from(undefined)]).toEqual(sorted)
        expect([...ids.back(after)]).toEqual(sorted.filter((other) => other < after).toReversed())
        expect([...ids.back(undefined)]).toEqual(sorted.toReversed())
      }
    }).pipe(Random.withSeed(`${seed}`), Effect.runPromise)
  )

  it("merges two orders into one", () => {
    expect([...mergeOrdered(["b", "d"], ["a", "c", "e", "f"])]).toEqual(["a", "b", "c", "d", "e", "f"])
    expect([...mergeOrdered([], ["a"])]).toEqual(["a"])
    expect([...mergeOrdered(["a"], [])]).toEqual(["a"])
    expect([...mergeOrdered(["d", "b"], ["e", "c"], true)]).toEqual(["e", "d", "c", "b"])
  })
})
