/**
 * The naive model: what must have come of the tasks' events by the rules, in the plainest code
 * there is. It shares nothing with the code that it checks.
 */

/** A `task.updated` as the log has it. */
export interface TaskUpdated {
  readonly id: string
  readonly title: string
  readonly assign: string | null
  readonly isDone: boolean
  readonly change: "created" | "assigned" | "unassigned" | "edited" | "done"
  readonly assignment: number
  readonly period: string
}

/** A `task.registration-ended` as the log has it. */
export interface RegistrationEnded {
  readonly period: string
  readonly lastNumber: number
  readonly lastTaskId: string | null
}

/** An event of the tasks' log, as far as the model cares. */
export interface LoggedEvent {
  readonly number: number
  readonly type: string
  readonly actor: string
  readonly data: unknown
}

/** What billing must book because of one event. */
export type Expected =
  | { readonly kind: "fee" | "award"; readonly event: number; readonly popug: string; readonly task: TaskUpdated }
  | { readonly kind: "close"; readonly event: number; readonly period: string }

interface ModelTask {
  readonly id: string
  title: string
  assignee: string | null
  assignment: number
  done: boolean
}

export interface ModelDay {
  readonly period: string
  readonly created: number
  readonly assigned: number
  readonly done: number
}

interface ModelShuffle {
  readonly event: number
  readonly actor: string
  readonly reassigned: number
}

export interface Model {
  readonly tasks: ReadonlyMap<string, ModelTask>
  readonly expected: ReadonlyArray<Expected>
  readonly days: ReadonlyArray<ModelDay>
  readonly shuffles: ReadonlyArray<ModelShuffle>
  /** What no task may go through. */
  readonly impossible: ReadonlyArray<string>
}

/** Goes through the tasks' events one by one. */
export const replay = (events: ReadonlyArray<LoggedEvent>): Model => {
  const tasks = new Map<string, ModelTask>()
  const expected: Array<Expected> = []
  const days: Array<ModelDay> = []
  const impossible: Array<string> = []
  const shuffles: Array<ModelShuffle> = []
  let today = { created: 0, assigned: 0, done: 0 }
  for (const event of events) {
    if (event.type === "task.registration-ended") {
      const { period } = event.data as RegistrationEnded
      expected.push({ kind: "close", event: event.number, period })
      days.push({ period, ...today })
      today = { created: 0, assigned: 0, done: 0 }
      continue
    }
    if (event.type === "task.shuffled") {
      const { reassigned } = event.data as { readonly reassigned: number }
      const moved = events.slice(event.number, event.number + reassigned)
      const change = ({ data }: LoggedEvent) => (data as TaskUpdated).change
      if (moved.length < reassigned || moved.some((one) => !["assigned", "unassigned"].includes(change(one)))) {
        impossible.push(`event ${event.number} is a shuffle that other events break into`)
      }
      shuffles.push({ event: event.number, actor: event.actor, reassigned })
      continue
    }
    if (event.type !== "task.updated") {
      impossible.push(`event ${event.number} is a ${event.type}`)
      continue
    }
    const data = event.data as TaskUpdated
    const before = tasks.get(data.id)
    const wrong = wrongWith(before, data)
    if (wrong !== undefined) impossible.push(`event ${event.number} (${data.change} of ${data.id}): ${wrong}`)
    tasks.set(data.id, {
      id: data.id,
      title: data.title,
      assignee: data.assign,
      assignment: data.assignment,
      done: data.isDone
    })
    if (data.change === "created") today.created += 1
    if (data.change === "assigned") {
      today.assigned += 1
      expected.push({ kind: "fee", event: event.number, popug: data.assign ?? "nobody", task: data })
    }
    if (data.change === "done") {
      today.done += 1
      expected.push({ kind: "award", event: event.number, popug: data.assign ?? "nobody", task: data })
    }
  }
  return { tasks, expected, days, shuffles, impossible }
}

/** Why a change can't follow what the task was; undefined when it can. */
const wrongWith = (before: ModelTask | undefined, after: TaskUpdated): string | undefined => {
  if (after.change === "created") {
    if (before !== undefined) return "it was created before"
    return after.assign === null && after.assignment === 0 && !after.isDone ? undefined : "it is not new"
  }
  if (before === undefined) return "it was never created"
  if (before.done) return "it was done before"
  const sameHolder = after.assign === before.assignee && after.assignment === before.assignment
  switch (after.change) {
    case "assigned":
      if (after.assign === null || after.isDone) return "nobody got it"
      if (after.assign === before.assignee) return "they hold it already"
      return after.assignment === before.assignment + 1 ? undefined : "its assignments are not counted one by one"
    case "unassigned":
      if (before.assignee === null) return "nobody held it"
      return after.assign === null && after.assignment === before.assignment ? undefined : "it is not free"
    case "edited":
      return sameHolder && !after.isDone ? undefined : "more than its words changed"
    case "done":
      return sameHolder && after.assign !== null && after.isDone ? undefined : "it changed hands"
  }
}

/** A user as an event of users says it: who is made is active. */
export const toldOf = (data: unknown) => ({
  status: "active",
  ...(data as { readonly id: string; readonly roles: ReadonlyArray<string>; readonly status?: string })
})

/** Who gets tasks by the rules, after all users' events. */
export const eligible = (events: ReadonlyArray<LoggedEvent>): ReadonlySet<string> => {
  const users = new Set<string>()
  for (const { data } of events) {
    const { id, roles, status } = toldOf(data)
    if (status === "active" && !roles.includes("manager") && !roles.includes("admin")) users.add(id)
    else users.delete(id)
  }
  return users
}
