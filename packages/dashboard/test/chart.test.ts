import { expect, it } from "vitest"
import { columnAt, labelled, lineThrough, roundStep, share, ticksOf } from "../src/page/ui/chart/scale.ts"

it("steps are 1, 2 or 5 with zeros, and never too small", () => {
  expect([0n, 1n, 3n, 21n, 51n, 9_999_999_999_999_999_999n].map(roundStep)).toEqual([
    1n,
    1n,
    5n,
    50n,
    100n,
    10_000_000_000_000_000_000n
  ])
})

it("an axis goes from below the lowest to above the highest in round steps, through zero", () => {
  expect(ticksOf([180n, 420n], 1n)).toEqual([0n, 200n, 400n, 600n])
  expect(ticksOf([-223n, 170n], 1n)).toEqual([-300n, -200n, -100n, 0n, 100n, 200n])
  expect(ticksOf([-90n, -10n], 1n)).toEqual([-100n, -50n, 0n])
  expect(ticksOf([3n, null, 1n], 1n)).toEqual([0n, 1n, 2n, 3n])
})

it("an axis of zeros, or of nothing, has room for one unit", () => {
  expect(ticksOf([0n, 0n], 100n)).toEqual([0n, 100n])
  expect(ticksOf([null], 100n)).toEqual([0n, 100n])
})

it("amounts beyond what a float holds are where they should be", () => {
  const ticks = ticksOf([90_071_992_547_409_931_000n], 100n)
  expect(share(ticks.at(-1)!, ticks)).toBe(1)
  expect(share(0n, ticks)).toBe(0)
})

it("a pixel is in the column under it, and those beside the drawing in the nearest", () => {
  expect([-5, 0, 99, 100, 399, 400, 900].map((pixel) => columnAt(pixel, 4, 400))).toEqual([0, 0, 0, 1, 3, 3, 3])
})

it("as many columns are named as there is room for, always the last", () => {
  expect([...labelled(5, 500, 60)]).toEqual([4, 3, 2, 1, 0])
  expect([...labelled(30, 300, 60)]).toEqual([29, 23, 17, 11, 5])
  expect([...labelled(0, 300, 60)]).toEqual([])
})

it("a line breaks where nothing is known", () => {
  const line = lineThrough(
    [1n, 2n, null, 3n],
    (column) => column * 10,
    (value) => Number(value)
  )
  expect(line).toBe("M0.0 1.0L10.0 2.0M30.0 3.0")
})
