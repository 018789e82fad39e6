/**
 * What `TaskStore` finds of tasks, in a transaction and outside: by id, by who has them, by their state.
 */
import {
  type Paging,
  type Task,
  TaskCounts,
  type TaskFilter,
  type TaskId,
  type TaskQuery,
  TaskStore,
  type UserId
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Data from "./Data.ts"
import { same, sameSet } from "./expect.ts"
import { open } from "./Kit.ts"
import { emptyQuery, kit } from "./taskKit.ts"

const [ann, bob] = [Data.userId("ann"), Data.userId("bob")]

/** By id in byte order. */
const board = [
  Data.task("10", { assignee: ann, assignment: 1 }),
  Data.task("9", { assignee: bob, assignment: 2, jiraId: "KEY-9" }),
  Data.task("A", { assignee: ann, assignment: 3, status: "done" }),
  Data.task("B"),
  Data.task("a", { assignee: bob, assignment: 1 }),
  Data.task("a-1", { assignee: ann, assignment: 1 }),
  Data.task("b", { assignee: bob, assignment: 1, status: "done" }),
  Data.task("c")
]

const saveTasks = (tasks: ReadonlyArray<Task.Task>) =>
  kit.transact((tx) => tx.save({ ...kit.changes(tx, []), ...Data.follow("tasks", tx.head, tx.now, ["some"]), tasks }))

const populated = Effect.gen(function* () {
  yield* open(kit)
  const shuffled = board.toReversed()
  yield* saveTasks(shuffled.slice(0, 3))
  yield* saveTasks(shuffled.slice(3))
  return yield* TaskStore
})

const loads = (query: Partial<TaskQuery>, expected: ReadonlyArray<Task.Task>) =>
  Effect.gen(function* () {
    const loaded = yield* kit.transact((tx) => tx.load({ ...emptyQuery, ...query }))
    same(loaded.tasks, expected, JSON.stringify(query))
  })

const isOpen = (task: Task.Task) => task.status === "in progress"
const heldBy = (...assignees: ReadonlyArray<UserId | null>) =>
  board.filter((task) => isOpen(task) && assignees.includes(task.assignee))
const byId = (task: Task.Task) => task.id

const filters = (["in progress", "done", undefined] as const).flatMap((status) =>
  [ann, bob, Data.userId("nobody"), undefined].map((assignee): TaskFilter => ({
    ...(status && { status }),
    ...(assignee && { assignee })
  }))
)
const isFound =
  ({ assignee, status }: TaskFilter) =>
  (task: Task.Task) =>
    (status ?? task.status) === task.status && (assignee ?? task.assignee) === task.assignee

export const reads = {
  "loads the tasks named, each once, by id in byte order": Effect.gen(function* () {
    yield* populated
    yield* loads({ tasks: ["c", "A", "nobody's", "10", "c"].map(Data.taskId) }, [board[0]!, board[2]!, board[7]!])
    yield* loads({}, [])
  }),

  "loads exactly the open tasks": Effect.gen(function* () {
    yield* populated
    yield* loads({ open: true }, board.filter(isOpen))
    yield* loads(
      { open: true, tasks: [Data.taskId("b"), Data.taskId("10")], heldBy: [null, ann] },
      board.filter((task) => isOpen(task) || task.id === "b")
    )
  }),

  "loads exactly the open tasks of an assignee, and those that wait": Effect.gen(function* () {
    yield* populated
    yield* loads({ heldBy: [ann] }, heldBy(ann))
    yield* loads({ heldBy: [null] }, heldBy(null))
    yield* loads({ heldBy: [bob, null] }, heldBy(bob, null))
    yield* loads({ heldBy: [Data.userId("nobody")] }, [])
    yield* loads({ heldBy: [bob], tasks: [Data.taskId("9"), Data.taskId("A")] }, [board[1]!, board[2]!, board[4]!])
  }),

  "loads follow a task to its new assignee and to its end": Effect.gen(function* () {
    yield* populated
    const [ten] = board
    yield* saveTasks([{ ...ten!, assignee: bob, assignment: 2 }])
    yield* loads({ heldBy: [ann] }, [board[5]!])
    yield* loads({ heldBy: [bob] }, [{ ...ten!, assignee: bob, assignment: 2 }, board[1]!, board[4]!])
    yield* saveTasks([{ ...ten!, assignee: null, assignment: 2 }])
    yield* loads({ heldBy: [null] }, [{ ...ten!, assignee: null, assignment: 2 }, board[3]!, board[7]!])
    yield* saveTasks([{ ...ten!, assignee: ann, assignment: 3, status: "done" }])
    yield* loads({ heldBy: [null] }, heldBy(null))
    yield* loads({ heldBy: [ann] }, [board[5]!])
    yield* loads(
      { open: true },
      board.filter((task) => isOpen(task) && task.id !== "10")
    )
    same(
      (yield* (yield* TaskStore).list({ assignee: ann, status: "done" }, { limit: 10 })).rows.map(byId),
      ["10", "A"],
      "the done tasks of an assignee"
    )
  }),

  "writes the tasks that are known to be new, and those beside them": Effect.gen(function* () {
    const store = yield* populated
    const fresh = [Data.task("new", { assignee: ann, assignment: 1 }), Data.task("newer")]
    const changed = Data.task("c", { title: "Mend it all" })
    const created = new Set(fresh.map(byId))
    yield* kit.transact((tx) => {
      const { events, head } = Data.follow("tasks", tx.head, tx.now, ["some"])
      const counts = fresh.reduce((counted, task) => TaskCounts.moved(counted, undefined, task), head.counts)
      return tx.save({
        ...kit.changes(tx, []),
        events,
        head: { ...head, counts },
        tasks: [fresh[0]!, changed, fresh[1]!],
        created
      })
    })
    sameSet(yield* store.get([...created, changed.id]), [...fresh, changed], "the tasks")
  }),

  "gets those of the tasks that exist, as they were saved": Effect.gen(function* () {
    const store = yield* populated
    sameSet(yield* store.get(["9", "nobody's", "c"].map(Data.taskId)), [board[1], board[7]], "the tasks")
  }),

  "lists tasks by id in byte order, in pages without gaps or doubles": Effect.gen(function* () {
    const store = yield* populated
    for (const limit of [1, 3, board.length, 100]) {
      same(yield* Data.allPages(byId, limit, (paging) => store.list({}, paging)), board, `pages of ${limit}`)
    }
  }),

  "lists the newest tasks first, in pages without gaps or doubles": Effect.gen(function* () {
    const store = yield* populated
    for (const limit of [1, 3, board.length, 100]) {
      const list = (paging: Paging<TaskId>) => store.list({}, { ...paging, order: "newest" })
      same(yield* Data.allPages(byId, limit, list), board.toReversed(), `pages of ${limit}`)
    }
    same((yield* store.list({}, { order: "oldest", limit: 2 })).rows, board.slice(0, 2), "the oldest two")
  }),

  "counts exactly the tasks of a status and an assignee, up to a number": Effect.gen(function* () {
    const store = yield* populated
    const counted = Effect.fnUntraced(function* (tasks: ReadonlyArray<Task.Task>) {
      for (const filter of filters) {
        const found = tasks.filter(isFound(filter)).length
        for (const most of [1, 2, 100]) {
          same(yield* store.count(filter, most), Math.min(found, most), `${JSON.stringify(filter)} up to ${most}`)
        }
      }
    })
    yield* counted(board)
    // One changes hands, one is done by whom it waited for, one waits again, and a new one waits.
    const changed = [
      { ...board[0]!, assignee: bob, assignment: 2 },
      { ...board[3]!, assignee: ann, assignment: 1, status: "done" as const },
      { ...board[4]!, assignee: null },
      Data.task("d")
    ]
    yield* saveTasks(changed)
    yield* counted([...board.filter(({ id }) => changed.every((task) => task.id !== id)), ...changed])
  }),

  "lists exactly the tasks of a status and an assignee": Effect.gen(function* () {
    const store = yield* populated
    for (const filter of filters) {
      const expected = board.filter(isFound(filter))
      same(yield* Data.allPages(byId, 2, (paging) => store.list(filter, paging)), expected, JSON.stringify(filter))
      same(
        yield* Data.allPages(byId, 2, (paging) => store.list(filter, { ...paging, order: "newest" })),
        expected.toReversed(),
        `${JSON.stringify(filter)}, the newest first`
      )
    }
  })
}
