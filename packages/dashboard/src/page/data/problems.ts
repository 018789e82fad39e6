/**
 * What went wrong in the reader's words: by the problem's type where the page knows it, otherwise by what the server
 * says of it.
 */
import { tell } from "../i18n/texts.ts"

interface Problem {
  readonly _tag?: string
  readonly title?: string
  readonly detail?: string
}

/** Nothing was heard of the server. */
const isLost = ({ _tag }: Problem): boolean => _tag === "HttpClientError"

export const wordsOf = (failure: unknown): string => {
  const problem = failure as Problem
  if (isLost(problem)) return tell("state.offline")
  return problem.detail ?? problem.title ?? tell("state.failed")
}
