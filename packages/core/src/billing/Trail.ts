/**
 * The trail of a day for who traces: its close is linked to the commits that have booked its entries, so that people
 * get from a command over its entries to the report of its day. This process alone keeps it, and the end of it: a trace
 * is for who looks for causes, and nothing depends on it.
 */
import type * as Effect from "effect/Effect"
import type { Envelope } from "../stream/Envelope.ts"
import * as Spans from "../stream/Spans.ts"
import type * as TraceContext from "../values/TraceContext.ts"
import type { BillingHead } from "./BillingStore.ts"

/** How many commits of a day a close is linked to at most: the last. */
const longest = 64

/** What a commit of entries came to. */
interface Went {
  readonly head: BillingHead
  /** Its `billing.closed`, if it closed a day. */
  readonly events: ReadonlyArray<Envelope>
}

export class Trail {
  readonly #booked: Array<TraceContext.TraceContext> = []

  /** Says of the current span what its commit came to, and takes it into the trail. */
  readonly went = ({ events, head }: Went): Effect.Effect<void> =>
    Spans.annotate((span, trace) => {
      const [closed] = events
      if (closed === undefined) {
        span.attribute("popug.period", head.period)
        if (trace !== undefined) this.#booked.push(trace)
        if (this.#booked.length > longest) this.#booked.shift()
      } else {
        span.attribute("popug.period", head.closed.period)
        span.attribute("popug.closed", true)
        span.addLinks(this.#booked.splice(0).map(Spans.link))
      }
    })
}
