/**
 * How many tasks there are, as the server keeps it.
 */
import { queryOptions, useQuery } from "@tanstack/react-query"
import type { Me } from "../session/me.ts"
import { popug } from "../session/session.ts"
import type { Filter } from "./filter.ts"

type Counts = Awaited<ReturnType<typeof popug.tasks.counts>>

const countsQuery = queryOptions({
  queryKey: ["tasks", "counts"],
  queryFn: ({ signal }) => popug.tasks.counts({}, { signal })
})

export const useCounts = (): Counts | undefined => useQuery(countsQuery).data

/** How many tasks there are by status of those that a filter is about; undefined where nobody counts them. */
export const countsOf = (
  counts: Counts | undefined,
  { assignee, search }: Filter,
  me: Me
): { readonly open: number; readonly done: number } | undefined => {
  if (search !== "") return undefined
  if (assignee === me.id) return counts?.mine
  return assignee === "" ? (counts?.all ?? undefined) : undefined
}
