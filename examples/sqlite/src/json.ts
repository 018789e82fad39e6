/**
 * Rows as JSON. Heads, closed periods and reports hold amounts and instants, which JSON has no notation for.
 */
import * as DateTime from "effect/DateTime"

export const toJson = (value: unknown): string =>
  JSON.stringify(value, function (this: Record<string, unknown>, key: string, plain: unknown) {
    // What an instant looks like before its own toJSON.
    const own = this[key]
    if (typeof own === "bigint") return { $amount: own.toString() }
    return DateTime.isDateTime(own) ? { $instant: own.epochMilliseconds } : plain
  })

export const fromJson = <A>(text: string): A =>
  JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null) return value
    if ("$amount" in value) return BigInt(value.$amount as string)
    return "$instant" in value ? DateTime.makeUnsafe(value.$instant as number) : value
  }) as A
