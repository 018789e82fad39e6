/**
 * What `TaskStore` finds of tasks, in a transaction and outside: by id, by who has them, by their state.
 */
import { type Task, type TaskFilter, type TaskQuery, TaskStore, type UserId } from "@popug/core"
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
    yield* kit.transact((tx) =>
      tx.save({
        ...kit.changes(tx, []),
        ...Data.follow("tasks", tx.head, tx.now, ["some"]),
        tasks: [fresh[0]!, changed, fresh[1]!],
        created
      })
    )
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

  "lists exactly the tasks of a status and an assignee": Effect.gen(function* () {
    const store = yield* populated
    for (const status of ["in progress", "done", undefined] as const) {
      for (const assignee of [ann, bob, Data.userId("nobody"), undefined]) {
        const filter: TaskFilter = { ...(status && { status }), ...(assignee && { assignee }) }
        same(
          yield* Data.allPages(byId, 2, (paging) => store.list(filter, paging)),
          board.filter(
            (task) => (status ?? task.status) === task.status && (assignee ?? task.assignee) === task.assignee
          ),
          JSON.stringify(filter)
        )
      }
    }
  })
}
