/** What people may follow of a company's streams. */
import { assert, it } from "@effect/vitest"
import { Actor, Catalog, type Envelope, EventLog, Events, type Feed, Tasks, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import {
  accountant,
  admin,
  createRoof,
  endDay,
  manager,
  other,
  predictable,
  settle,
  staff,
  tagOf,
  toDay,
  worker
} from "./support.ts"

const company = predictable()

/** A day: Olga gets a task, which then goes to Will; the day is closed. */
const day = Effect.gen(function* () {
  yield* staff
  const tasks = yield* Tasks
  yield* createRoof
  yield* tasks.assign(manager, "roof", "will")
  yield* toDay(1)
  yield* endDay
})

const numbers = Effect.fnUntraced(function* (actor: Actor.Actor, source: Envelope.Source) {
  const events = yield* Events
  const { more, next, rows } = yield* events.read(actor, source, { limit: 100 })
  assert.isFalse(more)
  assert.deepStrictEqual(next, yield* events.position(actor, source))
  return rows.map(({ number }) => number)
})

it.effect("each sees of each stream what they may", () =>
  Effect.gen(function* () {
    yield* day
    const seen = yield* Effect.forEach([admin, manager, accountant, other, worker, Actor.system], (actor) =>
      Effect.all([numbers(actor, "users"), numbers(actor, "tasks"), numbers(actor, "billing")])
    )
    const users = [1, 2, 3, 4, 5]
    const tasks = [1, 2, 3, 4]
    assert.deepStrictEqual(seen, [
      [users, tasks, [1]],
      [users, tasks, []],
      // The accountant of the tests is a manager too.
      [users, tasks, [1]],
      // A worker: themselves, the assignments that fell on them, and the end of the day.
      [[4], [2, 4], []],
      [[5], [3, 4], []],
      [users, tasks, [1]]
    ])
  }).pipe(Effect.provide(company))
)

it.effect("a feed is read in parts, each from where the one before it ended", () =>
  Effect.gen(function* () {
    yield* day
    const events = yield* Events
    const first = yield* events.read(worker, "tasks", { limit: 1 })
    assert.deepStrictEqual([first.rows.map(({ number }) => number), first.next.number, first.more], [[3], 3, true])
    const second = yield* events.read(worker, "tasks", { after: first.next, limit: 1 })
    assert.deepStrictEqual([second.rows.map(({ number }) => number), second.next.number, second.more], [[4], 4, false])
    const rest = yield* events.read(worker, "tasks", { after: second.next, limit: 1 })
    assert.deepStrictEqual(rest, { rows: [], next: second.next, more: false, reassigned: false })
    assert.deepStrictEqual(yield* events.position(worker, "tasks", second.next), second.next)
    assert.strictEqual(yield* tagOf(events.read(worker, "tasks", { after: -1, limit: 1 })), "InvalidInput")
    assert.strictEqual(yield* tagOf(events.read(worker, "tasks", { limit: 0 })), "InvalidInput")
    assert.strictEqual(yield* tagOf(events.read(worker, "reports" as never, { limit: 1 })), "InvalidInput")
    assert.strictEqual(yield* tagOf(events.position(worker, "reports" as never)), "InvalidInput")
  }).pipe(Effect.provide(company))
)

it.effect("a position that the log does not hold is refused, beyond its end or with another event there", () =>
  Effect.gen(function* () {
    yield* day
    const events = yield* Events
    const { number } = yield* events.position(worker, "tasks")
    const positions = [number + 1, { number: number + 1, digest: "0".repeat(12) }, { number, digest: "0".repeat(12) }]
    for (const after of positions) {
      const expected = { _tag: "PositionBeyondLog", source: "tasks", last: number } as const
      assert.deepInclude(yield* Effect.flip(events.read(worker, "tasks", { after, limit: 1 })), expected)
      assert.deepInclude(yield* Effect.flip(events.position(worker, "tasks", after)), expected)
    }
    assert.deepStrictEqual(yield* events.position(worker, "tasks", number), { number })
  }).pipe(Effect.provide(company))
)

it.effect("who is not let in follows nothing, and who was let in is judged by their roles of then", () =>
  Effect.gen(function* () {
    yield* day
    const events = yield* Events
    const users = yield* Users
    const log = yield* EventLog
    const [closed] = yield* log.read("billing", 0, 1)
    const before = yield* events.admit(worker)
    assert.isFalse(Catalog.visible(before, closed!))
    yield* users.update(admin, { id: "will", roles: ["accountant"] })
    assert.isFalse(Catalog.visible(before, closed!))
    assert.isTrue(Catalog.visible(yield* events.admit(worker), closed!))
    assert.isTrue(Catalog.visible(yield* events.admit(Actor.system), closed!))
    yield* users.update(admin, { id: "will", status: "deactivated" })
    yield* settle
    for (const actor of [worker, Actor.user("ghost")]) {
      const tag = actor === worker ? "DeactivatedActor" : "UnknownActor"
      assert.strictEqual(yield* tagOf(events.read(actor, "tasks", { limit: 1 })), tag)
      assert.strictEqual(yield* tagOf(events.position(actor, "tasks")), tag)
      assert.strictEqual(yield* tagOf(events.admit(actor)), tag)
    }
  }).pipe(Effect.provide(company))
)

it.effect("a stream is read from its end, in parts that go on where the one before it stopped", () =>
  Effect.gen(function* () {
    yield* day
    const events = yield* Events
    for (const [actor, expected] of [
      [manager, [4, 3, 2, 1]],
      [worker, [4, 3]]
    ] as const) {
      for (const limit of [1, 2, 3, 4, 100]) {
        const seen: Array<number> = []
        let after: Feed.Feed["next"] | undefined
        for (let more = true; more;) {
          const part = yield* events.read(actor, "tasks", { order: "newest", limit, after })
          seen.push(...part.rows.map(({ number }) => number))
          after = part.next
          more = part.more
        }
        assert.deepStrictEqual(seen, [...expected], `${Actor.key(actor)} by ${limit}`)
      }
    }
    assert.deepStrictEqual((yield* events.read(accountant, "billing", { order: "newest" })).rows.length, 1)
    assert.strictEqual(yield* tagOf(events.read(worker, "tasks", { order: "best" as never })), "InvalidInput")
  }).pipe(Effect.provide(company))
)

it.effect("what one user caused and what happened to one task is found in either order, for whom it is visible", () =>
  Effect.gen(function* () {
    yield* day
    const events = yield* Events
    const tasks = yield* Tasks
    yield* tasks.create(admin, [{ id: "door", title: "Paint the door" }])
    yield* tasks.complete(Actor.user("olga"), "door")
    const found = Effect.fnUntraced(function* (actor: Actor.Actor, about: Feed.FeedRequest) {
      const numbers = ({ rows }: Feed.Feed) => rows.map(({ number }) => number)
      const oldest = numbers(yield* events.read(actor, "tasks", about))
      const newest = numbers(yield* events.read(actor, "tasks", { ...about, order: "newest" }))
      assert.deepStrictEqual(newest, oldest.toReversed())
      return oldest
    })
    assert.deepStrictEqual(yield* found(manager, { actor: "max" }), [1, 2, 3])
    assert.deepStrictEqual(yield* found(manager, { actor: "system" }), [4])
    assert.deepStrictEqual(yield* found(manager, { task: "door" }), [5, 6, 7])
    assert.deepStrictEqual(yield* found(manager, { task: "door", actor: "ann" }), [5, 6])
    assert.deepStrictEqual(yield* found(manager, { task: "gate" }), [])
    // That it went to Will is no event of Olga's.
    assert.deepStrictEqual(yield* found(other, { task: "roof" }), [2])
    assert.strictEqual(yield* tagOf(events.read(worker, "tasks", { task: "no id" })), "InvalidInput")
    assert.strictEqual(yield* tagOf(events.read(worker, "tasks", { actor: "no id" })), "InvalidInput")
  }).pipe(Effect.provide(company))
)

it.effect("a part that looks for what is rare ends after a thousand events, in either order", () =>
  Effect.gen(function* () {
    yield* staff
    const events = yield* Events
    const tasks = yield* Tasks
    yield* tasks.create(admin, [{ id: "first", title: "The first" }])
    for (let batch = 0; batch < 3; batch++) {
      yield* tasks.create(
        Actor.system,
        Array.from({ length: 800 }, (_, index) => ({ title: `Task ${batch} ${index}` }))
      )
    }
    const last = (yield* events.position(manager, "tasks")).number
    const first = yield* events.read(manager, "tasks", { task: "first", order: "newest" })
    assert.deepStrictEqual([first.rows.length, first.more, first.next.number], [0, true, last - 999])
    let part = first
    let parts = 1
    for (; part.more; parts++) {
      assert.lengthOf(part.rows, 0)
      part = yield* events.read(manager, "tasks", { task: "first", order: "newest", after: part.next })
    }
    assert.deepStrictEqual([part.rows.length, parts], [2, Math.ceil(last / 1_000)])
    const none = yield* events.read(manager, "tasks", { actor: "olga" })
    assert.deepStrictEqual([none.rows.length, none.more, none.next.number], [0, true, 1_000])
  }).pipe(Effect.provide(company))
)
