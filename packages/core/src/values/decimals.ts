/**
 * Amounts as people and files write them: plain functions without schemas, small enough for any page.
 */
import { currencies } from "./tables/currencies.ts"

/** How many digits the minor unit of each currency has: from a pinned table, since runtimes disagree and change. */
const digits: ReadonlyMap<string, number> = new Map(
  currencies
    .trim()
    .split(/\s+/u)
    .map((entry) => [entry.slice(0, 3), Number(entry.slice(3))])
)

/** The codes of ISO 4217 that have a minor unit. */
export const currencyCodes: ReadonlyArray<string> = [...digits.keys()]

/** Whether a text is one of them. */
export const isCurrency = (code: string): boolean => digits.has(code)

/** Minor units of a currency, by its code. */
export interface Amounted {
  readonly amount: bigint
  readonly currency: string
}

/** How many digits the currency's minor unit has by ISO 4217: 2 for USD, 0 for JPY, 3 for KWD. */
export const fractionDigits = (currency: string): number => digits.get(currency) ?? 2

/** How many minor units make one of the major: 100 for USD, 1 for JPY, 1000 for KWD. */
export const minorUnits = (currency: string): number => 10 ** fractionDigits(currency)

/** The plain decimal form without grouping or symbol, e.g. `-12.05`: for files that programs read. */
export const toDecimal = (money: Amounted): string => {
  const places = fractionDigits(money.currency)
  const negative = money.amount < 0n
  const units = (negative ? -money.amount : money.amount).toString().padStart(places + 1, "0")
  const whole = units.slice(0, units.length - places)
  const fraction = places === 0 ? "" : `.${units.slice(-places)}`
  return `${negative ? "-" : ""}${whole}${fraction}`
}

/** The amount as people of a locale write it, e.g. `$12.05`, with the digits of the currency's minor unit. */
export const format = (money: Amounted, locale = "en-US"): string => {
  const places = fractionDigits(money.currency)
  return (
    new Intl.NumberFormat(locale, {
      style: "currency",
      currency: money.currency,
      minimumFractionDigits: places,
      maximumFractionDigits: places
    })
      // The decimal string keeps every digit of amounts beyond the safe integers.
      .format(toDecimal(money) as Intl.StringNumericLiteral)
  )
}
