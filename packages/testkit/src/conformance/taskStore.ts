/**
 * The promises of `TaskStore`.
 */
import { type Assignment, type Creations, EventLog, type TaskChanges, TaskStore } from "@popug/core"
import * as Effect from "effect/Effect"
import { elsewhere } from "./adopting.ts"
import { ahead } from "./ahead.ts"
import { commands } from "./commands.ts"
import * as Data from "./Data.ts"
import { refused, same, sameSet } from "./expect.ts"
import { heads } from "./heads.ts"
import { open, save } from "./Kit.ts"
import { opening } from "./opening.ts"
import * as Suite from "./Suite.ts"
import { emptyQuery, kit } from "./taskKit.ts"
import { reads } from "./taskReads.ts"
import { transactions } from "./transactions.ts"

const member = (id: string, status: Assignment.Member["status"]): Assignment.Member => ({
  id: Data.userId(id),
  roles: ["worker"],
  status
})

/** Saves members together with a cursor of the users' stream. */
const saveMembers = (number: number, ...members: ReadonlyArray<Assignment.Member>) =>
  kit.transact((tx) => {
    const cursor = { ...tx.head.cursor, number, digest: Data.sha256(`${number}`) }
    return tx.save({ ...kit.changes(tx, []), head: { ...tx.head, at: tx.now, cursor }, members })
  })

const loadMembers = kit.transact((tx) =>
  Effect.map(tx.load({ ...emptyQuery, members: true }), ({ members }) => ({ members, cursor: tx.head.cursor.number }))
)

const counted = (creator: string, period: string, created: number): Creations => ({
  creator: Data.userId(creator),
  period: Data.period(period),
  created
})

/** Saves counts of created tasks together with an event. */
const saveCreations = (...creations: ReadonlyArray<Creations>) =>
  kit.transact((tx) =>
    tx.save({ ...kit.changes(tx, []), ...Data.follow("tasks", tx.head, tx.now, ["some"]), creations })
  )

const loadCreations = (...creators: ReadonlyArray<string>) =>
  Effect.map(
    kit.transact((tx) => tx.load({ ...emptyQuery, creators: creators.map(Data.userId) })),
    ({ creations }) => creations
  )

