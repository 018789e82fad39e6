/**
 * Amounts of money: integer minor units as `bigint`, beside the company's one currency.
 *
 * Inside the books every amount is a bare `bigint` in the company's currency; `Money` is what leaves them.
 * Nothing is ever converted or rounded.
 */
import * as Schema from "effect/Schema"

/** An ISO 4217 currency code, e.g. `"USD"`. */
export const Currency = Schema.String.check(
  Schema.isPattern(/^[A-Z]{3}$/u, { expected: "an ISO 4217 code such as USD" })
).pipe(Schema.brand("Currency"))
export type Currency = typeof Currency.Type

/** An amount in minor units (cents of a dollar), written in JSON as a string of digits. */
export const Amount = Schema.BigInt
export type Amount = bigint

/** An amount and its currency, as read models and reports carry it. */
export const Money = Schema.Struct({ amount: Amount, currency: Currency })
export type Money = typeof Money.Type

export const make = (amount: bigint, currency: Currency): Money => ({ amount, currency })

const digits = new Map<Currency, number>()

/** How many digits the currency's minor unit has: 2 for USD, 0 for JPY, 3 for KWD. */
export const fractionDigits = (currency: Currency): number => {
  let known = digits.get(currency)
  if (known === undefined) {
    const format = new Intl.NumberFormat("en", { style: "currency", currency })
    digits.set(currency, (known = format.resolvedOptions().maximumFractionDigits ?? 2))
  }
  return known
}

/** The plain decimal form without grouping or symbol, e.g. `-12.05`: for files that programs read. */
export const toDecimal = (money: Money): string => {
  const places = fractionDigits(money.currency)
  const negative = money.amount < 0n
  const units = (negative ? -money.amount : money.amount).toString().padStart(places + 1, "0")
  const whole = units.slice(0, units.length - places)
  const fraction = places === 0 ? "" : `.${units.slice(-places)}`
  return `${negative ? "-" : ""}${whole}${fraction}`
}

/** The amount as people of a locale write it, e.g. `$12.05`. */
export const format = (money: Money, locale = "en-US"): string =>
  new Intl.NumberFormat(locale, { style: "currency", currency: money.currency })
    // The decimal string keeps every digit of amounts beyond the safe integers.
    .format(toDecimal(money) as Intl.StringNumericLiteral)
