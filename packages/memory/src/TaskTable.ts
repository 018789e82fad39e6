/**
 * Tasks by id, by status and by assignee, and the copy of the users.
 */
import type { Assignment, Creations, OrderedPaging, Page, Paging, Task, TaskFilter, TaskId, UserId } from "@popug/core"
import { found, pageOf } from "./pages.ts"
import { mergeOrdered, SortedIds } from "./SortedIds.ts"

/** A task as it is now. */
interface Row {
  task: Task.Task
}

export class TaskTable {
  /** Rows that are changed in place: a map of a million is looked into once for a change. */
  readonly #rows = new Map<TaskId, Row>()
  readonly #open = new SortedIds<TaskId>()
  readonly #done = new SortedIds<TaskId>()
  /** The open tasks by assignee: few each, sorted when somebody reads. Null holds those that wait for someone. */
  readonly #held = new Map<UserId | null, Set<TaskId>>()
  readonly #doneBy = new Map<UserId | null, SortedIds<TaskId>>()
  readonly #members = new Map<UserId, Assignment.Member>()
  readonly #creations = new Map<UserId, Creations>()

  put(task: Task.Task): void {
    const row = this.#rows.get(task.id)
    const before = row?.task
    if (row === undefined) this.#rows.set(task.id, { task })
    else row.task = task
    if (before?.status === task.status && before.assignee === task.assignee) return
    if (before !== undefined) this.#remove(before, before.status !== task.status)
    if (task.status === "done") {
      if (before?.status !== "done") this.#done.add(task.id)
      of(this.#doneBy, task.assignee, () => new SortedIds<TaskId>()).add(task.id)
    } else {
      if (before?.status !== "in progress") this.#open.add(task.id)
      of(this.#held, task.assignee, () => new Set<TaskId>()).add(task.id)
    }
  }

  #remove({ assignee, id, status }: Task.Task, changesStatus: boolean): void {
    if (changesStatus) (status === "done" ? this.#done : this.#open).delete(id)
    if (status === "done") this.#doneBy.get(assignee)?.delete(id)
    else this.#held.get(assignee)?.delete(id)
  }

  putMember(member: Assignment.Member): void {
    this.#members.set(member.id, member)
  }

  members(): ReadonlyArray<Assignment.Member> {
    return [...this.#members.values()]
  }

  listMembers({ after, limit }: Paging<UserId>): Page<Assignment.Member> {
    const ids = [...this.#members.keys()].filter((id) => after === undefined || id > after).sort()
    return pageOf(ids, limit, (id) => this.#members.get(id)!)
  }

  putCreations(row: Creations): void {
    this.#creations.set(row.creator, row)
  }

  creations(creators: ReadonlyArray<UserId>): ReadonlyArray<Creations> {
    return found(this.#creations, creators)
  }

  get(ids: ReadonlyArray<TaskId>): ReadonlyArray<Task.Task> {
    return found(this.#rows, ids).map(({ task }) => task)
  }

  /** The tasks named, the open ones if asked for, the open ones of some assignees: each once, by id. */
  select(ids: ReadonlyArray<TaskId>, open: boolean, heldBy: ReadonlyArray<UserId | null>): ReadonlyArray<Task.Task> {
    if (!open && heldBy.length === 0) return this.#named(ids)
    if (open) {
      const done = new Set(ids.filter((id) => this.#rows.get(id)?.task.status === "done"))
      const openIds = this.#open.all()
      return (done.size === 0 ? openIds : [...openIds, ...done].sort()).map((id) => this.#task(id))
    }
    const selected = new Set(ids.filter((id) => this.#rows.has(id)))
    for (const assignee of heldBy) {
      for (const id of this.#held.get(assignee) ?? []) selected.add(id)
    }
    return [...selected].sort().map((id) => this.#task(id))
  }

  /** Those of the tasks that exist, each once, by id. */
  #named(ids: ReadonlyArray<TaskId>): ReadonlyArray<Task.Task> {
    const tasks: Array<Task.Task> = []
    let inOrder = true
    for (const id of ids) {
      const row = this.#rows.get(id)
      if (row === undefined) continue
      inOrder &&= tasks.length === 0 || tasks.at(-1)!.id < id
      tasks.push(row.task)
    }
    return inOrder ? tasks : [...new Set(tasks)].sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** A task that exists. */
  #task(id: TaskId): Task.Task {
    return this.#rows.get(id)!.task
  }

  list({ assignee, status }: TaskFilter, { after, limit, order }: OrderedPaging<TaskId>): Page<Task.Task> {
    const isDown = order === "newest"
    const inOrder = (ids: SortedIds<TaskId> | undefined) => (isDown ? ids?.back(after) : ids?.from(after)) ?? []
    const open = () => (assignee === undefined ? inOrder(this.#open) : this.#heldBeyond(assignee, after, isDown))
    const done = () => inOrder(assignee === undefined ? this.#done : this.#doneBy.get(assignee))
    const ordered = status === undefined ? mergeOrdered(open(), done(), isDown) : status === "done" ? done() : open()
    return pageOf(ordered, limit, (id) => this.#task(id))
  }

  #heldBeyond(assignee: UserId, after: TaskId | undefined, isDown: boolean): ReadonlyArray<TaskId> {
    const ids = [...(this.#held.get(assignee) ?? [])]
    const beyond = after === undefined ? ids : ids.filter((id) => (isDown ? id < after : id > after))
    return isDown ? beyond.sort().toReversed() : beyond.sort()
  }

  count({ assignee, status }: TaskFilter, most: number): number {
    const open = assignee === undefined ? this.#open : this.#held.get(assignee)
    const done = assignee === undefined ? this.#done : this.#doneBy.get(assignee)
    const found = (status === "done" ? 0 : (open?.size ?? 0)) + (status === "in progress" ? 0 : (done?.size ?? 0))
    return Math.min(found, most)
  }
}

const of = <Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value => {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}
