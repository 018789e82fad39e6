/**
 * Which tasks are looked at, as the address says it.
 */
import { type Me, seesTasks } from "../session/me.ts"
import type { Order } from "./listing.ts"
import type { Task } from "./task.ts"

type Status = Task["status"] | ""

export interface Filter {
  readonly status: Status
  /** Whose: an id, or nothing for everybody's. */
  readonly assignee: string
  readonly search: string
  readonly order: Order
}

/**
 * Managers begin with all tasks, everybody else has only their own; and what is done is looked for, so a list begins
 * with what is not.
 */
export const filterOf = (query: URLSearchParams, me: Me): Filter => {
  const status = query.get("status")
  const who = query.get("who") ?? ""
  return {
    status: status === "done" ? "done" : status === "all" ? "" : "in progress",
    assignee: seesTasks(me) ? (who === "me" ? me.id : who) : me.id,
    search: query.get("q") ?? "",
    order: query.get("order") === "oldest" ? "oldest" : "newest"
  }
}

/** Whether a task is one of those, as far as the page can tell without asking: a search is the server's. */
export const matches = ({ assignee, search, status }: Filter, task: Task): boolean =>
  (status === "" || task.status === status) && (assignee === "" || task.assignee === assignee) && search === ""
