/**
 * The company's people as those who may change them see them: changed at once to the eye, and as they were, with the
 * reason, if the server refuses.
 */
import type { Promises } from "@popug/http/promises"
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query"
import { wordsOf } from "../data/problems.ts"
import { haveChanged, queries } from "../data/queries.ts"
import type { Source } from "../data/topics.ts"
import { tell } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { notify } from "../ui/notices.tsx"
import type { Shown } from "./shown.ts"

type Got = Exclude<Awaited<ReturnType<Promises["users"]["get"]>>, void>
export type User = Got["body"]
export type Identity = NonNullable<User["identities"]>[number]
export type Change = NonNullable<Parameters<Promises["users"]["update"]>[0]["payload"]>

const keyOf = (id: string) => ["users", "one", id]

export const user = (id: string) =>
  queryOptions({
    queryKey: keyOf(id),
    queryFn: async ({ signal }): Promise<Got | null> => {
      const got = await popug.users.get({ params: { id } }, { signal })
      return got === undefined ? null : got
    }
  })

/** Changes somebody as they were seen: if somebody else was quicker, nothing is done. Returns whether it was done. */
export const changeUser = async (id: string, payload: Change): Promise<boolean> => {
  const before = queries.getQueryData<Got>(keyOf(id))
  if (before !== undefined)
    queries.setQueryData<Got>(keyOf(id), { ...before, body: { ...before.body, ...payload } as User })
  try {
    const etag = before?.headers.etag
    const headers = etag === undefined ? {} : { "if-match": etag }
    const after = await popug.users.update({ params: { id }, payload, headers })
    queries.setQueryData<Got>(keyOf(id), after)
    haveChanged("users", ...(payload.status === undefined && payload.roles === undefined ? [] : (["tasks"] as const)))
    return true
  } catch (error) {
    queries.setQueryData<Got>(keyOf(id), before)
    haveChanged("users")
    notify("refused", wordsOf(error))
    return false
  }
}

/** A company's people page by page, as the server finds them: of one that is too large to be known at once. */
export const listOf = ({ role, search, status }: Shown) =>
  infiniteQueryOptions({
    queryKey: ["users", "list", role, search, status],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      popug.users.list(
        {
          query: {
            limit: 100,
            ...(status === "all" ? {} : { status }),
            ...(role === "" ? {} : { role }),
            ...(search.trim() === "" ? {} : { search }),
            ...(pageParam === null ? {} : { cursor: pageParam })
          }
        },
        { signal }
      ),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData
  })

/** So many open tasks are counted, page by page; of more, that there are more. */
const countedAtMost = 500

/** How many open tasks somebody holds: what a deactivation moves. */
export const openTasks = (id: string) =>
  queryOptions({
    queryKey: ["tasks", "counts", "held", id],
    queryFn: async ({ signal }) => {
      let count = 0
      const list = (at: { readonly cursor?: string }) =>
        popug.tasks.list({ query: { assignee: id, status: "in progress", limit: 100, ...at } }, { signal })
      for await (const _ of popug.rows(list)) {
        if (++count >= countedAtMost) return { count, more: true }
      }
      return { count, more: false }
    }
  })

export type Event = Awaited<ReturnType<Promises["events"]["list"]>>["data"][number]

/** What somebody, or anybody, did, the last first; of users it is asked again when something happens. */
export const log = (source: Source, actor: string) =>
  infiniteQueryOptions({
    queryKey: [source === "users" ? "users" : "log", "log", source, actor],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      popug.events.list(
        {
          query: {
            source,
            order: "newest",
            limit: 100,
            ...(actor === "" ? {} : { actor }),
            ...(pageParam === null ? {} : { cursor: pageParam })
          }
        },
        { signal }
      ),
    getNextPageParam: ({ nextCursor }) => nextCursor
  })

export const told = (name: string): void => notify("done", tell("people.changed", { name }))
