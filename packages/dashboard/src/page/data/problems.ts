/**
 * What went wrong in the reader's words: by the text that a room has for the problem's type, otherwise by what the
 * server says of it.
 */
import { HttpError, isProblem } from "@popug/http/promises"
import { day } from "../i18n/format.ts"
import { $language, tell, tellIfKnown } from "../i18n/texts.ts"

const isDay = /^\d{4}-\d{2}-\d{2}$/u

/** The members of a problem as texts take them. */
const valuesOf = (problem: object): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(problem).flatMap(([name, value]): Array<[string, string | number]> => {
      if (typeof value === "number") return [[name, value]]
      if (typeof value !== "string") return []
      return [[name, isDay.test(value) ? day(value, $language.get()) : value]]
    })
  )

export const wordsOf = (error: unknown): string => {
  if (error instanceof HttpError && error.status === undefined) return tell("state.offline")
  if (isProblem(error)) return tellIfKnown(`problem.${error._tag}`, valuesOf(error)) ?? error.message
  return tell("state.failed")
}
