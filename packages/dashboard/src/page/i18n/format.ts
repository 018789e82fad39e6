/**
 * Amounts, days and instants as the reader's language writes them.
 */
import type { Language } from "./languages.ts"

/** An amount in minor units, as the server sends it. */
export interface Amount {
  readonly amount: bigint
  readonly currency: string
}

/** 1519n with two digits is "15.19": exact, however large it is. */
const decimal = (minor: bigint, digits: number): `${number}` => {
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, "0")
  const whole = text.slice(0, text.length - digits)
  const part = digits === 0 ? "" : `.${text.slice(text.length - digits)}`
  return `${minor < 0n ? "-" : ""}${whole}${part}` as `${number}`
}

/**
 * The language as where the reader lives has it: dates and clocks of British and American English differ. Some browsers
 * name languages as their system does, `en-US@posix`, which is no tag of a language.
 */
const localeOf = (language: Language): string =>
  navigator.languages.find((tag) => tag.split("-")[0] === language && isTag(tag)) ?? language

const isTag = (tag: string): boolean => {
  try {
    return Intl.getCanonicalLocales(tag).length > 0
  } catch {
    return false
  }
}

const kept = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()
const keep = <Format extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => Format): Format => {
  const known = kept.get(key)
  if (known !== undefined) return known as Format
  const made = make()
  kept.set(key, made)
  return made
}

interface Written {
  readonly digits: number
  readonly language: Language
  readonly signed?: boolean
}

/** The digits come from the company: runtimes differ about some currencies. */
const amountFormat = (currency: string, { digits, language, signed = false }: Written): Intl.NumberFormat =>
  keep(
    `amount ${language} ${currency} ${digits} ${signed}`,
    () =>
      new Intl.NumberFormat(localeOf(language), {
        style: "currency",
        currency,
        // A company has one currency: whose dollars these are goes without saying.
        currencyDisplay: "narrowSymbol",
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
        signDisplay: signed ? "exceptZero" : "auto"
      })
  )

export const amount = ({ amount: minor, currency }: Amount, written: Written): string =>
  amountFormat(currency, written).format(decimal(minor, written.digits))

/** An amount in parts: its currency, with the space before it, apart from the number. */
export const amountParts = (
  { amount: minor, currency }: Amount,
  written: Written
): ReadonlyArray<{ readonly text: string; readonly isUnit: boolean }> => {
  const parts: Array<{ text: string; isUnit: boolean }> = []
  for (const { type, value } of amountFormat(currency, written).formatToParts(decimal(minor, written.digits))) {
    const isUnit = type === "currency" || type === "literal"
    const last = parts.at(-1)
    if (last?.isUnit === isUnit) last.text += value
    else parts.push({ text: value, isUnit })
  }
  return parts
}

export const count = (value: number | bigint, language: Language): string =>
  keep(`count ${language}`, () => new Intl.NumberFormat(localeOf(language))).format(value)

/** A business day: a date of the calendar, in no zone. */
export const day = (period: string, language: Language): string =>
  keep(
    `day ${language}`,
    () =>
      new Intl.DateTimeFormat(localeOf(language), {
        weekday: "short",
        day: "numeric",
        month: "short",
        year: "numeric",
        timeZone: "UTC"
      })
  ).format(new Date(`${period}T00:00:00Z`))

/** Business days from the first to the last. */
export const days = (from: string, to: string, language: Language): string =>
  keep(
    `days ${language}`,
    () =>
      new Intl.DateTimeFormat(localeOf(language), { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" })
  ).formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`))

/** An instant as the clocks of the company show it. */
export const instant = (millis: number, timeZone: string, language: Language): string =>
  keep(
    `instant ${language} ${timeZone}`,
    () => new Intl.DateTimeFormat(localeOf(language), { dateStyle: "medium", timeStyle: "short", timeZone })
  ).format(millis)

/** The day of an instant, on the clocks of the company, where there is little room. */
export const dayOf = (millis: number, timeZone: string, language: Language): string =>
  keep(
    `day of ${language} ${timeZone}`,
    () => new Intl.DateTimeFormat(localeOf(language), { day: "numeric", month: "short", timeZone })
  ).format(millis)

/** The date of an instant on the clocks of the company, as days are named: `2026-11-26`. */
export const dateOf = (millis: number, timeZone: string): string =>
  keep(
    `date ${timeZone}`,
    () => new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone })
  ).format(millis)

/** The time of day of an instant. */
export const clock = (millis: number, timeZone: string, language: Language): string =>
  keep(
    `clock ${language} ${timeZone}`,
    () => new Intl.DateTimeFormat(localeOf(language), { timeStyle: "short", timeZone })
  ).format(millis)

/** A month of the calendar: `2026-11`. */
export const month = (name: string, language: Language): string =>
  keep(
    `month ${language}`,
    () => new Intl.DateTimeFormat(localeOf(language), { month: "long", year: "numeric", timeZone: "UTC" })
  ).format(new Date(`${name}-01T00:00:00Z`))

/** A day where there is little room, and its year goes without saying. */
export const shortDay = (period: string, language: Language): string =>
  keep(
    `short day ${language}`,
    () => new Intl.DateTimeFormat(localeOf(language), { day: "numeric", month: "short", timeZone: "UTC" })
  ).format(new Date(`${period}T00:00:00Z`))

/** An amount where there is little room: of an axis, whose values are round. */
export const shortAmount = (
  { amount: minor, currency }: Amount,
  { digits, language }: { digits: number; language: Language }
): string =>
  keep(
    `short amount ${language} ${currency}`,
    () =>
      new Intl.NumberFormat(localeOf(language), {
        style: "currency",
        currency,
        currencyDisplay: "narrowSymbol",
        notation: "compact",
        minimumFractionDigits: 0,
        maximumFractionDigits: 2
      })
  ).format(decimal(minor, digits))
