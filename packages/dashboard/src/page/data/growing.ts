/**
 * Lists that only grow at their end, such as the books: a page that is full never changes, so that of what was loaded
 * only the last page is asked for again when there is news.
 */
import type { InfiniteData, QueryKey } from "@tanstack/react-query"
import { queries } from "./queries.ts"

export interface Page<Row> {
  readonly data: ReadonlyArray<Row>
  readonly nextCursor: string | null
}

/** The page that was loaded at a cursor, if it is full. */
export const fullPage = <P extends Page<unknown>>(
  loaded: InfiniteData<P, string | null> | undefined,
  cursor: string | null
): P | undefined => {
  const page = loaded?.pages[loaded.pageParams.indexOf(cursor)]
  return page === undefined || page.nextCursor === null ? undefined : page
}

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

/** The rows of all loaded pages. */
export const rowsOf = <Row>(loaded: { readonly pages: ReadonlyArray<Page<Row>> } | undefined): ReadonlyArray<Row> =>
  loaded?.pages.flatMap((page) => page.data) ?? []
