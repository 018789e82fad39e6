/**
 * Amounts, days and instants as the reader's language and the company's money and clocks have them.
 */
import { useStore } from "@nanostores/react"
import { useMemo } from "react"
import { useCompany } from "../data/company.ts"
import {
  type Amount,
  amount,
  amountParts,
  clock,
  count,
  dateOf,
  day,
  dayOf,
  days,
  instant,
  month,
  shortAmount,
  shortDay
} from "../i18n/format.ts"
import { $language } from "../i18n/texts.ts"

export const useFormats = () => {
  const language = useStore($language)
  const { digits, timeZone } = useCompany()
  return useMemo(
    () => ({
      money: (value: Amount) => amount(value, { digits, language }),
      /** As it is written, its currency apart. */
      amountParts: (value: Amount, signed: boolean) => amountParts(value, { digits, language, signed }),
      /** With a plus where it is one. */
      signed: (value: Amount) => amount(value, { digits, language, signed: true }),
      shortMoney: (value: Amount) => shortAmount(value, { digits, language }),
      day: (period: string) => day(period, language),
      days: (from: string, to: string) => days(from, to, language),
      date: (at: Date) => dateOf(at.getTime(), timeZone),
      dayOf: (at: Date) => dayOf(at.getTime(), timeZone, language),
      month: (name: string) => month(name, language),
      shortDay: (period: string) => shortDay(period, language),
      moment: (at: Date) => instant(at.getTime(), timeZone, language),
      clock: (at: Date) => clock(at.getTime(), timeZone, language),
      count: (value: number | bigint) => count(value, language)
    }),
    [digits, language, timeZone]
  )
}
