import type { Transfer } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { describe, expect, it } from "vitest"
import { TaskBooks } from "../src/TaskBooks.ts"

const fee = (assignment: number) =>
  ({ number: assignment, cause: { _tag: "Assigned", assignment } }) as Transfer.Transfer
const award = { number: 1_000, cause: { _tag: "Done" } } as Transfer.Transfer

describe("TaskBooks", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("charges each assignment once, in whatever order they come, seed %i", (seed) =>
    Effect.gen(function* () {
      const books = new TaskBooks()
      const booked = new Set<number>()
      for (let step = 0; step < 200; step++) {
        const commit = {}
        const mine = new Set<number>()
        for (let count = 0; count < 5; count++) {
          const assignment = yield* Random.nextIntBetween(1, 100)
          expect(books.mayCharge(commit, assignment)).toBe(!booked.has(assignment) && !mine.has(assignment))
          mine.add(assignment)
        }
        // A commit that fails leaves nothing.
        if (yield* Random.nextBoolean) continue
        for (const assignment of mine) {
          if (!booked.has(assignment)) books.book(fee(assignment))
          booked.add(assignment)
        }
        for (let assignment = 1; assignment <= 100; assignment++) {
          expect(books.fee(assignment)?.number).toBe(booked.has(assignment) ? assignment : undefined)
        }
      }
    }).pipe(Random.withSeed(`${seed}`), Effect.runPromise)
  )

  it("awards once, whatever became of commits that failed", () => {
    const books = new TaskBooks()
    const [failed, commit] = [{}, {}]
    expect(books.mayAward(failed)).toBe(true)
    expect(books.mayAward(commit)).toBe(true)
    expect(books.mayAward(commit)).toBe(false)
    books.book(award)
    expect(books.award).toBe(award)
    expect(books.mayAward({})).toBe(false)
  })
})
