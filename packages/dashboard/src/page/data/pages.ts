/**
 * Lists as they are loaded, page by page.
 */
interface Loaded<P> {
  readonly pages: ReadonlyArray<P>
  readonly pageParams: ReadonlyArray<string | null>
}

export interface Page<Row> {
  readonly data: ReadonlyArray<Row>
  readonly nextCursor: string | null
}

/** The page that was loaded at a cursor, if it is full. */
export const fullPage = <P extends Page<unknown>>(
  loaded: Loaded<P> | undefined,
  cursor: string | null
): P | undefined => {
  const page = loaded?.pages[loaded.pageParams.indexOf(cursor)]
  return page === undefined || page.nextCursor === null ? undefined : page
}

/** The rows of all loaded pages. */
export const rowsOf = <Row>(loaded: { readonly pages: ReadonlyArray<Page<Row>> } | undefined): ReadonlyArray<Row> =>
  loaded?.pages.flatMap((page) => page.data) ?? []

interface Listed {
  readonly hasNextPage: boolean
  readonly isFetching: boolean
  readonly isFetchNextPageError: boolean
  readonly fetchNextPage: () => unknown
}

/** Loads the next page, unless one is under way; after one that could not be had, somebody says so. */
export const moreOf = (list: Listed): (() => unknown) | undefined =>
  list.hasNextPage && !list.isFetching && !list.isFetchNextPageError ? list.fetchNextPage : undefined
