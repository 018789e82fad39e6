/**
 * What went wrong, in the reader's words. What the server says of it is for programmers, and in English.
 */
import { HttpError, isProblem } from "@popug/http/promises"
import { day } from "../i18n/format.ts"
import { saidOf } from "../i18n/refusals.ts"
import { $language, isKnown, tell } from "../i18n/texts.ts"

const ofStatus = (status: number | undefined): string => {
  if (status === undefined) return tell("state.offline")
  return tell(status >= 502 && status <= 504 ? "state.troubled" : "state.failed")
}

export const wordsOf = (error: unknown): string => {
  if (error instanceof HttpError) return ofStatus(error.status)
  if (!isProblem(error)) return tell("state.failed")
  const dayOf = (period: string) => day(period, $language.get())
  return saidOf(error, { dayOf, knows: isKnown })
    .map(({ id, values }) => tell(id, values))
    .join(" ")
}
