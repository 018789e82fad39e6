/**
 * What is asked again when something happens. Pure.
 */
import type { Followed } from "@popug/http/promises"
import type { Changing } from "./queries.ts"

export type Source = "tasks" | "users" | "billing"

/** The topics that an event is about; lists of tasks are not among them: those change in place. */
export const topicsOf = (source: Source, event: Pick<Followed, "type" | "data">): ReadonlyArray<Changing> => {
  if (source === "users") return ["users"]
  if (source === "billing") return ["periods", "accounts", "reports", "notices"]
  if (event.type === "task.shuffled") return ["accounts", "periods", "tasks"]
  if (event.type === "task.registration-ended") return ["company", "periods", "accounts"]
  const { change } = event.data as { readonly change?: string }
  return change === "edited" ? [] : ["counts", "accounts", "periods"]
}
