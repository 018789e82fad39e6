/** Lists of tasks and users: their order, what is searched for, and how many there are. */
import { assert, it } from "@effect/vitest"
import { Actor, type ListedTasks, type OrderedRequest, Tasks, TaskStore, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { firstCandidate, layer, manager, other, staff, tagOf, worker } from "./support.ts"

const company = layer().pipe(Layer.provide(firstCandidate))

/** All ids of a list, and how many pages it took. */
const all = Effect.fnUntraced(function* (filter: ListedTasks, limit: number, order?: OrderedRequest["order"]) {
  const tasks = yield* Tasks
  const ids: Array<string> = []
  let after: string | undefined
  for (let pages = 1; ; pages++) {
    const { last, more, rows } = yield* tasks.list(manager, filter, { after, limit, order })
    ids.push(...rows.map(({ id }) => id))
    if (!more) return { ids, pages }
    after = last!
  }
})

const created = (...tasks: ReadonlyArray<Parameters<Tasks["Service"]["create"]>[1][number]>) =>
  Effect.flatMap(Tasks, (service) => service.create(Actor.system, tasks))

it.effect("tasks are listed by id, the oldest first or the newest", () =>
  Effect.gen(function* () {
    yield* staff
    yield* created(...["a", "b", "c", "d"].map((id) => ({ id, title: id })))
    assert.deepStrictEqual((yield* all({}, 3)).ids, ["a", "b", "c", "d"])
    assert.deepStrictEqual((yield* all({}, 3, "newest")).ids, ["d", "c", "b", "a"])
    const tasks = yield* Tasks
    assert.strictEqual(yield* tagOf(tasks.list(manager, {}, { order: "best" as never })), "InvalidInput")
  }).pipe(Effect.provide(company))
)

it.effect("a search finds title, description, jiraId and id, in capitals or not and however it is composed", () =>
  Effect.gen(function* () {
    yield* staff
    yield* created(
      { id: "t-1", title: "Mend the ROOF" },
      { id: "t-2", title: "Paint", description: "Not the door:\nthe roof." },
      { id: "t-3", title: "Call", jiraId: "ROOF-7" },
      { id: "Roof-4", title: "Look" },
      { id: "t-5", title: "Починить КРЫШУ" },
      { id: "t-6", title: "Café" }
    )
    assert.deepStrictEqual((yield* all({ search: "rOOf" }, 10)).ids, ["Roof-4", "t-1", "t-2", "t-3"])
    assert.deepStrictEqual((yield* all({ search: "rOOf" }, 2, "newest")).ids, ["t-3", "t-2", "t-1", "Roof-4"])
    assert.deepStrictEqual((yield* all({ search: "крышу" }, 10)).ids, ["t-5"])
    assert.deepStrictEqual((yield* all({ search: "CAFE\u0301" }, 10)).ids, ["t-6"])
    assert.deepStrictEqual((yield* all({ search: "roof", status: "done" }, 10)).ids, [])
    const tasks = yield* Tasks
    for (const search of ["", "x".repeat(201)]) {
      assert.strictEqual(yield* tagOf(tasks.list(manager, { search })), "InvalidInput")
    }
    // Whoever may see their own tasks alone searches among these.
    assert.strictEqual(yield* tagOf(tasks.list(worker, { search: "roof" })), "NotAllowed")
    assert.lengthOf((yield* tasks.list(other, { search: "roof", assignee: "olga" })).rows, 4)
  }).pipe(Effect.provide(company))
)

it.effect("a page of a search looks at a bounded number of tasks, and goes on where it stopped", () => {
  let looked = 0
  let longest = 0
  const counting: typeof Memory.layer = Layer.effect(
    TaskStore,
    Effect.map(TaskStore, (store) => ({
      ...store,
      list: (filter: Parameters<typeof store.list>[0], paging: Parameters<typeof store.list>[1]) =>
        Effect.tap(store.list(filter, paging), ({ rows }) =>
          Effect.sync(() => {
            looked += rows.length
            longest = Math.max(longest, rows.length)
          })
        )
    }))
  ).pipe(Layer.provideMerge(Memory.layer))
  return Effect.gen(function* () {
    yield* staff
    const number = (index: number) => String(index).padStart(5, "0")
    for (let start = 0; start < 12_000; start += 1_000) {
      yield* created(
        ...Array.from({ length: 1_000 }, (_, index) => ({
          id: number(start + index),
          title: (start + index) % 4_000 === 3_999 ? "A needle" : "Hay"
        }))
      )
    }
    looked = 0
    const tasks = yield* Tasks
    const first = yield* tasks.list(manager, { search: "needle" }, { limit: 50 })
    assert.deepStrictEqual([first.rows.map(({ id }) => id), first.more, first.last], [
      ["03999"],
      true,
      "04999"
    ] as never)
    assert.deepStrictEqual([looked, longest], [5_000, 1_000])
    assert.deepStrictEqual(yield* all({ search: "needle" }, 50), { ids: ["03999", "07999", "11999"], pages: 3 })
    // What is found at once is not looked for any further.
    looked = 0
    const hay = yield* tasks.list(manager, { search: "hay" }, { limit: 50, order: "newest" })
    assert.deepStrictEqual([hay.rows.length, hay.last, looked <= 100], [50, "11949", true] as never)
    assert.deepStrictEqual((yield* all({ search: "nothing" }, 50)).ids, [])
  }).pipe(Effect.provide(layer({}, counting).pipe(Layer.provide(firstCandidate))))
})

it.effect("users are found by name and id, a bounded number at a time", () =>
  Effect.gen(function* () {
    const users = yield* Users
    const number = (index: number) => `u${String(index).padStart(5, "0")}`
    yield* users.create(Actor.system, [{ id: "max", name: "Max", roles: ["manager"] }])
    for (let start = 0; start < 12_000; start += 1_000) {
      yield* users.create(
        Actor.system,
        Array.from({ length: 1_000 }, (_, index) => ({
          id: number(start + index),
          name: start + index === 11_999 ? "Жанна Попова" : "Hay",
          roles: ["worker"]
        }))
      )
    }
    const first = yield* users.list(manager, { search: "попова ЖАННА" })
    assert.deepStrictEqual(first, { rows: [], more: true, last: "u09998" } as never)
    const next = yield* users.list(manager, { search: "попова ЖАННА" }, { after: first.last! })
    assert.deepStrictEqual([next.rows.map(({ id }) => id), next.more], [["u11999"], false] as never)
    assert.lengthOf((yield* users.list(manager, { search: "U000" })).rows, 100)
    assert.deepStrictEqual((yield* users.list(manager, { search: "max", role: "worker" })).rows, [])
    assert.strictEqual(yield* tagOf(users.list(worker, { search: "max" })), "UnknownActor")
    assert.strictEqual(yield* tagOf(users.list(Actor.user(number(1)), { search: "max" })), "NotAllowed")
    assert.strictEqual(yield* tagOf(users.list(manager, { search: "" })), "InvalidInput")
  }).pipe(Effect.provide(company))
)

it.effect("everybody knows how many tasks they have, managers and admins how many there are", () =>
  Effect.gen(function* () {
    const tasks = yield* Tasks
    yield* created({ id: "early", title: "Too early for anybody" })
    assert.deepStrictEqual((yield* tasks.counts(Actor.system)).all, { open: 1, done: 0, waiting: 1 })
    yield* staff
    yield* created({ id: "roof", title: "Mend the roof" }, { id: "door", title: "Paint the door" })
    yield* tasks.complete(other, "door")
    assert.deepStrictEqual(yield* tasks.counts(other), { mine: { open: 2, done: 1, upTo: 1_000 }, all: null })
    yield* tasks.assign(manager, "roof", "will")
    assert.deepStrictEqual(yield* tasks.counts(other), { mine: { open: 1, done: 1, upTo: 1_000 }, all: null })
    assert.deepStrictEqual(yield* tasks.counts(manager), {
      mine: { open: 0, done: 0, upTo: 1_000 },
      all: { open: 2, done: 1, waiting: 0 }
    })
    assert.strictEqual(yield* tagOf(tasks.counts(Actor.user("ghost"))), "UnknownActor")
  }).pipe(Effect.provide(company))
)
