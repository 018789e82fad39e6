/**
 * The simulation's commands as requests, and what their answers say of them.
 */
import { createHash } from "node:crypto"
import type { Actor } from "@popug/core"
import type { Elsewhere } from "@popug/testkit/simulation"

export interface Request {
  readonly method: "GET" | "POST" | "PATCH"
  readonly path: string
  readonly body?: unknown
}

const id = encodeURIComponent
const post = (path: string, body: unknown = {}): Request => ({ method: "POST", path, body })

export const requestOf = (act: Elsewhere.Act): Request => {
  switch (act._tag) {
    case "CreateUsers":
      return post("/v1/users/batch", { users: act.users })
    case "UpdateUser": {
      const { id: user, ...change } = act.change
      return { method: "PATCH", path: `/v1/users/${id(user)}`, body: change }
    }
    case "CreateTasks":
      return post("/v1/tasks/batch", { tasks: act.tasks })
    case "EditTask":
      return { method: "PATCH", path: `/v1/tasks/${id(act.edit.id)}`, body: { title: act.edit.title } }
    case "AssignTask":
      return post(`/v1/tasks/${id(act.id)}/assign`, { assignee: act.assignee })
    case "CompleteTask":
      return post(`/v1/tasks/${id(act.id)}/complete`)
    case "Shuffle":
      return post("/v1/tasks/shuffle")
    case "EndRegistration":
      return post("/v1/tasks/registration/end", act.period === null ? {} : { period: act.period })
    case "Correct":
      return post("/v1/billing/corrections", { transfer: act.transfer, reason: act.reason })
    case "ClosePeriod":
      return post(`/v1/billing/periods/${act.period}/close`)
  }
}

/** How the core knows a command that came under a key. */
export const commandOf = (actor: Actor.Actor, key: string): string =>
  `http-${createHash("sha256")
    .update(JSON.stringify([actor._tag === "User" ? actor.id : "", key]))
    .digest("hex")}`

/** `user-not-found` as `UserNotFound`. */
const named = (type: string): string =>
  type
    .replace("urn:popug:problem:", "")
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("")

/** Whom a token names and nobody is, is a stranger to the core. */
const strangers = ["UnknownSubject", "UnknownActor"]

const inFlight = "urn:popug:problem:command-in-flight"

/** What an answer says of the command; undefined when it must be sent again. */
export const outcomeOf = (status: number, json: unknown): Elsewhere.Outcome | undefined => {
  if (status < 300) {
    const answer = json !== null && typeof json === "object" && "data" in json ? json.data : json
    return { _tag: "Acknowledged", answer }
  }
  const { detail, type } = (json ?? {}) as { readonly type?: string; readonly detail?: string }
  if ([502, 503, 504].includes(status) || type === inFlight) return undefined
  if (status >= 500 || status === 401 || type === undefined) {
    return { _tag: "Defect", message: `${status} ${type} ${detail}` }
  }
  const reason = named(type)
  return { _tag: "Refused", reason: strangers.includes(reason) ? "UnknownActor" : reason }
}
