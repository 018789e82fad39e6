/**
 * What the page has asked the server. A key begins with what the answer is about: who knows that it has changed has all
 * such questions asked again, and while they are the answers of before stay.
 */
import { HttpError, isProblem } from "@popug/http/promises"
import { QueryClient } from "@tanstack/react-query"

type Topic =
  | "company"
  | "tasks"
  | "users"
  | "accounts"
  | "periods"
  | "reports"
  // Nobody tells of a change of these: they are asked for again by time, or when looked at.
  | "distribution"
  | "health"
  | "log"
  | "notices"
  | "streams"

declare module "@tanstack/react-query" {
  interface Register {
    queryKey: readonly [Topic, ...ReadonlyArray<unknown>]
  }
}

/** A topic, or how many tasks there are: lists of them change in place. */
export type Changing = Topic | "counts"

/** What another try may change: the client itself has tried for some seconds by then. */
const isPassing = (error: unknown): boolean =>
  isProblem(error, "Unavailable") ||
  isProblem(error, "TooManyRequests") ||
  (error instanceof HttpError && (error.status ?? 500) >= 500)

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The feed tells what changes; what it does not tell is asked for again after a while.
      staleTime: 30_000,
      gcTime: 5 * 60_000,
      retry: (_failures, error) => isPassing(error),
      retryDelay: (failures, error) =>
        isProblem(error, "TooManyRequests")
          ? Math.max(1, error.retryAfterSeconds) * 1_000
          : Math.min(1_000 * 2 ** failures, 15_000),
      networkMode: "always"
    },
    mutations: { retry: false, networkMode: "always" }
  }
})

/** Has every question about these topics asked again: at once what somebody looks at. */
export const haveChanged = (...topics: ReadonlyArray<Changing>): void => {
  for (const topic of topics)
    void queries.invalidateQueries({ queryKey: topic === "counts" ? ["tasks", topic] : [topic] })
}
