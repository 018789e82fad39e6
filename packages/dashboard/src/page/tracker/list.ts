/**
 * The tracker's lists: asked for part by part as they are looked at, and kept as they are now by what is heard.
 */
import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query"
import { useCallback } from "react"
import { type Followed, onEvent } from "../data/live.ts"
import { queries } from "../data/queries.ts"
import { soon } from "../data/soon.ts"
import { popug, signedIn } from "../session/session.ts"
import { after, type Change, changeOf } from "./changes.ts"
import type { Filter } from "./filter.ts"
import { keeping, type Listing, partAt, partSize, shownParts, unknown, withAnswer } from "./listing.ts"

const lists = ["tasks", "list"] as const
const keyOf = (filter: Filter) => [...lists, filter] as const

export const ask = ({ assignee, order, search, status }: Filter, cursor: string | null, signal?: AbortSignal) =>
  popug.tasks.list(
    {
      query: {
        limit: partSize,
        order,
        ...(search === "" ? {} : { search }),
        ...(status === "" ? {} : { status }),
        ...(assignee === "" ? {} : { assignee }),
        ...(cursor === null ? {} : { cursor })
      }
    },
    { signal }
  )

export const known = (client: QueryClient, filter: Filter): Listing =>
  client.getQueryData<Listing>(keyOf(filter)) ?? unknown

/** Asks again for the rows that are there; where they end now, the rest begins. */
const listOptions = (filter: Filter) =>
  queryOptions({
    queryKey: keyOf(filter),
    structuralSharing: false,
    queryFn: async ({ client, signal }) => {
      const [first, last] = shownParts(known(client, filter))
      let cursor = known(client, filter).parts[first]?.cursor ?? null
      const answers = []
      for (let at = first; at <= last; at++) {
        const answer = await ask(filter, cursor, signal)
        answers.push(answer)
        cursor = answer.nextCursor
        if (cursor === null) break
      }
      return answers.reduce((listing, answer, at) => withAnswer(listing, first + at, answer), known(client, filter))
    }
  })

const asking = new Set<string>()

/** Asks for a part that is not there, once at a time. */
const load = async (filter: Filter, at: number): Promise<void> => {
  const part = known(queries, filter).parts[at]
  const name = JSON.stringify([filter, at])
  if (part === undefined || part.rows !== null || asking.has(name)) return
  asking.add(name)
  const me = signedIn().id
  try {
    const answer = await ask(filter, part.cursor)
    if (signedIn().id !== me) return
    const now = known(queries, filter)
    // Meanwhile the list may have been asked for anew, and begin elsewhere.
    if (now.parts[at]?.cursor === part.cursor) put(filter, withAnswer(now, at, answer))
  } catch {
    // It is asked for again when it is looked at again; that the server is away is told elsewhere.
  } finally {
    asking.delete(name)
  }
}

/** Changes what is known; it is as fresh as it was. */
const put = (filter: Filter, listing: Listing): void => {
  const updatedAt = queries.getQueryState(keyOf(filter))?.dataUpdatedAt
  queries.setQueryData(keyOf(filter), listing, updatedAt === undefined ? {} : { updatedAt })
}

/** How many rows ahead are asked for before they are looked at. */
const ahead = 150

/** A list, and what tells it which rows are looked at. */
export const useList = (filter: Filter) => {
  const answer = useQuery(listOptions(filter))
  const see = useCallback(
    (first: number, last: number) => {
      const listing = known(queries, filter)
      const from = partAt(listing, first)
      const to = partAt(listing, Math.min(last + ahead, listing.count))
      const kept = keeping(listing, from, to)
      if (kept !== listing) put(filter, kept)
      for (let at = from; at <= to; at++) void load(filter, at)
    },
    [filter]
  )
  return { answer, see }
}

/** So many changes at once are sooner asked for than put in one by one. */
const tooMany = 200
/** What comes within these milliseconds is drawn once. */
const together = 80

const again = soon<string>(1_000, () => void queries.invalidateQueries({ queryKey: lists }))

/** Puts changes into every list. */
export const show = (changes: ReadonlyArray<Change>): void => {
  for (const query of queries.getQueryCache().findAll({ queryKey: lists })) {
    const filter = query.queryKey[2] as Filter
    const listing = query.state.data as Listing | undefined
    // An answer that is under way may be of before the change.
    if (query.state.fetchStatus === "fetching" || changes.length > tooMany) again("lists")
    if (listing === undefined || changes.length > tooMany) continue
    const changed = changes.reduce((now, change) => after(now, filter, change), listing)
    if (changed !== listing) put(filter, changed)
  }
}

/** A search is the server's: who is looked for may be among those that changed. */
const searchAgain = soon<string>(2_000, () =>
  queries.invalidateQueries({ queryKey: lists, predicate: ({ queryKey }) => (queryKey[2] as Filter).search !== "" })
)

const heard: Array<Followed> = []

const takeIn = soon<string>(together, () => {
  show(heard.splice(0).flatMap((event) => changeOf(event) ?? []))
  searchAgain("searches")
})

onEvent("tasks", (event) => {
  heard.push(event)
  takeIn("changes")
})
