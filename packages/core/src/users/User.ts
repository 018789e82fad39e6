/**
 * A user of the company. There is no delete: a user is deactivated.
 */
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import * as Actor from "../company/Actor.ts"
import { Identities } from "../company/ExternalIdentity.ts"
import { UserId } from "../values/Ids.ts"
import { Name } from "../values/Text.ts"

/** At least one role, each once. */
export const Roles = Schema.Array(Actor.Role).check(
  Schema.isMinLength(1),
  Schema.isMaxLength(20),
  Schema.makeFilter((roles: ReadonlyArray<string>) => new Set(roles).size === roles.length || "each role once")
)

export const User = Schema.Struct({
  id: UserId,
  name: Name,
  roles: Roles,
  status: Actor.UserStatus,
  /** Who they are to identity providers; left out when there is none, and to all but those who may change users. */
  identities: Schema.optionalKey(Identities)
})
export type User = typeof User.Type

/** A user without identities has no list of them. */
export const withIdentities = ({ identities = [], ...user }: User): User =>
  identities.length === 0 ? user : { ...user, identities }

/** A user as the actor may see them. */
export const shownTo = (actor: Actor.ActiveActor, user: User): User => {
  if (user.identities === undefined || Access.may(actor, "create or change users")) return user
  const { identities: _, ...rest } = user
  return rest
}
