/**
 * The promises of `EventLog`, written through `UserStore` and `TaskStore`.
 */
import { Envelope, EventLog, TaskStore, UserStore } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Data from "./Data.ts"
import { same } from "./expect.ts"
import * as Suite from "./Suite.ts"

const names = (from: number, count: number) => Array.from({ length: count }, (_, index) => `e${from + index}`)

/** Commits events to the users' stream and returns them. */
const append = Effect.fnUntraced(function* (
  from: number,
  count: number,
  end: Effect.Effect<void, string> = Effect.void
) {
  const store = yield* UserStore
  return yield* store.transact((tx) => {
    const { events, head } = Data.follow("users", tx.head, tx.now, names(from, count))
    return tx.save({ head, events, users: [], commands: [] }).pipe(Effect.andThen(end), Effect.as(events))
  })
})

const opened = Effect.gen(function* () {
  yield* (yield* UserStore).open(Data.identity)
  return yield* EventLog
})

const numbers = (events: ReadonlyArray<Envelope.Envelope>) => events.map(({ number }) => number)

export const eventLog = Suite.make("EventLog", {
  "returns events as they were saved": Effect.gen(function* () {
    const log = yield* opened
    const events = yield* append(1, 3)
    same(yield* log.read("users", 0, 10), events, "the events")
    const odd = { text: 'ě\u2028"✓', nested: [{ a: [1.5, true, null] }], "": {} }
    yield* (yield* UserStore).transact((tx) => {
      const { events, head } = Data.follow("users", tx.head, tx.now, ["odd"])
      return tx.save({ head, events: [{ ...events[0]!, data: odd }], users: [], commands: [] })
    })
    same((yield* log.read("users", 3, 1))[0]?.data, odd, "an event's data")
  }),

  "returns the events above a number, in order": Effect.gen(function* () {
    const log = yield* opened
    yield* append(1, 4)
    yield* append(5, 6)
    same(numbers(yield* log.read("users", 0, 100)), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "the numbers above 0")
    same(numbers(yield* log.read("users", 7, 100)), [8, 9, 10], "the numbers above 7")
    same(numbers(yield* log.read("users", 10, 100)), [], "the numbers above the last")
    same(numbers(yield* log.read("users", 99, 100)), [], "the numbers above what is there")
  }),

  "returns no more events than asked for": Effect.gen(function* () {
    const log = yield* opened
    yield* append(1, 10)
    same(numbers(yield* log.read("users", 0, 1)), [1], "one event")
    same(numbers(yield* log.read("users", 4, 3)), [5, 6, 7], "three events")
    same(numbers(yield* log.read("users", 8, 3)), [9, 10], "the last two events")
  }),

  "returns the same events, however many are asked for at once": Effect.gen(function* () {
    const log = yield* opened
    const store = yield* UserStore
    const data = [{ text: "a\nb,c\u2028" }, null, [], "text", { nested: { list: [1, null] } }, -1.5, "}", { "": "[" }]
    const kinds = data.map((each, index) => ({ data: each, type: `t${index % 3}`, actor: `user:${index % 4}` }))
    const saved: Array<Envelope.Envelope> = []
    for (let commit = 0; commit < 6; commit += 1) {
      const events = yield* store.transact((tx) => {
        const at = DateTime.makeUnsafe(tx.now.epochMilliseconds + 5 * (commit % 3))
        const { events, head } = Data.follow("users", tx.head, at, names(saved.length + 1, 40))
        const odd = events.map((event, index) => ({ ...event, ...(commit % 2 === 1 && kinds[index % kinds.length]) }))
        return Effect.as(tx.save({ head, events: odd, users: [], commands: [] }), odd)
      })
      saved.push(...events)
    }
    for (const limit of [7, 100, 1_000, 100_000]) {
      for (const after of [0, 1, 39, 40, 90, 239, 240]) {
        same(
          yield* log.read("users", after, limit),
          saved.slice(after, after + limit),
          `${limit} events above ${after}`
        )
      }
    }
  }),

  "returns what caused an event as it was written, and nothing where nobody traced it": Effect.gen(function* () {
    const log = yield* opened
    const store = yield* UserStore
    const saved: Array<Envelope.Envelope> = []
    const traces = [undefined, Data.trace("one"), undefined, Data.trace("two", "vendor=1"), "mixed"] as const
    for (const trace of traces) {
      const events = yield* store.transact((tx) => {
        const { events, head } = Data.follow("users", tx.head, tx.now, names(saved.length + 1, 50))
        const caused = trace === "mixed" ? Data.traced(events) : events.map((event) => ({ ...event, trace }))
        return Effect.as(tx.save({ head, events: caused, users: [], commands: [] }), caused)
      })
      saved.push(...events)
    }
    for (const limit of [7, 1_000]) {
      for (const after of [0, 45, 49, 140, 200, 230]) {
        const read = yield* log.read("users", after, limit)
        same(read, saved.slice(after, after + limit), `${limit} events above ${after}`)
        for (const event of read) {
          const digest = saved[event.number]?.previous ?? Envelope.digest(Data.sha256, saved.at(-1)!)
          same(Envelope.digest(Data.sha256, event), digest, `the digest of event ${event.number}`)
        }
      }
    }
    // Whoever is told by another tracer's flags is told the same.
    const other = { traceparent: `fe-${"0123456789abcdef".repeat(2)}-${"f".repeat(16)}-a2`, tracestate: "x=~ !" }
    yield* store.transact((tx) => {
      const { events, head } = Data.follow("users", tx.head, tx.now, ["other"])
      return tx.save({ head, events: [{ ...events[0]!, trace: other }], users: [], commands: [] })
    })
    same((yield* log.read("users", saved.length, 1))[0]?.trace, other, "a context of another version")
  }),

  "knows the number of the last event, zero before the first": Effect.gen(function* () {
    const log = yield* opened
    same(yield* log.last("users"), 0, "the last number of an empty log")
    same(yield* log.read("users", 0, 10), [], "the events of an empty log")
    yield* append(1, 10)
    same(yield* log.last("users"), 10, "the last number")
    yield* append(11, 1)
    same(yield* log.last("users"), 11, "the last number after another commit")
  }),

  "shows nothing of what was rolled back": Effect.gen(function* () {
    const log = yield* opened
    yield* append(1, 2)
    if (Exit.isSuccess(yield* Effect.exit(append(3, 2, Effect.fail("no"))))) throw new Error("the commit succeeded")
    same(
      [yield* log.last("users"), numbers(yield* log.read("users", 0, 10))],
      [2, [1, 2]],
      "the last number and the events"
    )
  }),

  "returns the same for ever": Effect.gen(function* () {
    const log = yield* opened
    yield* append(1, 3)
    const before = yield* log.read("users", 0, 3)
    const copy = structuredClone(before.map(({ data, number, previous }) => ({ data, number, previous })))
    yield* append(4, 3)
    yield* Effect.exit(append(7, 1, Effect.fail("no")))
    same(yield* log.read("users", 0, 3), before, "the events read again")
    same(
      (yield* log.read("users", 0, 3)).map(({ data, number, previous }) => ({ data, number, previous })),
      copy,
      "the data of the events read again"
    )
  }),

  "keeps the streams apart": Effect.gen(function* () {
    const log = yield* opened
    const tasks = yield* TaskStore
    yield* tasks.open(Data.identity, Data.periodAt)
    yield* append(1, 3)
    yield* tasks.transact((tx) =>
      tx.save({
        ...Data.follow("tasks", tx.head, tx.now, ["one"]),
        tasks: [],
        members: [],
        creations: [],
        commands: []
      })
    )
    const events = yield* Effect.forEach(["users", "tasks", "billing"] as const, (source) => log.read(source, 0, 10))
    same(
      events.map((stream) => stream.map(({ source }) => source)),
      [["users", "users", "users"], ["tasks"], []],
      "the sources of the events of each stream"
    )
    same(
      [yield* log.last("users"), yield* log.last("tasks"), yield* log.last("billing")],
      [3, 1, 0],
      "the last number of each stream"
    )
  })
})
