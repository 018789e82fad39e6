/**
 * What the clients know of the company: who is there and which tasks are open, read from the logs.
 */
import type { BillingStore, EventLog } from "@popug/core"
import * as Effect from "effect/Effect"

interface KnownUser {
  readonly id: string
  readonly roles: ReadonlyArray<string>
  readonly active: boolean
}

interface KnownTask {
  readonly id: string
  readonly assignee: string | null
}

/** The data of an event, as far as clients care. */
interface Data {
  readonly id: string
  readonly roles: ReadonlyArray<string>
  readonly status?: string
  readonly assign: string | null
  readonly isDone: boolean
  readonly period: string
}

const page = 10_000

export class View {
  readonly users = new Map<string, KnownUser>()
  readonly open = new Map<string, KnownTask>()
  readonly done: Array<string> = []
  /** Periods whose registration has ended, and those that billing has closed. */
  readonly ended: Array<string> = []
  readonly closed = new Set<string>()
  /** The latest period in which anything happened to a task. */
  latest = ""
  /** The number of the last transfer. */
  journal = 0
  readonly #log: EventLog["Service"]
  readonly #billing: Pick<BillingStore["Service"], "head">
  readonly #read = { users: 0, tasks: 0, billing: 0 }

  constructor(log: EventLog["Service"], billing: Pick<BillingStore["Service"], "head">) {
    this.#log = log
    this.#billing = billing
  }

  /** Reads what is new. */
  readonly refresh: Effect.Effect<void> = Effect.gen({ self: this }, function* () {
    for (const source of ["users", "tasks", "billing"] as const) {
      const events = yield* Effect.orDie(this.#log.read(source, this.#read[source], page))
      for (const event of events) this.#take(event.type, event.data as Data)
      this.#read[source] += events.length
    }
    this.journal = (yield* Effect.orDie(this.#billing.head)).journal.number
  })

  /** The users that are active and have one of the roles, or neither of the roles. */
  with(...roles: ReadonlyArray<string>): ReadonlyArray<KnownUser> {
    return [...this.users.values()].filter((user) => user.active && user.roles.some((role) => roles.includes(role)))
  }

  /** The users that get tasks by the rules. */
  eligible(): ReadonlyArray<KnownUser> {
    return [...this.users.values()].filter(
      (user) => user.active && !user.roles.includes("manager") && !user.roles.includes("admin")
    )
  }

  #take(type: string, data: Data): void {
    if (type === "user.created" || type === "user.updated") {
      this.users.set(data.id, { id: data.id, roles: data.roles, active: data.status !== "deactivated" })
    } else if (type === "task.updated") {
      this.latest = data.period
      if (data.isDone) {
        this.open.delete(data.id)
        this.done.push(data.id)
      } else this.open.set(data.id, { id: data.id, assignee: data.assign })
    } else if (type === "task.registration-ended") this.ended.push(data.period)
    else if (type === "billing.closed") this.closed.add(data.period)
  }
}
