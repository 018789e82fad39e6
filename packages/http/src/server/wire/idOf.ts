/**
 * `me`, where a user is named.
 */
import type { Actor } from "@popug/core"

/** The id that a request names: `me` is the acting user. No request is made by the system. */
export const idOf = (actor: Actor.Actor, ref: string): string =>
  ref === "me" && actor._tag === "User" ? actor.id : ref
