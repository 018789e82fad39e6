/**
 * How the company stands now: the day that is open in the books, and what all accounts hold together.
 */
import type { Promises } from "@popug/http/promises"
import { queryOptions } from "@tanstack/react-query"
import { popug } from "../session/session.ts"

export type Preview = Awaited<ReturnType<Promises["billing"]["preview"]>>

/** What the close of the open day would come to, were it closed now. */
export const preview = queryOptions({
  queryKey: ["periods", "preview"],
  queryFn: ({ signal }) => popug.billing.preview({ params: { period: "current" } }, { signal })
})

export const total = queryOptions({
  queryKey: ["accounts", "total"],
  queryFn: ({ signal }) => popug.reports.balance({}, { signal })
})
