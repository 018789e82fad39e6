/**
 * What a shuffle has cost, told once the books have it: they follow the tasks a moment later.
 */
import type { Promises } from "@popug/http/promises"
import { queryOptions } from "@tanstack/react-query"
import { popug } from "../session/session.ts"

type Cost = Awaited<ReturnType<Promises["billing"]["shuffles"]>>["data"][number]

const askLast = async (period: string, signal?: AbortSignal): Promise<Cost | null> => {
  let last = null
  const rows = popug.rows((at) =>
    popug.billing.shuffles({ query: { from: period, limit: 100, ...at } }, signal === undefined ? {} : { signal })
  )
  for await (const shuffle of rows) last = shuffle
  return last
}

/** The last shuffle of a day; null when there was none. */
export const lastShuffle = (period: string) =>
  queryOptions({
    queryKey: ["periods", "shuffles", period],
    queryFn: ({ signal }) => askLast(period, signal)
  })

const tries = 5
const pause = 600

/** The first shuffle after another that the books come to tell of, soon; undefined when they do not. */
export const costAfter = async (period: string, before: number): Promise<Cost | undefined> => {
  for (let left = tries; left > 0; left--) {
    await new Promise((resolve) => setTimeout(resolve, pause))
    // Nobody asked to be told: where it can't be known, nothing is said.
    const last = await askLast(period).catch(() => null)
    if (last !== null && last.shuffle > before) return last
  }
  return undefined
}
