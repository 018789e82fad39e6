/**
 * What an operator asks again and again: quietly, and not while nobody looks.
 */
import { queryOptions } from "@tanstack/react-query"
import { paged } from "../data/paged.ts"
import { eventsBetween } from "../data/past.ts"
import type { Source } from "../data/topics.ts"
import { popug } from "../session/session.ts"

export const streams = queryOptions({
  queryKey: ["streams"],
  queryFn: async ({ signal }) => (await popug.operations.streams({}, { signal })).data,
  refetchInterval: 4_000
})

/** Whether the process runs, and whether it would take requests from a load balancer. */
export const health = queryOptions({
  queryKey: ["health"],
  queryFn: async ({ signal }) => {
    await popug.system.live({}, { signal })
    const said = (error: unknown) => (error instanceof Error ? error.message : String(error))
    const refusal = await popug.system.ready({}, { signal }).then(() => null, said)
    return { refusal }
  },
  refetchInterval: 10_000
})

export type Shown = "waiting" | "failed" | "sent"

export const notices = (shown: Shown) => ({
  ...paged(["notices", shown], (at, signal) =>
    popug.operations.notices(
      {
        query: { ...at, ...(shown === "failed" ? { failed: true } : { status: shown === "sent" ? "sent" : "pending" }) }
      },
      { signal }
    )
  ),
  refetchInterval: shown === "sent" ? (false as const) : 10_000
})

/** The events after one number through another. */
export const passedOver = (source: Source, after: number, through: number) =>
  queryOptions({
    queryKey: ["streams", "events", source, after, through],
    queryFn: ({ signal }) => eventsBetween(source, after, through, signal),
    staleTime: Infinity
  })
