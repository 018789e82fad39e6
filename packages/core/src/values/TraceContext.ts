/**
 * What caused something, as W3C Trace Context says it: with it a trace goes on from a command over its events to what
 * others make of them. It is for people who look for causes. Nothing is decided by it, and no digest covers it.
 */
import * as Context from "effect/Context"
import type * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"

/** Version, trace, span and flags, in hexadecimal; a trace or a span of zeros is none. */
const traceparent = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/u
/** What tracers say to one another, as one line of at most as many characters as each must pass on. */
const tracestate = /^[ -~]{1,512}$/u

/** The context of a span. Events of one command share one object of it. */
export const TraceContext = Schema.Struct({
  traceparent: Schema.String.check(Schema.isPattern(traceparent, { expected: "a W3C traceparent" })),
  tracestate: Schema.optionalKey(Schema.String.check(Schema.isPattern(tracestate, { expected: "a W3C tracestate" })))
})
export type TraceContext = typeof TraceContext.Type

/** The context that somebody else has written; what is not well-formed is dropped, since nothing may fail for it. */
export const read = (parent: unknown, state?: unknown): TraceContext | undefined => {
  if (typeof parent !== "string" || !traceparent.test(parent)) return undefined
  return typeof state !== "string" || !tracestate.test(state)
    ? { traceparent: parent }
    : { traceparent: parent, tracestate: state }
}

/** What came with the trace that the current span goes on; for a host that takes part in the traces of others. */
export const TraceState = Context.Reference<string | undefined>("@popug/core/TraceState", {
  defaultValue: () => undefined
})

/** Whether the host has a tracer. Effect's own keeps nothing. */
export const isTraced = (fiber: Fiber.Fiber<unknown, unknown>): boolean =>
  fiber.getRef(Tracer.Tracer) !== Tracer.nativeTracer

/** The context of the current span, where there is a tracer that keeps it. */
export const current = (fiber: Fiber.Fiber<unknown, unknown>): TraceContext | undefined => {
  if (!isTraced(fiber)) return undefined
  const span = Context.getOrUndefined(fiber.context, Tracer.ParentSpan)
  if (span === undefined || !span.sampled) return undefined
  return read(`00-${span.traceId.padStart(32, "0")}-${span.spanId}-01`, fiber.getRef(TraceState))
}

/** The span of a context, for others to be its children or to be linked to it. */
export const spanOf = ({ traceparent }: TraceContext): Tracer.ExternalSpan =>
  Tracer.externalSpan({
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    sampled: (Number.parseInt(traceparent.slice(53), 16) & 1) === 1
  })
