/**
 * The tracker's lists as the page holds them: pages of tasks in the server's order. Pure changes of plain data.
 */
import type { InfiniteData } from "@tanstack/react-query"

export interface Task {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly jiraId: string | null
  readonly status: "in progress" | "done"
  readonly assignee: string | null
  readonly assignment: number
}

export interface Page {
  readonly data: ReadonlyArray<Task>
  readonly nextCursor: string | null
}

export type Pages = InfiniteData<Page, string | null>

/** The same list with a task as it is now; the same object when the list does not have it. */
export const withTask = (pages: Pages, id: string, change: Partial<Task>): Pages => {
  const at = pages.pages.findIndex(({ data }) => data.some((task) => task.id === id))
  const page = pages.pages[at]
  if (page === undefined) return pages
  const data = page.data.map((task) => (task.id === id ? { ...task, ...change } : task))
  return { ...pages, pages: pages.pages.with(at, { ...page, data }) }
}
