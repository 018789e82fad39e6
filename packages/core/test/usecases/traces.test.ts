/** Traces that go on from commands over their events to what others make of them. */
import { assert, it } from "@effect/vitest"
import { Actor, type Envelope, EventLog, Reports, Tasks, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import { admin, endDay, manager, other, predictable, settle, staff, toDay } from "./support.ts"

type Source = Envelope.Source
const sources: ReadonlyArray<Source> = ["users", "tasks", "billing"]

/** Keeps every span that is made. */
const recording = () => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const named = (name: string) => spans.filter((span) => span.name === name)
  return { spans, named, tracer, layer: Layer.succeed(Tracer.Tracer, tracer) }
}
type Recorded = ReturnType<typeof recording>

/** A company on which a tracer looks. */
const traced = (recorded: Recorded) => predictable().pipe(Layer.provideMerge(recorded.layer))

const contextOf = (span: Tracer.AnySpan) => `00-${span.traceId}-${span.spanId}-01`
const parentOf = (span: Tracer.Span) => Option.getOrUndefined(Option.map(span.parent, contextOf))
const linksOf = (span: Tracer.Span) => span.links.map((link) => contextOf(link.span))

const eventsOf = (source: Source) => Effect.flatMap(EventLog, (log) => log.read(source, 0, 1_000))
const tracesOf = (source: Source) => Effect.map(eventsOf(source), (events) => events.map(({ trace }) => trace))
const consumer = (recorded: Recorded, name: string) =>
  recorded.spans.filter(({ attributes }) => attributes.get("messaging.consumer.group.name") === name)

const aDay = Effect.gen(function* () {
  yield* staff
  const tasks = yield* Tasks
  yield* tasks.create(manager, [{ id: "roof", title: "Mend the roof" }])
  yield* settle
  yield* tasks.complete(other, "roof")
  yield* settle
  yield* toDay(1)
  yield* endDay
  yield* (yield* Reports).dispatch
})

it.effect("the trace of a command goes on into its commit, and into what billing makes of its events", () => {
  const recorded = recording()
  return Effect.gen(function* () {
    yield* aDay
    const [create] = recorded.named("Tasks.create")
    const traceparent = contextOf(create!)
    assert.deepStrictEqual((yield* tracesOf("tasks")).slice(0, 2), [{ traceparent }, { traceparent }])
    const commit = recorded.named("commit tasks").find((span) => parentOf(span) === traceparent)!
    const [, entries] = consumer(recorded, "billing").map((span) => span)
    const booked = consumer(recorded, "billing").find((span) => parentOf(span) === traceparent)!
    assert.isDefined(entries)
    for (const span of [commit, booked]) {
      assert.strictEqual(span.traceId, create!.traceId)
      assert.deepStrictEqual(linksOf(span), [traceparent])
    }
    assert.strictEqual(booked.attributes.get("popug.period"), "2026-11-23")
    assert.strictEqual(booked.attributes.get("messaging.batch.message_count"), 2)
  }).pipe(Effect.provide(traced(recorded)))
})

it.effect("the close of a day leads to its report and its notices, and back to its entries", () => {
  const recorded = recording()
  return Effect.gen(function* () {
    yield* aDay
    const [end] = recorded.named("Tasks.endRegistration")
    const close = consumer(recorded, "billing").find(({ attributes }) => attributes.get("popug.closed") === true)!
    const [report] = consumer(recorded, "reports")
    const [notices] = recorded.named("send notices")
    assert.strictEqual(parentOf(close), contextOf(end!))
    assert.deepStrictEqual(yield* tracesOf("billing"), [{ traceparent: contextOf(close) }])
    assert.strictEqual(parentOf(report!), contextOf(close))
    assert.strictEqual(report!.attributes.get("popug.period"), "2026-11-23")
    assert.strictEqual(parentOf(notices!), contextOf(report!))
    assert.strictEqual(notices!.traceId, end!.traceId)
    const booked = consumer(recorded, "billing").filter((span) => span !== close)
    assert.deepStrictEqual(linksOf(close), [contextOf(end!), ...booked.map(contextOf)])
  }).pipe(Effect.provide(traced(recorded)))
})

