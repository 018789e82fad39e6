/**
 * How many tasks one person creates in a period: each charges somebody a fee, so one person's must have a bound.
 */
import * as Context from "effect/Context"
import type { ActiveActor, Role } from "../company/Actor.ts"
import type { Period } from "../values/BusinessDay.ts"
import type { UserId } from "../values/Ids.ts"

/** Who creates tasks. */
export interface Creator {
  readonly id: UserId
  readonly roles: ReadonlyArray<Role>
}

/**
 * How many tasks a person may create in a period; `null` for any number, 0 for none. Default: 10,000 for managers and
 * admins, 1,000 for everybody else. The system has no bound. Pure and synchronous; roles are as they are now.
 */
export const CreationLimit = Context.Reference<(creator: Creator) => number | null>("@popug/core/tasks/CreationLimit", {
  defaultValue:
    () =>
    ({ roles }) =>
      roles.includes("manager") || roles.includes("admin") ? 10_000 : 1_000
})

/**
 * How many tasks a person has created in the last period in which they created any: one row each, whatever the history.
 */
export interface Creations {
  readonly creator: UserId
  readonly period: Period
  readonly created: number
}

/** How many of a person's tasks count in a period. Periods only move forward: what is of another is over. */
export const createdIn = (period: Period, row: Creations | undefined): number =>
  row?.period === period ? row.created : 0

/** The bound of an actor; a policy that returns no number would be no bound at all, so it is a defect. */
export const limitOf = (
  limit: (creator: Creator) => number | null,
  { actor, roles }: ActiveActor
): { readonly creator: UserId; readonly limit: number } | null => {
  if (actor._tag === "System") return null
  const creator = actor.id as UserId
  const bound = limit({ id: creator, roles: [...roles] })
  if (bound === null) return null
  if (typeof bound !== "number" || !(bound >= 0)) {
    throw new Error(`CreationLimit gave ${creator} ${bound}, which is neither null nor a number from 0 on`)
  }
  return { creator, limit: Math.floor(bound) }
}
