/**
 * How many tasks there are, as the server tells.
 */
import { queryOptions, useQuery } from "@tanstack/react-query"
import { count } from "../i18n/format.ts"
import type { Language } from "../i18n/languages.ts"
import type { Me } from "../session/me.ts"
import { popug } from "../session/session.ts"
import type { Filter } from "./filter.ts"

type Counts = Awaited<ReturnType<typeof popug.tasks.counts>>

const countsQuery = queryOptions({
  queryKey: ["tasks", "counts"],
  queryFn: ({ signal }) => popug.tasks.counts({}, { signal })
})

export const useCounts = (): Counts | undefined => useQuery(countsQuery).data

interface Numbers {
  readonly open: number
  readonly done: number
  /** Counted up to here: so many, or more. */
  readonly upTo?: number
}

/** How many tasks there are by status of those that a filter is about; undefined where nobody counts them. */
export const countsOf = (counts: Counts | undefined, { assignee, search }: Filter, me: Me): Numbers | undefined => {
  if (search !== "") return undefined
  if (assignee === me.id) return counts?.mine
  return assignee === "" ? (counts?.all ?? undefined) : undefined
}

/** A number as it is shown: 1,000+ where no more were counted. */
export const shown = (number: number, { upTo = Infinity }: Numbers, language: Language): string =>
  `${count(number, language)}${number < upTo ? "" : "+"}`