it.effect("what is done for many is a trace of its own, linked to each of them", () => {
  const recorded = recording()
  return Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const create = (id: string) => tasks.create(manager, [{ id, title: `Mend ${id}` }])
    yield* Effect.forEach(["roof", "door", "wall"], create, { concurrency: "unbounded" })
    yield* settle
    const creates = recorded.named("Tasks.create").map(contextOf)
    const together = recorded.spans.filter((span) => span.links.length === 3)
    assert.deepStrictEqual(
      together.map(({ name }) => name),
      ["commit tasks", "process tasks"]
    )
    for (const span of together) {
      assert.isUndefined(parentOf(span))
      assert.deepStrictEqual(linksOf(span), creates)
    }
    assert.strictEqual(together[0]!.attributes.get("popug.commands"), 3)
    const events = yield* eventsOf("tasks")
    assert.deepStrictEqual(
      events.map(({ trace }) => trace!.traceparent),
      creates.flatMap((context) => [context, context])
    )
  }).pipe(Effect.provide(traced(recorded)))
})

it.effect("a commit is linked to as many commands as tracers keep, and to no more", () => {
  const recorded = recording()
  return Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    const ids = Array.from({ length: 300 }, (_, index) => `t${index}`)
    yield* Effect.forEach(ids, (id) => tasks.create(manager, [{ id, title: "Mend it" }]), { concurrency: "unbounded" })
    yield* settle
    assert.strictEqual(Math.max(...recorded.spans.map(({ links }) => links.length)), 128)
  }).pipe(Effect.provide(traced(recorded)))
})

it.effect("a reaction's events are caused by the reaction", () => {
  const recorded = recording()
  return Effect.gen(function* () {
    yield* staff
    yield* (yield* Tasks).create(manager, [{ id: "roof", title: "Mend the roof" }])
    yield* (yield* Users).update(admin, { id: "olga", status: "deactivated" })
    yield* settle
    const [update] = recorded.named("Users.update")
    const reaction = consumer(recorded, "tasks").find((span) => parentOf(span) === contextOf(update!))!
    assert.deepStrictEqual((yield* tracesOf("tasks")).at(-1), { traceparent: contextOf(reaction) })
  }).pipe(Effect.provide(traced(recorded)))
})

it.effect("the trace of others goes on through a host without a tracer", () => {
  const recorded = recording()
  return Effect.gen(function* () {
    yield* staff
    yield* toDay(1)
    const end = Effect.flatMap(Tasks, (tasks) => tasks.endRegistration(Actor.system))
    yield* Effect.withTracer(end, recorded.tracer)
    yield* settle
    const traceparent = contextOf(recorded.named("Tasks.endRegistration")[0]!)
    assert.deepStrictEqual(yield* tracesOf("billing"), [{ traceparent }])
  }).pipe(Effect.provide(predictable()))
})

/** The digests of a day. */
const digestsOf = Effect.gen(function* () {
  yield* aDay
  const events = yield* Effect.forEach(sources, eventsOf)
  return events.flat().map(({ number, previous, source }) => [source, number, previous])
})

it.effect("what nobody traces carries nothing, nor what its tracer does not keep, and the digests are the same", () =>
  Effect.gen(function* () {
    const carried = Effect.map(Effect.forEach(sources, tracesOf), (traces) =>
      traces.map((ofSource) => ofSource.filter((trace) => trace !== undefined).length)
    )
    const day = Effect.all([digestsOf, carried])
    const untraced = yield* Effect.provide(day, predictable())
    const dropped = yield* Effect.provide(Effect.withSpan(day, "none", { sampled: false }), traced(recording()))
    const kept = yield* Effect.provide(day, traced(recording()))
    assert.deepStrictEqual(untraced[1], [0, 0, 0])
    // Of the close it is the span of billing's own.
    assert.deepStrictEqual(dropped[1], [0, 0, 1])
    assert.deepStrictEqual(kept[1], [5, 4, 1])
    assert.deepStrictEqual([dropped[0], kept[0]], [untraced[0], untraced[0]])
  })
)
