/**
 * Promises of the three stores with a head: what may follow what.
 */
import { type Envelope, EventLog } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Data from "./Data.ts"
import { refused, same } from "./expect.ts"
import { type Changes, type Kit, look, open, save, type Tx } from "./Kit.ts"

const noon = Date.UTC(2031, 4, 5, 12)

const renumber = (event: Envelope.Envelope, number: number): Envelope.Envelope => ({ ...event, number })

/** What does not follow the head is refused. */
const following = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => {
  /** Changes spoilt in one way are refused, and nothing of them is left. */
  const refuses = (what: string, spoil: (changes: C, tx: T) => C) =>
    Effect.gen(function* () {
      yield* open(kit)
      yield* save(kit, "first")
      const before = yield* look(kit, "first")
      yield* refused(
        kit.transact((tx) => tx.save(spoil(kit.changes(tx, ["spoilt", "spoilt2"]), tx))),
        what
      )
      same(
        yield* look(kit, "spoilt"),
        { row: false, command: false, number: 1, digest: before.digest },
        "what the refused transaction left"
      )
      same(yield* kit.has("spoilt"), false, "the row outside of a transaction")
      const log = yield* EventLog
      same((yield* log.read(kit.source, 0, 10)).length, 1, "events")
    })

  return {
    "refuses a hole in the numbers": refuses("a hole", (changes) => ({
      ...changes,
      events: changes.events.map((event) => renumber(event, event.number + 1)),
      head: { ...changes.head, number: changes.head.number + 1 }
    })),

    "refuses a number that is taken": refuses("a number that is taken", (changes) => ({
      ...changes,
      events: changes.events.map((event) => renumber(event, event.number - 1)),
      head: { ...changes.head, number: changes.head.number - 1 }
    })),

    "refuses an event without the digest of the one before": refuses("a wrong digest", (changes) => ({
      ...changes,
      events: changes.events.map((event, index) => (index === 0 ? { ...event, previous: Data.sha256("x") } : event))
    })),

    "refuses a head that does not stand at its last event": refuses("a head beyond its events", (changes) => ({
      ...changes,
      events: changes.events.slice(0, 1)
    })),

    "refuses a digest that changed without an event": refuses("another digest", (_, tx) => ({
      ...kit.changes(tx, []),
      head: { ...tx.head, digest: Data.sha256("x") } as C["head"]
    })),

    "refuses events of another stream": refuses("events of another stream", (changes) => ({
      ...changes,
      events: changes.events.map((event) => ({ ...event, source: kit.source === "users" ? "tasks" : "users" }))
    })),

    "refuses an instant before the last commit's": refuses("an instant that goes back", (changes, tx) => {
      const at = DateTime.subtract(tx.head.at, { seconds: 1 })
      return {
        ...changes,
        head: { ...changes.head, at },
        events: changes.events.map((event) => ({ ...event, time: at }))
      }
    })
  }
}

const instants = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => ({
  "the instant of a commit is the clock's": Data.withClock((set) =>
    Effect.gen(function* () {
      set(noon)
      yield* open(kit)
      set(noon + 1_000)
      same(
        (yield* kit.transact((tx) => Effect.succeed(tx.now))).epochMilliseconds,
        noon + 1_000,
        "the instant of a commit"
      )
    })
  ),

  "instants never go back, though the clock does": Data.withClock((set) =>
    Effect.gen(function* () {
      set(noon)
      yield* open(kit)
      set(noon + 5_000)
      yield* save(kit, "first")
      set(noon - 60_000)
      same(
        (yield* kit.transact((tx) => Effect.succeed(tx.now))).epochMilliseconds,
        noon + 5_000,
        "the instant of a commit when the clock went back"
      )
      yield* save(kit, "second")
      set(noon + 6_000)
      same(
        (yield* kit.transact((tx) => Effect.succeed(tx.now))).epochMilliseconds,
        noon + 6_000,
        "the instant of a commit when the clock has caught up"
      )
    })
  )
})

export const heads = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => ({
  "numbers have no holes, whatever failed in between": Effect.gen(function* () {
    yield* open(kit)
    yield* Effect.forEach(
      Array.from({ length: 30 }, (_, index) => index),
      (index) =>
        Effect.exit(
          kit.transact((tx) =>
            Effect.andThen(tx.save(kit.changes(tx, [`row${index}`])), index % 3 === 0 ? Effect.fail("no") : Effect.void)
          )
        ),
      { concurrency: 5 }
    )
    const log = yield* EventLog
    const events = yield* log.read(kit.source, 0, 100)
    same(
      events.map(({ number }) => number),
      Array.from({ length: 20 }, (_, index) => index + 1),
      "the numbers of the events"
    )
  }),

  ...following(kit),

  "a transaction saves once": Effect.gen(function* () {
    yield* open(kit)
    yield* refused(
      kit.transact((tx) => Effect.andThen(tx.save(kit.changes(tx, ["once"])), tx.save(kit.changes(tx, ["twice"])))),
      "a second save"
    )
    same((yield* look(kit, "once")).row, false, "the row of the lost transaction")
  }),

  "a transaction whose save was refused is lost, whatever its body makes of it": Effect.gen(function* () {
    yield* open(kit)
    yield* save(kit, "first")
    yield* refused(
      kit.transact((tx) =>
        Effect.ignore(tx.save({ ...kit.changes(tx, ["lost"]), commands: [Data.recorded("first")] }))
      ),
      "a transaction that hides its refusal"
    )
    same((yield* look(kit, "lost")).row, false, "the row of the lost transaction")
  }),

  ...instants(kit)
})
