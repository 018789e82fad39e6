/**
 * The company's people as those who may change them see them: changed at once to the eye, and as they were, with the
 * reason, if the server refuses.
 */
import { isProblem, type Promises } from "@popug/http/promises"
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import { paged } from "../data/paged.ts"
import { personQuery } from "../data/people.ts"
import { wordsOf } from "../data/problems.ts"
import { haveChanged, queries } from "../data/queries.ts"
import { changesOf, savedOver, type Seen } from "../data/savedOver.ts"
import type { Source } from "../data/topics.ts"
import { tell } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { notify } from "../ui/notices.tsx"
import type { Shown } from "./shown.ts"

type Got = Exclude<Awaited<ReturnType<Promises["users"]["get"]>>, void>
export type User = Got["body"]
export type Identity = NonNullable<User["identities"]>[number]
export type Change = NonNullable<Parameters<Promises["users"]["update"]>[0]["payload"]>

/** The tag of somebody as they were seen. */
export const etagOf = (id: string): string | undefined => queries.getQueryData(personQuery(id).queryKey)?.headers.etag

const sent = async (id: string, payload: Change, etag: string | undefined): Promise<void> => {
  const headers = etag === undefined ? {} : { "if-match": etag }
  const after = await popug.users.update({ params: { id }, payload, headers })
  queries.setQueryData<Got>(personQuery(id).queryKey, after)
  haveChanged("users", ...(payload.status === undefined && payload.roles === undefined ? [] : (["tasks"] as const)))
}

/** Shows a change until it is done, and as it was, with the reason, when it is refused; undefined then. */
const shown = async <A>(id: string, payload: Change, ask: () => Promise<A>): Promise<A | undefined> => {
  const { queryKey } = personQuery(id)
  const before = queries.getQueryData(queryKey)
  if (before) queries.setQueryData<Got>(queryKey, { ...before, body: { ...before.body, ...payload } as User })
  try {
    return await ask()
  } catch (error) {
    queries.setQueryData<Got>(queryKey, before ?? undefined)
    haveChanged("users")
    notify("refused", wordsOf(error))
    return undefined
  }
}

/** Changes somebody as they were seen: if somebody else was quicker, nothing is done. Returns whether it was done. */
export const changeUser = async (id: string, payload: Change): Promise<boolean> => {
  const etag = etagOf(id)
  return (await shown(id, payload, async () => (await sent(id, payload, etag), true))) === true
}

type Person = Pick<User, "name" | "roles">

/**
 * Changes what somebody is called and what they are. What others changed meanwhile stays; where they changed the same,
 * nothing is done, and what was typed is returned over the person as they are now. Undefined when it is refused.
 */
export const changePerson = (
  id: string,
  seen: Seen<Person>,
  typed: Person
): Promise<"done" | (Seen<Person> & { readonly typed: Person }) | undefined> =>
  shown(id, changesOf(seen.was, typed), async () => {
    const left = await savedOver(seen, typed, {
      save: (payload, etag) => sent(id, payload, etag),
      isChanged: (refusal) => isProblem(refusal, "Changed"),
      look: async () => {
        const now = await queries.fetchQuery({ ...personQuery(id), staleTime: 0 })
        return { was: { name: now!.body.name, roles: now!.body.roles }, etag: now!.headers.etag }
      }
    })
    if (left === undefined) return "done"
    notify("refused", wordsOf(left.refusal))
    return left
  })

/** A company's people page by page, as the server finds them: of one that is too large to be known at once. */
export const listOf = ({ role, search, status }: Shown) => ({
  ...paged(["users", "list", role, search, status], (at, signal) =>
    popug.users.list(
      {
        query: {
          ...at,
          ...(status === "all" ? {} : { status }),
          ...(role === "" ? {} : { role }),
          ...(search.trim() === "" ? {} : { search })
        }
      },
      { signal }
    )
  ),
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
  paged([source === "users" ? "users" : "log", "log", source, actor], (at, signal) =>
    popug.events.list({ query: { source, order: "newest", ...(actor === "" ? {} : { actor }), ...at } }, { signal })
  )

export const told = (name: string): void => notify("done", tell("people.changed", { name }))
