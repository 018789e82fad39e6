/**
 * What has happened: events of a source by their numbers, also those that happened before the page was there.
 */
import type { Followed } from "@popug/http/promises"
import { popug } from "../session/session.ts"
import type { Source } from "./topics.ts"

/** A log that ends early, or has holes, is not waited for longer, in milliseconds. */
const patience = 4_000

/** The events after one number through another, as far as the caller may see them and they are there. */
export const eventsBetween = async (
  source: Source,
  after: number,
  through: number,
  signal: AbortSignal
): Promise<ReadonlyArray<Followed>> => {
  const events: Array<Followed> = []
  if (through <= after) return events
  const late = AbortSignal.timeout(patience)
  try {
    for await (const event of popug.follow({ source, after }, { signal: AbortSignal.any([signal, late]) })) {
      if (event.number <= through) events.push(event)
      if (event.number >= through) break
    }
  } catch (error) {
    if (!late.aborted || signal.aborted) throw error
  }
  return events
}
