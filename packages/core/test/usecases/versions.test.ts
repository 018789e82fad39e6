/** Updates one at a time: consumers first, then the producer goes over to the new version of an event. */
import { assert, it } from "@effect/vitest"
import {
  Actor,
  Books,
  Catalog,
  Consumer,
  Consumers,
  Cursor,
  CursorStore,
  Digest,
  type Envelope,
  EventLog,
  retryConsumer,
  Tasks,
  Verification
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import { decoder, define, type Decode } from "../../src/stream/Event.ts"
import { readable } from "../../src/stream/Readable.ts"
import { accountant, endDay, layer, manager, settle, staff, toDay } from "./support.ts"

/** A producer over a disk, told to write these versions. */
const producer = (disk: Memory.Disk, versions: Parameters<typeof Catalog.layerWriting>[0]) =>
  layer({}, Memory.layerOn(disk)).pipe(Layer.provide(Catalog.layerWriting(versions)))

/** What a consumer knew before version 2 of `task.updated`. */
const before = decoder({
  ...Catalog.catalog,
  "task.updated": define({
    ...Catalog.catalog["task.updated"],
    version: 1,
    data: Catalog.catalog["task.updated"].earlier[0]!.data as Schema.Codec<unknown, unknown>,
    isData: undefined,
    earlier: []
  } as never)
}) as Decode<unknown>
const today = Catalog.decode as Decode<unknown>

/** A consumer of the tasks' events with a catalogue; keeps what it has read in `seen`. */
const follow = (
  decode: Decode<unknown>,
  seen: Array<{ readonly envelope: Envelope.Envelope; readonly data: unknown }>
) =>
  Effect.gen(function* () {
    const store = yield* CursorStore
    const { sha256 } = yield* Digest.Digest
    const [name, source] = ["follower", "tasks"] as const
    return yield* Consumer.start({
      name,
      source,
      cursor: store.transact(name, source, (cursor) => Effect.succeed([cursor, cursor] as const)),
      apply: (after, fetched, held) =>
        store.transact(name, source, (cursor) => {
          const admitted = Cursor.admit(sha256, cursor, after, fetched, held)
          const { events, stop } = readable(decode, admitted)
          for (const event of events) seen.push(event as (typeof seen)[number])
          const next = Cursor.after(cursor, admitted, events.length, stop)
          return Effect.succeed([next, next] as const)
        })
    })
  })

const titles = ["Mend the roof", " leaves its blank", "KEY-1", "[urgent] Paint the door"]

/** A task of each title, with a key and without one. */
const create = (name: string) =>
  Effect.flatMap(Tasks, (tasks) =>
    tasks.create(
      manager,
      titles.flatMap((title, index) => [
        { id: `${name}-${index}`, title },
        { id: `${name}-${index}-key`, title, jiraId: "KEY-1" }
      ])
    )
  )

const versionsOf = Effect.map(
  Effect.flatMap(EventLog, (log) => log.read("tasks", 0, 1_000)),
  (events) => events.filter(({ type }) => type === "task.updated").map(({ version }) => version)
)
const followerStatus = Effect.flatMap(Consumers, ({ status }) =>
  Effect.map(status, (all) => all.find(({ consumer }) => consumer === "follower")!)
)
const kept = Effect.flatMap(Tasks, (tasks) => tasks.list(manager, {}, { limit: 100 }))
const proof = Effect.flatMap(Verification, (verification) => verification.run(accountant))

it.effect("consumers first: a producer writes version 1 until all know version 2, and nobody stops", () =>
  Effect.gen(function* () {
    const disk = Memory.disk()
    const seen: Array<{ readonly envelope: Envelope.Envelope; readonly data: unknown }> = []
    yield* Effect.gen(function* () {
      yield* staff
      yield* Effect.scoped(Effect.andThen(follow(before, seen), Effect.andThen(create("old"), settle)))
      // The consumer is updated, and then again something is written.
      yield* Effect.scoped(Effect.andThen(follow(today, seen), Effect.andThen(create("between"), settle)))
    }).pipe(Effect.provide(producer(disk, { "task.updated": 1 })))
    yield* Effect.gen(function* () {
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* follow(today, seen)
          yield* create("new")
          yield* settle
          assert.deepInclude(yield* followerStatus, { behind: 0, stopped: null })
        })
      )
      const versions = yield* versionsOf
      assert.deepStrictEqual(versions, [...Array(32).fill(1), ...Array(16).fill(2)])
      assert.deepStrictEqual(
        seen.map(({ envelope }) => envelope.number),
        versions.map((_, index) => index + 1)
      )
      const made = new Map((yield* kept).rows.map((task) => [task.id as string, task]))
      for (const { data, envelope } of seen.slice(16)) {
        const { id, jiraId, title } = data as Catalog.TaskUpdated
        const { jiraId: key, title: text } = made.get(id)!
        assert.deepStrictEqual({ title, jiraId }, { title: text, jiraId: key }, `event ${envelope.number}`)
      }
      // Those who knew version 1 alone saw the key in front, as they always did.
      assert.strictEqual((seen[2]!.data as { readonly title: string }).title, "[KEY-1] Mend the roof")
      yield* toDay(1)
      assert.strictEqual((yield* endDay).length, 1)
      const { contexts, difference, events } = yield* proof
      assert.deepStrictEqual([difference, events, contexts.length], [null, 49, 5])
    }).pipe(Effect.provide(producer(disk, {})))
  })
)

