/**
 * What every server of the comparison serves: the same tasks out of the same Map, so that only HTTP, JSON and
 * validation differ.
 */

/** A task as it is sent. */
export interface BenchTask {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly jiraId: string | null
  readonly status: "in progress" | "done"
  readonly assignee: string | null
  readonly assignment: number
}

/** What a caller sends for a new one, as checked. */
export interface Draft {
  readonly id?: string | undefined
  readonly title: string
  readonly description?: string | undefined
  readonly jiraId?: string | null | undefined
}

/** How many tasks a server starts with, and holds at most: the oldest go, so that each of them keeps as much. */
export const held = 2_000
/** Rows of a list by default. */
export const usualLimit = 50

export const idOf = (index: number): string => `t${String(index).padStart(9, "0")}`

const title = (index: number): string => `Parrot feathers in the report of the ${index}th — who signs for them?`
const description =
  "Seen again on Monday: the totals agree, but the attachment is empty.\n\n" +
  "1. open the report\n2. look at the second page\n3. compare with what was mailed to management\n"

/** Tasks in a Map, by id; ids grow. */
export const makeStore = () => {
  const tasks = new Map<string, BenchTask>()
  let next = 0
  const create = ({ description, id = idOf(next), jiraId, title }: Draft): BenchTask => {
    next += 1
    const task: BenchTask = {
      id,
      title,
      description: description ?? "",
      jiraId: jiraId ?? null,
      status: "in progress",
      assignee: "p000042",
      assignment: 1
    }
    tasks.set(id, task)
    if (tasks.size > held) tasks.delete(tasks.keys().next().value!)
    return task
  }
  for (let index = 0; index < held; index++) create(draft(index))
  return {
    get: (id: string): BenchTask | undefined => tasks.get(id),
    create,
    /** A page from the oldest on. */
    list: (limit: number) => {
      const data: Array<BenchTask> = []
      for (const task of tasks.values()) {
        if (data.length === limit) break
        data.push(task)
      }
      const hasMore = tasks.size > limit
      return { data, hasMore, nextCursor: hasMore ? data[data.length - 1]!.id : null }
    }
  }
}

/** What a caller sends; no two alike. */
export const draft = (index: number) => ({ title: title(index), description, jiraId: `POPUG-${index}` })

/** An entity tag that costs next to nothing, so that nobody's digest is compared. */
export const etagOf = (task: BenchTask): string => `"${task.id}-${task.assignment}"`
