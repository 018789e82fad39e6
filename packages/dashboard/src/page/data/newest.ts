/**
 * Lists that only grow, the last row first: what was loaded never changes, so that news cost one small question, and
 * come above what is there.
 */
import { type QueryKey, useQuery } from "@tanstack/react-query"
import { useCallback, useMemo } from "react"
import { type Answer, foundAnew, narrowed, type Newest, rowsIn, withEarlier, withNews } from "./newestRows.ts"
import { queries } from "./queries.ts"

interface At {
  readonly cursor?: string
  readonly limit: number
}

export interface NewestList<Row> {
  readonly queryKey: QueryKey
  readonly ask: (at: At, signal?: AbortSignal) => Promise<Answer<Row>>
  /** Grows along the list. */
  readonly numberOf: (row: Row) => number
  /** Whether a row of a list with other filters is of this one, too. */
  readonly isOf: (row: Row) => boolean
}

/** How many rows are asked for at once. */
const pageSize = 100
/** Of what is rare, so many answers without any are gone through by themselves. */
const byItself = 20
/** So many answers of news at once, and the list is sooner begun anew. */
const mostNews = 5

const known = <Row>({ queryKey }: NewestList<Row>) => queries.getQueryData<Newest<Row>>(queryKey)

/** Asks until there is something, or the list ends. */
const askSome = async <Row>(
  { ask }: NewestList<Row>,
  from: string | null,
  signal?: AbortSignal
): Promise<Answer<Row>> => {
  let cursor = from
  for (let asked = 1; ; asked++) {
    const answer = await ask({ limit: pageSize, ...(cursor === null ? {} : { cursor }) }, signal)
    if (answer.data.length > 0 || answer.nextCursor === null || asked === byItself) return answer
    cursor = answer.nextCursor
  }
}

/** What has come since, above what is known. */
const askNews = async <Row>(list: NewestList<Row>, signal: AbortSignal): Promise<Newest<Row>> => {
  const first = await list.ask({ limit: pageSize }, signal)
  let news = first
  for (let asked = 1; asked < mostNews; asked++) {
    const whole = withNews(known(list), news, list.numberOf)
    if (whole !== undefined) return whole
    const next = await list.ask({ limit: pageSize, cursor: news.nextCursor! }, signal)
    news = { data: [...news.data, ...next.data], nextCursor: next.nextCursor }
  }
  return foundAnew(news)
}

const asking = new Set<string>()

/** Asks for what comes after the last row that is there, once at a time. */
const askEarlier = async <Row>(list: NewestList<Row>): Promise<void> => {
  const cursor = known(list)?.next ?? null
  const name = JSON.stringify(list.queryKey)
  if (cursor === null || asking.has(name)) return
  asking.add(name)
  try {
    const answer = await askSome(list, cursor)
    const now = known(list)
    const updatedAt = queries.getQueryState(list.queryKey)?.dataUpdatedAt
    // Meanwhile the list may have begun anew.
    if (now?.next === cursor)
      queries.setQueryData(list.queryKey, withEarlier(now, answer), updatedAt === undefined ? {} : { updatedAt })
  } catch {
    // It is asked for again when the end is looked at again; that the server is away is told elsewhere.
  } finally {
    asking.delete(name)
  }
}

/** The rows of a list as far as it was loaded, and what loads more of it. */
export const useNewest = <Row>(asked: NewestList<Row>) => {
  const key = JSON.stringify(asked.queryKey)
  // The key says all that the list asks for.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  const list = useMemo(() => asked, [key])
  const shared = useCallback((before?: Newest<Row>) => before && narrowed(before, list.isOf), [list])
  const answer = useQuery<Newest<Row>>({
    queryKey: list.queryKey,
    structuralSharing: false,
    placeholderData: shared,
    queryFn: async ({ signal }) =>
      known(list) === undefined ? foundAnew(await askSome(list, null, signal)) : askNews(list, signal)
  })
  const { data, isPlaceholderData } = answer
  const earlier = useCallback(() => void askEarlier(list), [list])
  return {
    answer,
    rows: useMemo(() => rowsIn(data), [data]),
    /** Whether the first row that there is has been loaded. */
    isWhole: data !== undefined && data.next === null && !isPlaceholderData,
    /** Loads more; none at the end. */
    more: data === undefined || data.next === null ? undefined : earlier,
    /** Whether a long way was gone without finding any more: going on is for whoever looks to say. */
    isFar: data?.isFar ?? false
  }
}
