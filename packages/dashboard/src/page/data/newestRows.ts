/**
 * The rows of a list that only grows, the last first. Pure.
 */
export interface Answer<Row> {
  readonly data: ReadonlyArray<Row>
  readonly nextCursor: string | null
}

export interface Newest<Row> {
  /** Parts that follow one another. */
  readonly pages: ReadonlyArray<ReadonlyArray<Row>>
  /** Where to go on after them; null where they end with the first row that there is. */
  readonly next: string | null
  /** Whether the last answer had none, and there may be more all the same. */
  readonly isFar: boolean
}

/** News are put together up to so many rows. */
const together = 100

export const foundAnew = <Row>({ data, nextCursor }: Answer<Row>): Newest<Row> => ({
  pages: data.length === 0 ? [] : [data],
  next: nextCursor,
  isFar: data.length === 0 && nextCursor !== null
})

/** With what follows. */
export const withEarlier = <Row>({ pages }: Newest<Row>, { data, nextCursor }: Answer<Row>): Newest<Row> => ({
  pages: data.length === 0 ? pages : [...pages, data],
  next: nextCursor,
  isFar: data.length === 0 && nextCursor !== null
})

/**
 * With the rows that have come since, of what the server answers from its end on: the same list where there are none,
 * and none where the answer does not go back to what is known. A list that does not hold that any more begins anew.
 */
export const withNews = <Row>(
  known: Newest<Row> | undefined,
  answer: Answer<Row>,
  numberOf: (row: Row) => number
): Newest<Row> | undefined => {
  const last = known?.pages[0]?.[0]
  if (known === undefined || last === undefined) {
    return known === undefined || answer.data.length > 0 || answer.nextCursor === null ? foundAnew(answer) : known
  }
  const from = answer.data.findIndex((row) => numberOf(row) <= numberOf(last))
  if (from < 0) return answer.nextCursor === null ? foundAnew(answer) : undefined
  if (numberOf(answer.data[from]!) !== numberOf(last)) return foundAnew(answer)
  if (from === 0) return known
  const news = answer.data.slice(0, from)
  const [first, ...rest] = known.pages
  const pages = news.length + first!.length <= together ? [[...news, ...first!], ...rest] : [news, ...known.pages]
  return { ...known, pages }
}

/** The rows that a list of others shares with what is asked for, until that is there. */
export const narrowed = <Row>({ pages }: Newest<Row>, isOf: (row: Row) => boolean): Newest<Row> => ({
  pages: pages.map((page) => page.filter(isOf)).filter(({ length }) => length > 0),
  next: null,
  isFar: false
})

export const rowsIn = <Row>(known: Newest<Row> | undefined): ReadonlyArray<Row> => known?.pages.flat() ?? []
