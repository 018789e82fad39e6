/**
 * Spans of what is done for many at once: a commit of many commands, a batch of events. As OpenTelemetry has it of
 * messages, such a span is linked to what caused them, and where all have one cause it is a child of that: the trace of
 * a single command goes on into its commit, and into what others make of its events.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import * as TraceContext from "../values/TraceContext.ts"

type Cause = TraceContext.TraceContext | undefined

/** How many links a span has at most: as many as OpenTelemetry's SDKs keep by default. */
const mostLinks = 128

/** What there is to say of a span. */
export interface About {
  readonly kind?: Tracer.SpanKind
  readonly attributes?: Readonly<Record<string, unknown>>
}

/** Makes a span of an effect, where the host has a tracer; only then is anything asked of `causes` and `about`. */
export const together = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  name: string,
  causes: () => Iterable<Cause>,
  about: () => About = () => ({})
): Effect.Effect<A, E, R> =>
  Effect.withFiber((fiber) => {
    if (!TraceContext.isTraced(fiber)) return effect
    const { all, only } = distinct(causes())
    const { attributes = {}, kind = "internal" } = about()
    const links = all.map(link)
    const parent = only === undefined ? { root: true } : { parent: TraceContext.spanOf(only) }
    const within = Effect.provideService(effect, TraceContext.TraceState, only?.tracestate)
    return Effect.withSpan(within, name, { kind, attributes: { ...attributes }, links, ...parent })
  })

/** A link to what caused something. */
export const link = (cause: TraceContext.TraceContext): Tracer.SpanLink => ({
  span: TraceContext.spanOf(cause),
  attributes: {}
})

/** Says something of the current span, where the host has a tracer; `trace` is its context if the tracer keeps it. */
export const annotate = (say: (span: Tracer.Span, trace: Cause) => void): Effect.Effect<void> =>
  Effect.withFiber((fiber) => {
    if (!TraceContext.isTraced(fiber)) return Effect.void
    const span = Context.getOrUndefined(fiber.context, Tracer.ParentSpan)
    if (span?._tag === "Span") say(span, TraceContext.current(fiber))
    return Effect.void
  })

/** The causes that differ, and the one that all have, if it is one. */
const distinct = (causes: Iterable<Cause>) => {
  const found = new Map<string, TraceContext.TraceContext>()
  let isOne = true
  let last: Cause
  for (const cause of causes) {
    if (cause === undefined) isOne = false
    // Those of one command mostly stand together, and share one object.
    else if (cause !== last) {
      last = cause
      found.set(cause.traceparent, cause)
      if (found.size === mostLinks) break
    }
  }
  const all = [...found.values()]
  return { all, only: isOne && all.length === 1 ? all[0] : undefined }
}

/** The causes of events. */
export const causesOf = (events: ReadonlyArray<{ readonly trace?: Cause }>): Iterable<Cause> =>
  (function* () {
    for (const { trace } of events) yield trace
  })()

/** What causes the events that a reaction to some events writes. */
export type CauseOf = (events: ReadonlyArray<{ readonly trace?: Cause }>) => Cause

/**
 * What causes the events that a reaction writes: the current span, whatever spans are made within, or where this host
 * has no tracer what caused all that it answers, so that others' traces go on through it.
 */
export const causing: Effect.Effect<CauseOf> = Effect.withFiber((fiber) => {
  const current = TraceContext.current(fiber)
  const causeOf: CauseOf = TraceContext.isTraced(fiber) ? () => current : (events) => distinct(causesOf(events)).only
  return Effect.succeed(causeOf)
})
