/**
 * What a commit of the users context works on: loaded for it, changed by it, thrown away after it.
 */
import type { UserId } from "../values/Ids.ts"
import type { UserEvent, userEvents } from "./events.ts"
import { type User, withIdentities } from "./User.ts"

/** The users that a batch names, as they are while it is decided. */
export type UserState = Map<UserId, User>

/** What a commit does: an event before it is written, and who caused it, as `Actor.key` writes it. */
export type UserFact = {
  [T in keyof typeof userEvents]: { readonly type: T; readonly by: string; readonly data: UserEvent<T>["data"] }
}[keyof typeof userEvents]

/** Takes a fact into the state, or an event that one became. */
export const evolve = (state: UserState, event: UserFact | UserEvent): void => {
  const { data } = event
  const before = state.get(data.id)
  if (event.type === "user.identified") {
    state.set(data.id, withIdentities({ ...before!, identities: event.data.identities }))
    return
  }
  state.set(data.id, {
    ...before,
    id: data.id,
    name: event.data.name,
    roles: event.data.roles,
    status: event.type === "user.created" ? "active" : event.data.status
  })
}