it.effect("the producer first: a consumer that does not know the version stops, and goes on once it is updated", () =>
  Effect.gen(function* () {
    const disk = Memory.disk()
    const seen: Array<{ readonly envelope: Envelope.Envelope; readonly data: unknown }> = []
    yield* Effect.gen(function* () {
      yield* staff
      yield* Effect.scoped(Effect.andThen(follow(before, seen), Effect.andThen(create("old"), settle)))
    }).pipe(Effect.provide(producer(disk, { "task.updated": 1 })))
    yield* Effect.gen(function* () {
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* follow(before, seen)
          yield* create("new")
          yield* settle
          const { number, stopped } = yield* followerStatus
          assert.strictEqual(number, 16)
          assert.deepStrictEqual(stopped, {
            reason: "Poisoned",
            number: 17,
            message:
              "event 17 is a task.updated of version 2, and this host knows version 1 alone: update it, then let it go on"
          })
        })
      )
      // Billing, which knows both, has booked on.
      assert.strictEqual((yield* (yield* Books).preview(accountant)).totals.tasksCreated, 16)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* follow(today, seen)
          yield* retryConsumer("follower", "tasks")
          yield* settle
          assert.deepInclude(yield* followerStatus, { number: 32, behind: 0, stopped: null })
        })
      )
      assert.deepStrictEqual(
        seen.map(({ envelope }) => envelope.number),
        Array.from({ length: 32 }, (_, index) => index + 1)
      )
      assert.strictEqual((yield* proof).difference, null)
    }).pipe(Effect.provide(producer(disk, {})))
  })
)

it.effect("what is kept and what is answered is the same at whatever version events are written", () =>
  Effect.gen(function* () {
    const answers = yield* Effect.forEach([{}, { "task.updated": 1 }, { "task.updated": 2 }], (versions) =>
      Effect.gen(function* () {
        yield* staff
        const { answer } = yield* create("t")
        const tasks = yield* Tasks
        yield* tasks.edit(manager, { id: "t-0-key", jiraId: null })
        yield* tasks.shuffle(manager)
        yield* settle
        const booked = yield* (yield* Books).transfers(accountant, {}, { limit: 100 })
        return [answer, (yield* kept).rows, booked.rows.map(({ amount, cause }) => [amount, cause])]
      }).pipe(Effect.provide(producer(Memory.disk(), versions)))
    )
    assert.deepStrictEqual(answers[1], answers[0])
    assert.deepStrictEqual(answers[2], answers[0])
  })
)

it.effect("titles and keys as long as they may be come through version 1 whole, to the board and to the books", () => {
  const key = `${"K".repeat(51)}-${"9".repeat(20)}`
  const limits = ["x".repeat(500), "\u{1F99C}".repeat(500), `x${"\u0301".repeat(499)}`, `[urgent]${"]".repeat(492)}`]
  const tasks = limits.flatMap((title, index) => [
    { id: `t${index}`, title },
    { id: `t${index}-key`, title, jiraId: key },
    // Written with a sign more than it has.
    { id: `t${index}-sign`, title: `\u2060x${[...title].slice(2).join("")}`, jiraId: key }
  ])
  return Effect.gen(function* () {
    const seen: Array<{ readonly envelope: Envelope.Envelope; readonly data: unknown }> = []
    const disk = Memory.disk()
    yield* Effect.gen(function* () {
      yield* staff
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* follow(today, seen)
          yield* (yield* Tasks).create(manager, tasks)
          yield* settle
        })
      )
      assert.deepStrictEqual(yield* versionsOf, Array(2 * tasks.length).fill(1))
    }).pipe(Effect.provide(producer(disk, { "task.updated": 1 })))
    yield* Effect.gen(function* () {
      // A row that was written beside version 1 is changed beside version 2, and the other way.
      yield* (yield* Tasks).complete(Actor.system, "t1-key")
      yield* settle
      const made = new Map((yield* kept).rows.map((task) => [task.id as string, task]))
      for (const { data } of seen) {
        const { id, jiraId, title } = data as Catalog.TaskUpdated
        assert.deepStrictEqual({ title, jiraId }, { title: made.get(id)!.title, jiraId: made.get(id)!.jiraId })
      }
      assert.strictEqual(made.get("t1-key")!.title, limits[1]!)
      const booked = yield* (yield* Books).transfers(accountant, {}, { limit: 100 })
      assert.lengthOf(booked.rows, tasks.length + 1)
      for (const { cause } of booked.rows) {
        if (cause._tag !== "Assigned" && cause._tag !== "Done") assert.fail(cause._tag)
        else assert.strictEqual(cause.title, made.get(cause.task)!.title)
      }
      assert.strictEqual((yield* proof).difference, null)
    }).pipe(Effect.provide(producer(disk, {})))
    yield* Effect.gen(function* () {
      yield* (yield* Tasks).complete(Actor.system, "t2-key")
      yield* settle
      assert.deepStrictEqual((yield* versionsOf).slice(-2), [2, 1])
      assert.strictEqual((yield* proof).difference, null)
    }).pipe(Effect.provide(producer(disk, { "task.updated": 1 })))
  })
})
