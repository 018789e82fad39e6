/**
 * What the analytics ask the server.
 */
import { queryOptions } from "@tanstack/react-query"
import { popug } from "../session/session.ts"
import type { Report } from "./days.ts"
import type { Span } from "./range.ts"

interface Days {
  readonly from: string
  readonly to: string
}

/** All reports of some days: a year of them is four pages. */
export const reports = ({ from, to }: Days) =>
  queryOptions({
    queryKey: ["reports", "daily", from, to],
    queryFn: async ({ signal }) => {
      const all: Array<Report> = []
      const list = (at: { readonly cursor?: string }) =>
        popug.reports.daily({ query: { from, to, limit: 100, ...at } }, { signal })
      for await (const report of popug.rows(list)) all.push(report)
      return all
    },
    placeholderData: (before) => before
  })

/** The top task around a day, or of some days. */
export const topTask = (asked: { readonly span: Span; readonly date: string } | Days) =>
  queryOptions({
    queryKey: ["periods", "top task", asked],
    queryFn: ({ signal }) => popug.reports.topTask({ query: asked }, { signal }),
    placeholderData: (before) => before
  })

/** As many accounts as are asked for before a picture of them is no more worth it. */
const manyAccounts = 3_000

/** All accounts as they are now; null where there are too many. Asked for when looked at, not at each change. */
export const allAccounts = queryOptions({
  queryKey: ["distribution"],
  queryFn: async ({ signal }) => {
    const rows = []
    const list = (at: { readonly cursor?: string }) =>
      popug.billing.accounts({ query: { limit: 100, ...at } }, { signal })
    for await (const account of popug.rows(list)) {
      if (rows.push(account) > manyAccounts) return null
    }
    return rows
  }
})
