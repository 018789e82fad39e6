import { expect, it } from "vitest"
import { foundAnew, narrowed, type Newest, rowsIn, withEarlier, withNews } from "../../src/page/data/newestRows.ts"

const numbers = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => from - index)
const numberOf = (row: number) => row
const first = foundAnew({ data: numbers(200, 101), nextCursor: "101" })
const whole = withEarlier(first, { data: numbers(100, 1), nextCursor: null })

it("what comes later in the list follows what is there", () => {
  expect(rowsIn(whole)).toEqual(numbers(200, 1))
  expect([first.next, whole.next]).toEqual(["101", null])
  expect(rowsIn<number>(undefined)).toEqual([])
})

it("news come above what is there, which is not asked for again", () => {
  const newer = withNews(whole, { data: numbers(203, 104), nextCursor: "104" }, numberOf)!
  expect(rowsIn(newer)).toEqual(numbers(203, 1))
  expect(newer.next).toBeNull()
  expect(newer.pages.slice(1)).toEqual(whole.pages)
  // A few are put together, so that there are not as many parts as news.
  const more = withNews(newer, { data: numbers(204, 105), nextCursor: "105" }, numberOf)!
  expect(more.pages.length).toBe(newer.pages.length)
  expect(rowsIn(more)).toEqual(numbers(204, 1))
  expect(withNews(more, { data: numbers(204, 105), nextCursor: "105" }, numberOf)).toBe(more)
})

it("more has to be asked for where the news do not go back to what is there", () => {
  expect(withNews(whole, { data: numbers(400, 301), nextCursor: "301" }, numberOf)).toBeUndefined()
  expect(rowsIn(withNews(whole, { data: numbers(400, 151), nextCursor: "151" }, numberOf))).toEqual(numbers(400, 1))
})

it("a list that does not hold any more what is there begins anew", () => {
  const restored = withNews(whole, { data: numbers(150, 51), nextCursor: "51" }, numberOf)
  expect(restored).toEqual(foundAnew({ data: numbers(150, 51), nextCursor: "51" }))
  expect(rowsIn(withNews(whole, { data: [], nextCursor: null }, numberOf))).toEqual([])
})

it("what two lists share is there at once", () => {
  const even = narrowed(whole, (row) => row % 100 === 0)
  expect(even).toEqual({ pages: [[200], [100]], next: null, isFar: false })
  expect(narrowed(whole, () => false).pages).toEqual([])
})

it("of what is rare, nothing is known until it is found", () => {
  const far: Newest<number> = foundAnew({ data: [], nextCursor: "5000" })
  expect(far).toEqual({ pages: [], next: "5000", isFar: true })
  expect(withNews(far, { data: [], nextCursor: "9000" }, numberOf)).toBe(far)
  expect(rowsIn(withNews(far, { data: [9_001], nextCursor: "9001" }, numberOf))).toEqual([9_001])
  const found = withEarlier(far, { data: [7], nextCursor: "7" })
  expect(found).toEqual({ pages: [[7]], next: "7", isFar: false })
  expect(withEarlier(found, { data: [], nextCursor: "2" })).toEqual({ pages: [[7]], next: "2", isFar: true })
})
