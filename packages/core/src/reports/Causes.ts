/**
 * What caused the notices of closed periods, for who traces: sending them goes on with it. This process alone keeps it,
 * of the last periods: a trace is for who looks for causes, and nothing depends on it.
 */
import type * as Effect from "effect/Effect"
import type { Envelope } from "../stream/Envelope.ts"
import * as Spans from "../stream/Spans.ts"
import type { TraceContext } from "../values/TraceContext.ts"
import type { Notice } from "./Report.ts"

/** Of how many periods it is kept. */
const longest = 64

export class Causes {
  readonly #byPeriod = new Map<string, TraceContext>()

  /** Keeps what the periods of these closes are reported by: the current span. */
  readonly kept = (events: ReadonlyArray<Envelope>): Effect.Effect<void> =>
    Spans.annotate((span, trace) => {
      for (const { data, type } of events) {
        if (type !== "billing.closed") continue
        const { period } = data as { readonly period: string }
        span.attribute("popug.period", period)
        if (trace !== undefined) this.#byPeriod.set(period, trace)
      }
      for (const period of this.#byPeriod.keys()) {
        if (this.#byPeriod.size <= longest) break
        this.#byPeriod.delete(period)
      }
    })

  readonly of = ({ period }: Notice): TraceContext | undefined => this.#byPeriod.get(period)
}
