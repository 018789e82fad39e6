/**
 * Checks of who acted: nobody who was put out longer ago than the lease lasts, and nobody was taken for a stranger.
 */
import { Actor } from "@popug/core"
import { toldOf } from "../model.ts"
import { contextOf } from "../workload/Command.ts"
import type { Evidence } from "./Evidence.ts"
import type { Findings } from "./Violation.ts"

/** For how long what was known of somebody answers. */
const leaseMillis = 5_000

const rule = "who acts"

/** Somebody became active, or was deactivated; epoch milliseconds. */
interface Change {
  readonly at: number
  readonly active: boolean
}

/** When each user became active or was put out, by `Actor.key`. */
const historyOf = ({ committed, events }: Evidence): ReadonlyMap<string, ReadonlyArray<Change>> => {
  const history = new Map<string, Array<Change>>()
  for (const { data, number, type } of events.users) {
    if (type !== "user.created" && type !== "user.updated") continue
    const { id, status = "active" } = data as { readonly id: string; readonly status?: string }
    const changes = history.get(`user:${id}`) ?? []
    changes.push({ at: committed.get(number) ?? 0, active: status === "active" })
    history.set(`user:${id}`, changes)
  }
  return history
}

/** Whether somebody was active at any instant of the lease that ends then. */
const wasActive = (changes: ReadonlyArray<Change>, at: number): boolean =>
  changes.findLast((change) => change.at <= at - leaseMillis)?.active === true ||
  changes.some((change) => change.active && change.at > at - leaseMillis && change.at <= at)

export const acting = (evidence: Evidence, findings: Findings): void => {
  const history = historyOf(evidence)
  inUsers(evidence, findings)
  for (const { act, actor, id, outcome, sentAt } of evidence.asked) {
    if (actor._tag === "System") continue
    const changes = history.get(Actor.key(actor)) ?? []
    if (outcome?._tag === "Refused" && outcome.reason === "UnknownActor" && sentAt !== undefined) {
      const known = changes[0] !== undefined && changes[0].at < sentAt
      findings.expect(!known, rule, () => `${id} of ${actor.id} was refused: they were taken for a stranger`)
    }
    const at = evidence.saved.get(id)
    if (!evidence.settings.apart || contextOf(act) === "users" || at === undefined || !evidence.recorded.has(id))
      continue
    findings.expect(
      wasActive(changes, at),
      rule,
      () => `${id} of ${actor.id} was taken at ${at}, long after they were put out: ${JSON.stringify(changes)}`
    )
  }
}

/** The users context looks up who acts under its own head: by its own stream they are active, and admins. */
const inUsers = ({ events }: Evidence, findings: Findings): void => {
  const admins = new Set<string>(["system"])
  for (const { actor, data, number, type } of events.users) {
    findings.expect(admins.has(actor), rule, () => `users' event ${number} is by ${actor}, who may not do it by then`)
    if (type !== "user.created" && type !== "user.updated") continue
    const { id, roles, status } = toldOf(data)
    if (status === "active" && roles.includes("admin")) admins.add(`user:${id}`)
    else admins.delete(`user:${id}`)
  }
}
