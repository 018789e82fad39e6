import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { look, named } from "../../src/values/look.ts"
import { page, type Paging } from "../../src/values/Page.ts"

/** The numbers from 1 on, and how many of them were read. */
const numbers = (count: number) => {
  const all = Array.from({ length: count }, (_, index) => index + 1)
  const read = { rows: 0 }
  const list = ({ after = 0, limit }: Paging<number>) =>
    Effect.sync(() => {
      const found = page(all.slice(after, after + limit + 1), limit)
      read.rows += found.rows.length
      return found
    })
  return { all, list, read }
}

it.effect("what is looked for comes in pages without gaps or doubles, whatever the bounds", () =>
  Effect.gen(function* () {
    for (const [count, limit, most, every] of [
      [0, 3, 5, 2],
      [7, 3, 5, 1],
      [10, 3, 3, 1],
      [100, 3, 10, 7],
      [100, 50, 10, 2],
      [5_000, 100, 1_500, 400],
      [5_000, 3, 2_000, 9_999]
    ] as const) {
      const { all, list, read } = numbers(count)
      const isWanted = (number: number) => number % every === 0
      const found: Array<number> = []
      let after: number | undefined
      for (let more = true; more;) {
        read.rows = 0
        const seen: Array<number> = []
        const part = yield* look(list, {
          paging: { after, limit },
          most,
          keyOf: (number) => number,
          isWanted: (number) => {
            seen.push(number)
            return isWanted(number)
          }
        })
        assert.isAtMost(part.rows.length, limit)
        assert.isAtMost(read.rows, Math.max(limit, most))
        assert.strictEqual(part.last, seen.at(-1) ?? null)
        assert.deepStrictEqual(seen, all.slice(after ?? 0, part.last ?? 0), "each row is seen once, in order")
        found.push(...part.rows)
        more = part.more
        after = part.last ?? undefined
      }
      assert.deepStrictEqual(found, all.filter(isWanted), `${count} by ${limit}, ${most} at most`)
    }
  })
)

it("a name has all the words of a search, in any order, in capitals or not and however it is composed", () => {
  const found = (search: string, ...texts: ReadonlyArray<string>) => named(search)(...texts)
  assert.isTrue(found("popova ann", "Anna Popova", "ann-7"))
  assert.isTrue(found(" ANN  ", "Anna", "x"))
  assert.isTrue(found("ann-7", "Anna Popova", "ann-7"))
  assert.isTrue(found("ЖАНН", "Жанна", "x"))
  assert.isTrue(found("RENE\u0301", "René", "x"))
  assert.isFalse(found("anna petrova", "Anna Popova", "ann-7"))
})
