import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { rowsOf } from "../../../src/billing/proof/StoredJournal.ts"

const identity = (row: number) => row

it.effect("rows that end long before the last number are not asked for again", () =>
  Effect.gen(function* () {
    const asked: Array<number> = []
    const read = (after: number) =>
      Effect.sync(() => {
        asked.push(after)
        return { rows: [1, 2, 3].filter((row) => row > after).slice(0, 2) }
      })
    const rows = rowsOf(read, identity, 0, 1_000)
    const found: Array<number> = []
    for (let next = yield* rows.peek; next !== undefined; next = yield* rows.peek) {
      found.push(next)
      rows.take()
    }
    yield* rows.peek
    yield* rows.peek
    expect(found).toEqual([1, 2, 3])
    expect(asked).toEqual([0, 2, 3])
  })
)

it.effect("rows above the last number are left out", () =>
  Effect.gen(function* () {
    const rows = rowsOf(() => Effect.succeed({ rows: [1, 2, 3] }), identity, 0, 2)
    const found: Array<number | undefined> = []
    for (let index = 0; index < 3; index++) {
      found.push(yield* rows.peek)
      rows.take()
    }
    expect(found).toEqual([1, 2, undefined])
  })
)
