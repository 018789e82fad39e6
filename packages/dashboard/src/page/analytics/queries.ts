/**
 * What the analytics ask the server.
 */
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import { paged } from "../data/paged.ts"
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
    placeholderData: keepPreviousData
  })

/** The top task around a day, or of some days. */
export const topTask = (asked: { readonly span: Span; readonly date: string } | Days) =>
  queryOptions({
    queryKey: ["periods", "top task", asked],
    queryFn: ({ signal }) => popug.reports.topTask({ query: asked }, { signal }),
    placeholderData: keepPreviousData
  })

/** How balances are distributed now. Asked for when looked at, not at each change: it reads all accounts. */
export const distribution = queryOptions({
  queryKey: ["distribution"],
  queryFn: ({ signal }) => popug.reports.distribution({}, { signal })
})

/** The accounts with a balance from one amount to below another, as they are when they are looked at. */
export const accountsWithin = (from: bigint, below: bigint) =>
  paged(["distribution", String(from), String(below)], (at, signal) =>
    popug.billing.accounts({ query: { balanceFrom: String(from), balanceBelow: String(below), ...at } }, { signal })
  )
