/**
 * Questions for lists that are loaded page by page.
 */
import { type InfiniteData, infiniteQueryOptions, type QueryKey } from "@tanstack/react-query"
import { fullPage, type Page } from "./pages.ts"
import { queries } from "./queries.ts"

type Ask<P> = (at: { readonly cursor?: string; readonly limit: number }, signal: AbortSignal) => Promise<P>

export const paged = <P extends Page<unknown>>(queryKey: QueryKey, ask: Ask<P>) =>
  infiniteQueryOptions({
    queryKey,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      ask({ limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) }, signal),
    getNextPageParam: (page: P) => page.nextCursor
  })

/**
 * Of a list that only grows at its end, such as the books: a page that is full never changes, so that of what was
 * loaded only the last page is asked for again when there is news.
 */
export const growing = <P extends Page<unknown>>(queryKey: QueryKey, ask: Ask<P>) =>
  paged(
    queryKey,
    async (at, signal): Promise<P> =>
      fullPage(queries.getQueryData<InfiniteData<P, string | null>>(queryKey), at.cursor ?? null) ?? ask(at, signal)
  )
