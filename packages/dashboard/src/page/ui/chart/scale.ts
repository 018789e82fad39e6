/**
 * Where things are in a chart. Values are `bigint`, as amounts are; only what is drawn becomes a number, and a pixel
 * does not see the difference.
 */

/** 1, 2 or 5 with as many zeros as it takes to be at least so much. */
export const roundStep = (atLeast: bigint): bigint => {
  for (let zeros = 1n; ; zeros *= 10n) {
    for (const digit of [1n, 2n, 5n]) if (digit * zeros >= atLeast) return digit * zeros
  }
}

const floorTo = (value: bigint, step: bigint): bigint => {
  const rest = value % step
  return value - (rest < 0n ? rest + step : rest)
}

const ceilTo = (value: bigint, step: bigint): bigint => -floorTo(-value, step)

/**
 * Round values of an axis from below the lowest to above the highest, always with zero, since a length that does not
 * begin at zero lies. `unit` is what the axis has when there is nothing but zeros.
 */
export const ticksOf = (values: Iterable<bigint | null>, unit: bigint, about = 4n): ReadonlyArray<bigint> => {
  let low = 0n
  let high = 0n
  for (const value of values) {
    if (value === null) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  if (low === high) return [0n, unit]
  const step = roundStep((high - low + about - 1n) / about)
  const ticks = []
  for (let tick = floorTo(low, step); tick <= ceilTo(high, step); tick += step) ticks.push(tick)
  return ticks
}

/** How far up a value is between the first tick and the last: 0 to 1. */
export const share = (value: bigint, ticks: ReadonlyArray<bigint>): number => {
  const first = ticks[0]!
  return Number(value - first) / Number(ticks.at(-1)! - first)
}

/** Which of `count` columns a pixel of `width` is in. */
export const columnAt = (pixel: number, count: number, width: number): number =>
  Math.max(0, Math.min(count - 1, Math.floor((pixel / width) * count)))

/** The columns that have room for a label of so many pixels, counted from the last: what is newest is always named. */
export const labelled = (count: number, width: number, room: number): ReadonlySet<number> => {
  const every = Math.max(1, Math.ceil((count * room) / width))
  const columns = new Set<number>()
  for (let column = count - 1; column >= 0; column -= every) columns.add(column)
  return columns
}

/** A line through the middles of columns, which breaks where there is no value. */
export const lineThrough = (
  values: ReadonlyArray<bigint | null>,
  at: (column: number) => number,
  up: (value: bigint) => number
): string => {
  let drawing = false
  return values
    .map((value, column) => {
      if (value === null) {
        drawing = false
        return ""
      }
      const verb = drawing ? "L" : "M"
      drawing = true
      return `${verb}${at(column).toFixed(1)} ${up(value).toFixed(1)}`
    })
    .join("")
}
