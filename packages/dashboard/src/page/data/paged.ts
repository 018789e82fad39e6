/**
 * Lists that only grow at their end, such as the books: a page that is full never changes, so that of what was loaded
 * only the last page is asked for again when there is news.
 */
import type { InfiniteData, QueryKey } from "@tanstack/react-query"
import { fullPage, type Page } from "./pages.ts"
import { queries } from "./queries.ts"

interface Asked {
  readonly pageParam: string | null
  readonly signal: AbortSignal
}

/** Options of a query for a growing list, page by page. */
export const growing = <P extends Page<unknown>>(
  queryKey: QueryKey,
  ask: (at: { readonly cursor?: string; readonly limit: number }, signal: AbortSignal) => Promise<P>
) => ({
  queryKey,
  initialPageParam: null as string | null,
  queryFn: async ({ pageParam, signal }: Asked): Promise<P> =>
    fullPage(queries.getQueryData<InfiniteData<P, string | null>>(queryKey), pageParam) ??
    ask({ limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) }, signal),
  getNextPageParam: (page: P) => page.nextCursor
})
