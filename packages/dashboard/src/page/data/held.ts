/**
 * How many open tasks each person holds: for whoever gives tasks to people.
 */
import { queryOptions, useQuery } from "@tanstack/react-query"
import { seesTasks } from "../session/me.ts"
import { popug, signedIn } from "../session/session.ts"

/** So many open tasks are looked through; of a company that has more nothing is said. */
const lookedThrough = 500

const heldQuery = queryOptions({
  queryKey: ["tasks", "counts", "held by"],
  queryFn: async ({ signal }): Promise<ReadonlyMap<string, number> | null> => {
    const held = new Map<string, number>()
    let count = 0
    const list = (at: { readonly cursor?: string }) =>
      popug.tasks.list({ query: { status: "in progress", limit: 100, ...at } }, { signal })
    for await (const { assignee } of popug.rows(list)) {
      if (++count > lookedThrough) return null
      if (assignee !== null) held.set(assignee, (held.get(assignee) ?? 0) + 1)
    }
    return held
  }
})

/**
 * What tells how many somebody holds; undefined while that is not known, and where it is not for the caller. It is
 * asked only where somebody looks: every task that moves changes it.
 */
export const useHeld = (isLookedAt: boolean): ((id: string) => number) | undefined => {
  const held = useQuery({ ...heldQuery, enabled: isLookedAt && seesTasks(signedIn()) }).data
  return held ? (id) => held.get(id) ?? 0 : undefined
}
