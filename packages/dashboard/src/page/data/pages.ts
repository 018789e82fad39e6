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
