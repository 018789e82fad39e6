/**
 * How promises compare: by value, whatever classes an adapter's rows are made of.
 */
import { deepStrictEqual } from "node:assert/strict"
import { StoreError } from "@popug/core"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** A value as plain data: instants and bigints told apart from text, absent keys left out. */
const plain = (value: unknown): unknown => {
  if (typeof value === "bigint") return `${value}n`
  if (DateTime.isDateTime(value)) return `instant ${DateTime.toEpochMillis(value)}`
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return plain([...value])
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => [key, plain(field)])
  )
}

/** Dies with a difference unless both are the same data. */
export const same = (actual: unknown, expected: unknown, message?: string): void =>
  deepStrictEqual(
    plain(actual),
    plain(expected),
    message === undefined ? undefined : new Difference(message, actual, expected)
  )

/** Dies unless both hold the same data, in any order. */
export const sameSet = (actual: ReadonlyArray<unknown>, expected: ReadonlyArray<unknown>, message?: string): void => {
  const ordered = (values: ReadonlyArray<unknown>) => values.map((value) => JSON.stringify(plain(value))).sort()
  same(ordered(actual), ordered(expected), message)
}

class Difference extends Error {
  readonly actual: unknown
  readonly expected: unknown
  constructor(message: string, actual: unknown, expected: unknown) {
    super(`${message}: ${JSON.stringify(plain(actual))} instead of ${JSON.stringify(plain(expected))}`)
    this.actual = actual
    this.expected = expected
  }
}

/** Dies unless the effect is refused with a `StoreError` of this reason that says that nothing was committed. */
export const refused = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  what: string,
  reason: StoreError["reason"] = "Conflict"
): Effect.Effect<void, never, R> =>
  Effect.map(Effect.exit(effect), (exit) => {
    if (Exit.isSuccess(exit)) throw new Error(`${what} was not refused`)
    const error = Cause.squash(exit.cause)
    if (!(error instanceof StoreError)) throw new Error(`${what} was refused with ${String(error)}, not a StoreError`)
    same({ reason: error.reason, committed: error.committed }, { reason, committed: "no" }, what)
  })
