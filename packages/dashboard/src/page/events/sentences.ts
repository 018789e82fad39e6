/**
 * Events as one tells them. Events carry the state after a change: what a change was is told by the one before, where
 * it is known.
 */
import type { Followed } from "@popug/http/promises"
import { personPath, taskPath } from "../address/paths.ts"

/** What an event says, as far as sentences need it. */
export type Told = Pick<Followed, "number" | "type" | "actor" | "time"> & {
  readonly data: unknown
  readonly source: string
}

export interface Sentence {
  /** The text, of the catalogue of events. */
  readonly text: SentenceId
  readonly values: Readonly<Record<string, string | number>>
  /** Roles, ids of people and days among the values, which are shown by name. */
  readonly roles?: ReadonlyArray<string>
  readonly person?: string
  readonly day?: string
  /** Where one sees more of it. */
  readonly to?: string
}

const changes = ["created", "assigned", "unassigned", "edited", "done"] as const

type SentenceId =
  | "event.user.created"
  | "event.user.changed"
  | "event.user.renamed"
  | "event.user.roles"
  | "event.user.deactivated"
  | "event.user.reactivated"
  | "event.user.identified"
  | `event.task.${(typeof changes)[number]}`
  | "event.shuffled"
  | "event.ended"
  | "event.closed"
  | "event.skipped"
  | "event.other"

interface User {
  readonly id: string
  readonly name: string
  readonly roles: ReadonlyArray<string>
  readonly status?: "active" | "deactivated"
}

const ofUser = (now: User, before: User | undefined): Sentence => {
  const { id, name, roles } = now
  const rest = { values: { name }, to: personPath(id) }
  if (before === undefined) return { ...rest, text: "event.user.changed", roles }
  if (now.status !== (before.status ?? "active")) {
    return { ...rest, text: now.status === "deactivated" ? "event.user.deactivated" : "event.user.reactivated" }
  }
  if (name !== before.name) return { ...rest, text: "event.user.renamed", values: { name, before: before.name } }
  return { ...rest, text: "event.user.roles", roles }
}

interface Task {
  readonly id: string
  readonly title: string
  readonly assign: string | null
  readonly change: (typeof changes)[number]
}

const ofTask = ({ assign, change, id, title }: Task): Sentence => ({
  text: `event.task.${change}`,
  values: { title },
  to: taskPath(id),
  ...(change === "assigned" && assign !== null ? { person: assign } : {})
})

/** Tells an event; `before` is the user it is about as they were. */
const tell = ({ data, source, type }: Told, before: User | undefined): Sentence => {
  const some = data as Readonly<Record<string, string & number>>
  switch (type) {
    case "user.created": {
      const { id, name, roles } = data as User
      return { text: "event.user.created", values: { name }, roles, to: personPath(id) }
    }
    case "user.updated":
      return ofUser(data as User, before)
    case "user.identified": {
      const { id, identities } = data as { readonly id: string; readonly identities: ReadonlyArray<unknown> }
      return { text: "event.user.identified", values: { count: identities.length }, person: id, to: personPath(id) }
    }
    case "task.updated":
      return ofTask(data as Task)
    case "task.shuffled":
      return { text: "event.shuffled", values: { open: some["open"]!, reassigned: some["reassigned"]! } }
    case "task.registration-ended":
      return { text: "event.ended", values: {}, day: some["period"]!, to: `/periods/${some["period"]}` }
    case "billing.closed":
      return { text: "event.closed", values: {}, day: some["period"]!, to: `/periods/${some["period"]}` }
    case "task.event-skipped":
    case "billing.event-skipped": {
      const { consumer, first, last, reason } = some
      return {
        text: "event.skipped",
        values: { consumer: consumer!, first: first!, last: last!, reason: reason! },
        to: "/operator"
      }
    }
    default:
      return { text: "event.other", values: { type, source } }
  }
}

/** Events in the order of their numbers, as sentences in the same order. */
export const sentencesOf = <E extends Told>(
  events: ReadonlyArray<E>
): ReadonlyArray<{ readonly event: E; readonly sentence: Sentence }> => {
  const users = new Map<string, User>()
  return events.map((event) => {
    const { id } = event.data as { readonly id?: string }
    const before = id === undefined ? undefined : users.get(id)
    if (event.type === "user.created" || event.type === "user.updated") users.set(id!, event.data as User)
    return { event, sentence: tell(event, before) }
  })
}
