/**
 * Where what is stored is not what the record makes of it.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { canonicalJson } from "./Digest.ts"

/** The first place where what is stored is not what the replay makes of the record. */
export class Difference extends Schema.TaggedError<Difference>()("Difference", {
  /** For example `transfer 17` or `the seal of 2026-11-22`. */
  place: Schema.String,
  expected: Schema.String,
  found: Schema.String
}) {
  override get message(): string {
    return `${this.place}: expected ${this.expected}, found ${this.found}`
  }
}

/** A value as it is told: its canonical JSON. */
const told = (value: unknown): string => (value === undefined ? "nothing" : canonicalJson(value))

/** The difference of two values that should be the same JSON; nothing when they are. */
export const between = (place: string, expected: unknown, found: unknown): Difference | undefined => {
  if (expected === found) return undefined
  const [left, right] = [told(expected), told(found)]
  return left === right ? undefined : new Difference({ place, expected: left, found: right })
}

/** Fails with a `Difference` unless both sides are the same JSON. */
export const check = (place: string, expected: unknown, found: unknown): Effect.Effect<void, Difference> => {
  const difference = between(place, expected, found)
  return difference === undefined ? Effect.void : Effect.fail(difference)
}
