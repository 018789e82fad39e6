/**
 * Amounts of money: integer minor units as `bigint`, beside the company's one currency.
 *
 * Inside the books every amount is a bare `bigint` in the company's currency; `Money` is what leaves them.
 * Nothing is ever converted or rounded.
 */
import * as Schema from "effect/Schema"
import { currencyCodes, isCurrency } from "./decimals.ts"

export { format, fractionDigits, minorUnits, toDecimal } from "./decimals.ts"

/** How many letters differ, place by place; letters in another order are one slip. */
const distance = (one: string, other: string): number =>
  [...one].sort().join("") === [...other].sort().join("")
    ? Number(one !== other)
    : [...one].filter((letter, place) => letter !== other[place]).length

/** The codes that differ least from a text that is no code. */
const nearest = (wanted: string): ReadonlyArray<string> => {
  const far = (code: string) => distance(code, wanted) + (code[0] === wanted[0] ? 0 : 0.5)
  return [...currencyCodes].sort((one, other) => far(one) - far(other)).slice(0, 3)
}

const shape = /^[A-Z]{3}$/u

/** The code of a currency of ISO 4217 with a minor unit, e.g. `"USD"`; gold and codes for tests have none. */
export const Currency = Schema.String.check(
  Schema.isPattern(shape, { expected: "an ISO 4217 code such as USD" }),
  Schema.makeFilter(
    (text) => !shape.test(text) || isCurrency(text) || `an ISO 4217 code such as ${nearest(text).join(", ")}`
  )
).pipe(Schema.brand("Currency"))
export type Currency = typeof Currency.Type

/** An amount in minor units (cents of a dollar), written in JSON as a string of digits. */
export const Amount = Schema.BigInt
export type Amount = bigint

/** The largest amount that a price may have, in minor units: ten trillion dollars. */
export const largestAmount = 10n ** 15n

/**
 * The largest amount that a store must be able to hold, above zero and below: eighteen digits, which a signed integer
 * of 64 bits has room for. The books let no account's debits or credits pass a tenth of it, so that whatever a close
 * pays out, and whatever is summed up over accounts, stays within.
 */
export const largestSum = 10n ** 18n - 1n

/** An amount and its currency, as read models and reports carry it. */
export const Money = Schema.Struct({ amount: Amount, currency: Currency })
export type Money = typeof Money.Type

export const make = (amount: bigint, currency: Currency): Money => ({ amount, currency })