export const taskStore = Suite.make("TaskStore", {
  ...transactions(kit),
  ...heads(kit),
  ...opening(kit),
  ...commands(kit),
  ...ahead(kit),

  "opens for the period of the store's instant": Data.withClock((set) =>
    Effect.gen(function* () {
      // Half past two in Prague, before the cutoff: still the day before.
      set(Date.UTC(2031, 4, 5, 0, 30))
      yield* open(kit)
      const { at, counts, cursor, lastTaskId, period, shuffles } = yield* (yield* TaskStore).head
      same(
        { at: at.epochMilliseconds, period, lastTaskId, shuffles, counts },
        {
          at: Date.UTC(2031, 4, 5, 0, 30),
          period: "2031-05-04",
          lastTaskId: null,
          shuffles: 0,
          counts: { open: 0, waiting: 0, done: 0 }
        },
        "the first head"
      )
      same(
        { source: cursor.source, number: cursor.number, stopped: cursor.stopped },
        {
          source: "users",
          number: 0,
          stopped: null
        },
        "the first cursor"
      )
      set(Date.UTC(2031, 4, 9))
      yield* open(kit)
      same((yield* (yield* TaskStore).head).period, "2031-05-04", "the period after a second opening")
    })
  ),

  "is open for the period of the zone that it adopts": Data.withClock((set) =>
    Effect.gen(function* () {
      set(Date.UTC(2031, 4, 5, 12))
      yield* open(kit)
      yield* (yield* TaskStore).adopt(elsewhere, () => Data.period("2031-05-06"))
      same((yield* (yield* TaskStore).head).period, "2031-05-06", "the period")
      // What changes the rules alone leaves it as it is.
      yield* (yield* TaskStore).adopt({ ...elsewhere, rules: { secret: "two" } }, () => Data.period("2031-05-06"))
      yield* save(kit, "first")
      yield* (yield* TaskStore).adopt({ ...elsewhere, rules: { secret: "three" } }, () => Data.period("2031-05-08"))
      same((yield* (yield* TaskStore).head).period, "2031-05-06", "the period once something is registered")
    })
  ),

  "has no head before it is opened": Effect.flatMap(TaskStore, ({ head }) =>
    refused(head, "the head before `open`", { reason: "Corrupt" })
  ),

  "shows the clock that commits go by": Data.withClock((set) =>
    Effect.gen(function* () {
      const store = yield* TaskStore
      yield* open(kit)
      for (const instant of [Date.UTC(2031, 4, 5, 12), Date.UTC(2031, 4, 6), Date.UTC(2031, 4, 5, 11)]) {
        set(instant)
        same((yield* store.now).epochMilliseconds, instant, "the clock")
      }
    })
  ),

  "keeps the whole head, and shows it outside a transaction too": Effect.gen(function* () {
    yield* open(kit)
    const saved = yield* kit.transact((tx) => {
      const changes = kit.changes(tx, ["one"])
      const head: TaskChanges["head"] = {
        ...changes.head,
        period: Data.period("2033-01-01"),
        lastTaskId: Data.taskId("one"),
        shuffles: 7,
        counts: { open: 1, waiting: 1, done: 0 },
        cursor: {
          ...tx.head.cursor,
          number: 12,
          digest: Data.sha256("12"),
          stopped: { reason: "Gap", number: 13, message: "event 13 is missing" }
        }
      }
      return Effect.as(tx.save({ ...changes, head }), head)
    })
    const store = yield* TaskStore
    same(yield* store.head, saved, "the head outside a transaction")
    same(yield* store.transact((tx) => Effect.succeed(tx.head)), saved, "the head of the next transaction")
  }),

  "moves the head without an event": Effect.gen(function* () {
    yield* open(kit)
    yield* saveMembers(3, member("ann", "active"))
    const { cursor, number } = yield* (yield* TaskStore).head
    same([cursor.number, number], [3, 0], "the users' cursor and the number of the stream")
    same(yield* (yield* EventLog).last("tasks"), 0, "the last event")
  }),

  "loads the copy of the users as its cursor says": Effect.gen(function* () {
    yield* open(kit)
    yield* saveMembers(2, member("ann", "active"), member("bob", "active"))
    yield* saveMembers(3, member("ann", "deactivated"))
    const { cursor, members } = yield* loadMembers
    same(cursor, 3, "the users' cursor")
    sameSet(members, [member("ann", "deactivated"), member("bob", "active")], "the copy of the users")
    same((yield* kit.transact((tx) => tx.load(emptyQuery))).members, [], "members that nobody asked for")
  }),

  "lists the copy of the users by id in byte order, in pages without gaps or doubles": Effect.gen(function* () {
    yield* open(kit)
    const store = yield* TaskStore
    const all = ["10", "9", "A", "a", "a-1"].map((id) => member(id, "active"))
    yield* saveMembers(2, ...all.toReversed())
    yield* saveMembers(3, member("A", "deactivated"))
    const expected = all.map((one) => (one.id === "A" ? member("A", "deactivated") : one))
    for (const limit of [1, 2, 5, 100]) {
      const list = Data.allPages(
        (row: Assignment.Member) => row.id,
        limit,
        (paging) => store.members(paging)
      )
      same(yield* list, expected, `pages of ${limit}`)
    }
  }),

  "refuses members without a move of their cursor": Effect.gen(function* () {
    yield* open(kit)
    yield* saveMembers(2, member("ann", "active"))
    yield* refused(saveMembers(2, member("ann", "deactivated")), "members at the same cursor")
    sameSet((yield* loadMembers).members, [member("ann", "active")], "the copy of the users")
  }),

  "refuses assignments and counts that can't be": Effect.gen(function* () {
    yield* open(kit)
    yield* saveCreations(counted("ann", "2026-11-23", 1))
    const task = (assignment: number) =>
      kit.transact((tx) => tx.save({ ...kit.changes(tx, ["odd"]), tasks: [{ ...Data.task("odd"), assignment }] }))
    for (const assignment of [-1, 0.5]) yield* refused(task(assignment), `a task in assignment ${assignment}`)
    for (const created of [-1, 0, 0.5]) {
      yield* refused(saveCreations(counted("ann", "2026-11-23", created)), `${created} created tasks`)
    }
    same(yield* (yield* TaskStore).get([Data.taskId("odd")]), [], "the task")
    same(yield* loadCreations("ann"), [counted("ann", "2026-11-23", 1)], "the count")
  }),

  "refuses a head that counts other tasks than are written": Effect.gen(function* () {
    yield* open(kit)
    const counting = (open: number, waiting: number, done: number, fresh: ReadonlyArray<string> = []) =>
      kit.transact((tx) => {
        const changes = kit.changes(tx, ["one", "two"])
        const created = new Set(fresh.map(Data.taskId))
        return tx.save({ ...changes, created, head: { ...changes.head, counts: { open, waiting, done } } })
      })
    for (const [open, waiting, done] of [
      [-1, 0, 0],
      [0.5, 0, 0],
      [2, 3, 0],
      [3, 0, 0],
      [2, 0, 1],
      [0, 0, 3]
    ] as const) {
      yield* refused(counting(open, waiting, done), `${open} open, ${waiting} waiting, ${done} done`)
    }
    yield* refused(counting(1, 1, 0, ["one", "two"]), "one of two that are new")
    const store = yield* TaskStore
    same(yield* store.get(["one", "two"].map(Data.taskId)), [], "the tasks")
    yield* counting(2, 1, 0, ["one", "two"])
    same((yield* store.head).counts, { open: 2, waiting: 1, done: 0 }, "what follows")
    const without = kit.transact((tx) =>
      tx.save({ ...kit.changes(tx, []), head: { ...tx.head, counts: { open: 1, waiting: 1, done: 1 } } })
    )
    yield* refused(without, "a task that is done and was not written")
  }),

  "a transaction that fails changes no members": Effect.gen(function* () {
    yield* open(kit)
    yield* saveMembers(2, member("ann", "active"))
    yield* Effect.exit(
      kit.transact((tx) =>
        Effect.andThen(
          tx.save({
            ...kit.changes(tx, []),
            head: { ...tx.head, cursor: { ...tx.head.cursor, number: 3 } },
            members: [member("bob", "active")]
          }),
          Effect.fail("no")
        )
      )
    )
    same(yield* loadMembers, { members: [member("ann", "active")], cursor: 2 }, "the copy of the users and its cursor")
  }),

  "keeps how many tasks each creator has created, one row each": Effect.gen(function* () {
    yield* open(kit)
    yield* saveCreations(counted("ann", "2031-05-04", 3), counted("bob", "2031-05-04", 1_000_000))
    same((yield* loadCreations("nobody", "cid")).length, 0, "rows of those who created nothing")
    sameSet(
      yield* loadCreations("ann", "bob", "cid"),
      [counted("ann", "2031-05-04", 3), counted("bob", "2031-05-04", 1_000_000)],
      "the rows of both"
    )
    yield* saveCreations(counted("ann", "2031-05-05", 1))
    same(yield* loadCreations("ann"), [counted("ann", "2031-05-05", 1)], "the row after a new period began")
    same(yield* loadCreations("bob"), [counted("bob", "2031-05-04", 1_000_000)], "the other's row")
    same(yield* loadCreations(), [], "rows that nobody asked for")
  }),

  "counts nothing of a transaction that fails": Effect.gen(function* () {
    yield* open(kit)
    yield* saveCreations(counted("ann", "2031-05-04", 3))
    yield* Effect.exit(
      kit.transact((tx) =>
        Effect.andThen(
          tx.save({ ...kit.changes(tx, ["one"]), creations: [counted("ann", "2031-05-04", 4)] }),
          Effect.fail("no")
        )
      )
    )
    same(yield* loadCreations("ann"), [counted("ann", "2031-05-04", 3)], "the row")
  }),

  ...reads
})
