/**
 * How promises compare: by value, whatever classes an adapter's rows are made of.
 */
import { isDeepStrictEqual } from "node:util"
import { byteOrder, StoreError } from "@popug/core"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** A value as plain data: instants and bigints told apart from text, absent keys left out, the others in order. */
const plain = (value: unknown): unknown => {
  if (typeof value === "bigint") return `${value}n`
  if (DateTime.isDateTime(value)) return `instant ${DateTime.toEpochMillis(value)}`
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return plain([...value])
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([one], [other]) => byteOrder(one, other))
      .map(([key, field]) => [key, plain(field)])
  )
}

/** Dies with a difference unless both are the same data; `what` says of what. */
export const same = (actual: unknown, expected: unknown, what: string): void => {
  const [is, should] = [plain(actual), plain(expected)]
  if (!isDeepStrictEqual(is, should)) throw new Difference(what, is, should)
}

/** Dies unless both hold the same data, in any order. */
export const sameSet = (actual: ReadonlyArray<unknown>, expected: ReadonlyArray<unknown>, what: string): void => {
  const ordered = (values: ReadonlyArray<unknown>) => values.map((value) => JSON.stringify(plain(value))).sort()
  same(ordered(actual), ordered(expected), what)
}

/** How long a value is written out in a message; vitest shows the whole difference beside it. */
const longest = 400

const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing"
  return text.length <= longest ? text : `${text.slice(0, longest)}...`
}

class Difference extends Error {
  readonly actual: unknown
  readonly expected: unknown
  constructor(what: string, actual: unknown, expected: unknown) {
    super(`${what}: ${brief(actual)} instead of ${brief(expected)}`)
    this.actual = actual
    this.expected = expected
  }
}

/**
 * Dies unless the effect is refused with a `StoreError` of this reason that says that nothing was committed, and
 * whether the same again may go through: by default that it contradicts what is stored, and would be refused again.
 */
export const refused = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  what: string,
  { reason = "Conflict", retryable = false }: Partial<Pick<StoreError, "reason" | "retryable">> = {}
): Effect.Effect<void, never, R> =>
  Effect.map(Effect.exit(effect), (exit) => {
    if (Exit.isSuccess(exit)) throw new Error(`${what} was not refused`)
    const error = Cause.squash(exit.cause)
    if (!(error instanceof StoreError)) throw new Error(`${what} was refused with ${String(error)}, not a StoreError`)
    same(
      { reason: error.reason, retryable: error.retryable, committed: error.committed },
      { reason, retryable, committed: "no" },
      `how ${what} was refused`
    )
  })
