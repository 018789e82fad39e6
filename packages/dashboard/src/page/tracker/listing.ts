/**
 * A list of tasks as the page holds it: the places of all rows that it has come to, and the rows around what is looked
 * at. A list of 100,000 tasks takes the memory of some hundred. Plain data, changed by pure functions.
 */
import type { Task } from "./task.ts"

interface Part {
  /** What the server is asked with for these rows. */
  readonly cursor: string | null
  /** Null while they are out of sight: they are asked for again. */
  readonly rows: ReadonlyArray<Task> | null
  readonly size: number
}

export interface Listing {
  readonly parts: ReadonlyArray<Part>
  /** The index of the first row of each part. */
  readonly starts: ReadonlyArray<number>
  readonly count: number
  /** Whether the last part ends with the last row that there is. */
  readonly complete: boolean
}

export interface Answer {
  readonly data: ReadonlyArray<Task>
  readonly nextCursor: string | null
}

/** How many rows are asked for at once. */
export const partSize = 100

const make = (parts: ReadonlyArray<Part>, complete: boolean): Listing => {
  const starts: Array<number> = []
  let count = 0
  for (const { size } of parts) {
    starts.push(count)
    count += size
  }
  return { parts, starts, count, complete }
}

/** Nothing is known yet but where to begin. */
export const unknown: Listing = make([{ cursor: null, rows: null, size: 0 }], false)

/** The part that a row is in: the last that begins at it or before. */
export const partAt = ({ starts }: Listing, index: number): number => {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle]! <= index) low = middle
    else high = middle - 1
  }
  return low
}

export const rowAt = (listing: Listing, index: number): Task | undefined => {
  const at = partAt(listing, index)
  return listing.parts[at]?.rows?.[index - listing.starts[at]!]
}

/** Where a task is, if it is among the rows that are there. */
export const indexOf = ({ parts, starts }: Listing, id: string): number => {
  for (const [at, { rows }] of parts.entries()) {
    const within = rows?.findIndex((task) => task.id === id) ?? -1
    if (within >= 0) return starts[at]! + within
  }
  return -1
}

/** The first and the last part whose rows are there. */
export const shownParts = ({ parts }: Listing): readonly [number, number] => {
  const first = parts.findIndex(({ rows }) => rows !== null)
  return first < 0 ? [0, 0] : [first, parts.findLastIndex(({ rows }) => rows !== null)]
}

/** With what the server answered for a part: what follows it begins where it ends now. */
export const withAnswer = (listing: Listing, at: number, { data, nextCursor }: Answer): Listing => {
  const part = listing.parts[at]
  if (part === undefined) return listing
  const known = { cursor: part.cursor, rows: data, size: data.length }
  const before = listing.parts.slice(0, at)
  if (nextCursor === null) return make([...before, known], true)
  const following = listing.parts[at + 1]
  if (following === undefined)
    return make([...before, known, { cursor: nextCursor, rows: null, size: partSize }], false)
  const next = following.cursor === nextCursor ? following : { ...following, cursor: nextCursor, rows: null }
  return make([...before, known, next, ...listing.parts.slice(at + 2)], listing.complete)
}

/** Without the rows that are further than a part from these. */
export const keeping = (listing: Listing, first: number, last: number): Listing => {
  const isFar = (at: number) => at < first - 1 || at > last + 1
  if (!listing.parts.some(({ rows }, at) => rows !== null && isFar(at))) return listing
  return { ...listing, parts: listing.parts.map((part, at) => (isFar(at) ? { ...part, rows: null } : part)) }
}

const withRows = (listing: Listing, at: number, rows: ReadonlyArray<Task>): Listing =>
  make(listing.parts.with(at, { ...listing.parts[at]!, rows, size: rows.length }), listing.complete)

const partOf = ({ parts }: Listing, id: string): number =>
  parts.findIndex(({ rows }) => rows?.some((task) => task.id === id) ?? false)

/** With a task as it is now; the same listing when it does not have it. */
export const withTask = (listing: Listing, id: string, change: Partial<Task>): Listing => {
  const at = partOf(listing, id)
  const rows = listing.parts[at]?.rows
  if (!rows) return listing
  const changed = rows.map((task) => (task.id === id ? { ...task, ...change } : task))
  return { ...listing, parts: listing.parts.with(at, { ...listing.parts[at]!, rows: changed }) }
}

export const withoutTask = (listing: Listing, id: string): Listing => {
  const at = partOf(listing, id)
  const rows = listing.parts[at]?.rows
  return !rows
    ? listing
    : withRows(
        listing,
        at,
        rows.filter((task) => task.id !== id)
      )
}

export type Order = "newest" | "oldest"

/** Whether a row stands before another: ids grow with time. */
const precedes = (order: Order, a: string, b: string): boolean => (order === "newest" ? a > b : a < b)

/**
 * With a task that was not there, in its place by the order; the same listing when that is among rows that are not
 * there, and will come with them.
 */
export const withNewTask = (listing: Listing, task: Task, order: Order): Listing => {
  if (partOf(listing, task.id) >= 0) return listing
  for (const [at, { rows }] of listing.parts.entries()) {
    if (rows === null) continue
    const within = rows.findIndex(({ id }) => precedes(order, task.id, id))
    if (within > 0) return withRows(listing, at, rows.toSpliced(within, 0, task))
    // Before all rows of a part it may as well be among those of the one before, out of sight.
    if (within === 0) {
      const isHere = at === 0 || listing.parts[at - 1]!.rows !== null
      return isHere ? withRows(listing, at, [task, ...rows]) : listing
    }
    if (listing.complete && at === listing.parts.length - 1) return withRows(listing, at, [...rows, task])
  }
  return listing
}
