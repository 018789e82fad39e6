import { assert, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { finish, type Rows, rowsOf } from "../../../src/billing/proof/rows.ts"
import { Difference } from "../../../src/values/Difference.ts"

/** Rows one to three in pages of two, and a list of what was asked for. */
const three = Effect.fnUntraced(function* (last: number) {
  const asked: Array<number> = []
  const read = (after: number) =>
    Effect.sync(() => {
      asked.push(after)
      return [1, 2, 3].filter((row) => row > after).slice(0, 2)
      // As a store that is asked over a socket, it answers a little later.
    }).pipe(Effect.tap(() => Effect.yieldNow))
  return { asked, rows: rowsOf(yield* Effect.scope, { read, numberOf: (row) => row, begin: 0, last }) }
})

const takeAll = Effect.fnUntraced(function* (rows: Rows<number>) {
  const found: Array<number> = []
  yield* finish(() => {
    for (; !rows.isShort(); rows.take()) {
      const next = rows.next()
      if (next === undefined) return undefined
      found.push(next)
    }
    return rows
  })
  return found
})

it.effect("rows that end long before the last number are not asked for again", () =>
  Effect.gen(function* () {
    const { asked, rows } = yield* three(1_000)
    expect(yield* takeAll(rows)).toEqual([1, 2, 3])
    expect(yield* takeAll(rows)).toEqual([])
    yield* rows.fill(1_000)
    expect(asked).toEqual([0, 2, 3])
  }).pipe(Effect.scoped)
)

it.effect("rows above the last number are left out, and none are read beyond it", () =>
  Effect.gen(function* () {
    const { asked, rows } = yield* three(2)
    expect(yield* takeAll(rows)).toEqual([1, 2])
    expect(asked).toEqual([0])
    const { rows: fewer } = yield* three(1)
    expect(yield* takeAll(fewer)).toEqual([1])
  }).pipe(Effect.scoped)
)

it.effect("the next page is asked for before this one is gone through, and no other", () =>
  Effect.gen(function* () {
    const { asked, rows } = yield* three(1_000)
    yield* rows.load
    expect(asked).toEqual([0, 2])
    expect(rows.atHand(1_000)).toEqual([1, 2])
  }).pipe(Effect.scoped)
)

it.effect("rows are at hand up to a number when they are asked for", () =>
  Effect.gen(function* () {
    const { rows } = yield* three(1_000)
    yield* rows.fill(2)
    expect(rows.atHand(1)).toEqual([1])
    expect(rows.atHand(2)).toEqual([1, 2])
    rows.take()
    yield* rows.fill(3)
    expect(rows.atHand(1_000)).toEqual([2, 3])
  }).pipe(Effect.scoped)
)

it.effect("what is read ahead for a step is there for those after it, whatever scope the step had", () =>
  Effect.gen(function* () {
    const { rows } = yield* three(1_000)
    yield* Effect.scoped(rows.load)
    expect(yield* takeAll(rows)).toEqual([1, 2, 3])
  }).pipe(Effect.scoped)
)

it.effect("a step fails with the difference that it meets", () =>
  Effect.gen(function* () {
    const difference = new Difference({ place: "transfer 1", expected: "1", found: "2" })
    assert.strictEqual(yield* Effect.flip(finish(() => difference)), difference)
  }).pipe(Effect.scoped)
)
