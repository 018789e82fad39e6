/**
 * What one does to tasks: seen at once, and taken back with the reason when it is refused.
 */
import { isProblem } from "@popug/http/promises"
import { queryOptions } from "@tanstack/react-query"
import { changedSoon, onEvent } from "../data/live.ts"
import { wordsOf } from "../data/problems.ts"
import { haveChanged, queries } from "../data/queries.ts"
import { changesOf, savedOver, type Seen as Before } from "../data/savedOver.ts"
import { tell } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { notify } from "../ui/notices.tsx"
import { type Change, changeOf } from "./changes.ts"
import { show } from "./list.ts"
import { inBatches } from "./pasted.ts"
import type { Task } from "./task.ts"

/** A task by itself, with the tag of what was seen of it: nobody writes over what they have not seen. */
export interface Seen {
  readonly task: Task
  readonly etag: string | undefined
}

const keyOf = (id: string) => ["tasks", "one", id] as const

export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: keyOf(id),
    queryFn: async ({ signal }): Promise<Seen> => {
      const answer = await popug.tasks.get({ params: { id } }, { signal })
      return { task: answer!.body, etag: answer!.headers.etag }
    }
  })

const showAlone = (id: string, change: Partial<Task>, etag?: string): void => {
  queries.setQueryData<Seen>(keyOf(id), (seen) =>
    seen === undefined ? undefined : { task: { ...seen.task, ...change }, etag: etag ?? seen.etag }
  )
}

onEvent("tasks", (event) => {
  const change = changeOf(event)
  if (change === undefined || queries.getQueryData(keyOf(change.task.id)) === undefined) return
  const { kind, task } = change
  showAlone(task.id, task)
  void queries.invalidateQueries({ queryKey: ["tasks", "history", task.id] })
  // Of a description an event says nothing, and of the tag neither.
  if (kind === "edited") void queries.invalidateQueries({ queryKey: keyOf(task.id) })
})

const showAll = (tasks: ReadonlyArray<Task>, kind: Change["kind"]): void => {
  for (const task of tasks) showAlone(task.id, task)
  show(tasks.map((task) => ({ kind, task })))
}

/** Does something to tasks; whether it was done. */
const change = async (
  kind: Change["kind"],
  before: ReadonlyArray<Task>,
  wanted: Partial<Task>,
  ask: () => Promise<ReadonlyArray<Task>>
): Promise<boolean> => {
  showAll(
    before.map((task) => ({ ...task, ...wanted })),
    kind
  )
  try {
    showAll(await ask(), kind)
    changedSoon("counts", "accounts")
    return true
  } catch (error) {
    showAll(before, kind)
    // They may not be as they were: with somebody else, or done.
    haveChanged("tasks")
    notify("refused", wordsOf(error))
    return false
  }
}

/** Tasks whose completion is under way: it is asked for once, however often somebody presses. */
const completing = new Set<string>()

export const complete = async (asked: ReadonlyArray<Task>): Promise<boolean> => {
  const tasks = asked.filter(({ id }) => !completing.has(id))
  const [first] = tasks
  if (first === undefined) return false
  for (const { id } of tasks) completing.add(id)
  const done = await change("done", tasks, { status: "done" }, async () =>
    tasks.length === 1
      ? [(await popug.tasks.complete({ params: { id: first.id } })).body]
      : (await popug.tasks.completeMany({ payload: { ids: tasks.map(({ id }) => id) } })).data
  )
  for (const { id } of tasks) completing.delete(id)
  if (done) notify("done", tell("tasks.completed", { count: tasks.length, title: first.title }))
  return done
}

export const assign = (task: Task, assignee: string): Promise<boolean> =>
  change("assigned", [task], { assignee }, async () => [
    (await popug.tasks.assign({ params: { id: task.id }, payload: { assignee } })).body
  ])

export type Edit = Pick<Task, "title" | "description" | "jiraId">

/**
 * Changes what a task says. What others changed meanwhile stays; where they changed the same, nothing is done, and what
 * was typed is returned over the task as it is now. Undefined when it is refused.
 */
export const edit = async (
  task: Task,
  seen: Before<Edit>,
  typed: Edit
): Promise<"done" | (Before<Edit> & { readonly typed: Edit }) | undefined> => {
  const key = keyOf(task.id)
  showAll([{ ...task, ...changesOf(seen.was, typed) }], "edited")
  try {
    const left = await savedOver(seen, typed, {
      save: async (payload, etag) => {
        const headers = etag === undefined ? {} : { "if-match": etag }
        const { body, headers: answered } = await popug.tasks.edit({ params: { id: task.id }, payload, headers })
        showAlone(task.id, body, answered.etag)
        show([{ kind: "edited", task: body }])
      },
      isChanged: (refusal) => isProblem(refusal, "Changed"),
      look: async () => {
        const now = await queries.fetchQuery({ ...taskQuery(task.id), staleTime: 0 })
        show([{ kind: "edited", task: now.task }])
        return { was: fieldsOf(now.task), etag: now.etag }
      }
    })
    if (left === undefined) return "done"
    notify("refused", wordsOf(left.refusal))
    return left
  } catch (error) {
    showAll([task], "edited")
    void queries.invalidateQueries({ queryKey: key })
    notify("refused", wordsOf(error))
    return undefined
  }
}

const fieldsOf = ({ description, jiraId, title }: Edit): Edit => ({ title, description, jiraId })

/** What a command is known by: the same again, after an answer that was lost, is done once. */
export interface NewTask extends Edit {
  readonly key: string
}

/** Creates one task; throws when it is refused. */
export const create = async ({ key, ...payload }: NewTask): Promise<Task> => {
  const { body } = await popug.tasks.create({ payload, headers: { "idempotency-key": key } })
  show([{ kind: "created", task: body }])
  changedSoon("counts", "accounts")
  return body
}

/** What a server takes at once. */
const batch = 1_000

interface NewTasks {
  readonly key: string
  /** How many batches under this key were created before. */
  readonly from: number
  readonly tasks: ReadonlyArray<Edit>
}

/** Creates many tasks, a batch at a time, and says how many there are; throws at the first that is refused. */
export const createMany = async (
  { from, key, tasks }: NewTasks,
  progress: (count: number, batches: number) => void
): Promise<void> => {
  let count = 0
  for (const [at, some] of inBatches(tasks, batch).entries()) {
    const { data } = await popug.tasks.createMany({
      payload: { tasks: some },
      headers: { "idempotency-key": `${key}-${from + at}` }
    })
    show(data.map((task) => ({ kind: "created", task })))
    progress((count += data.length), from + at + 1)
  }
  changedSoon("counts", "accounts")
}
