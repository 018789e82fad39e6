/**
 * What went wrong in the reader's words: by the problem's type where the page knows it, otherwise by what the server
 * says of it.
 */
import { HttpError, isProblem } from "@popug/http/promises"
import { tell } from "../i18n/texts.ts"

export const wordsOf = (error: unknown): string => {
  if (error instanceof HttpError && error.status === undefined) return tell("state.offline")
  if (isProblem(error)) return error.message
  return tell("state.failed")
}
