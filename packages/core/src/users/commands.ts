/**
 * What is asked of the users context, what it answers, and what can be wrong with it.
 */
import * as Schema from "effect/Schema"
import type * as Access from "../company/Access.ts"
import * as Actor from "../company/Actor.ts"
import { Identities, type IdentityTaken } from "../company/ExternalIdentity.ts"
import type { Changed, OnlyIf } from "../stream/Command.ts"
import { UserId } from "../values/Ids.ts"
import { Name } from "../values/Text.ts"
import { Roles, type User } from "./User.ts"

/** What `Users.create` takes for each user; without an id a new one is made. */
export const NewUser = Schema.Struct({
  id: Schema.optionalKey(UserId),
  name: Name,
  roles: Roles,
  identities: Schema.optionalKey(Identities)
})
export type NewUser = typeof NewUser.Encoded

/** What `Users.update` takes: what is left out stays. */
export const UserChange = Schema.Struct({
  id: UserId,
  name: Schema.optionalKey(Name),
  roles: Schema.optionalKey(Roles),
  status: Schema.optionalKey(Actor.UserStatus),
  /** All of them, in place of those there were. */
  identities: Schema.optionalKey(Identities)
})
export type UserChange = typeof UserChange.Encoded

/** No user has this id. */
export class UserNotFound extends Schema.TaggedError<UserNotFound>()("UserNotFound", { id: Schema.String }) {
  override get message(): string {
    return `no user has the id ${this.id}`
  }
}

/** A user with this id exists already. */
export class UserAlreadyExists extends Schema.TaggedError<UserAlreadyExists>()("UserAlreadyExists", {
  id: UserId
}) {
  override get message(): string {
    return `a user with the id ${this.id} exists already`
  }
}

export type UserCommand =
  | { readonly _tag: "Create"; readonly users: ReadonlyArray<NewUserWithId> }
  | ({ readonly _tag: "Update"; readonly onlyIf?: OnlyIf<User> } & typeof UserChange.Type)

export type NewUserWithId = Omit<User, "status">

/** What each command is recorded as, in the words of the event storming. */
export const names = { Create: "user.create", Update: "user.update" } as const satisfies Record<
  UserCommand["_tag"],
  string
>

/** What each command answers and can fail with. */
export interface UserOutcomes {
  readonly Create: {
    readonly answer: ReadonlyArray<User>
    readonly error: UserAlreadyExists | IdentityTaken | Access.NotAllowed
  }
  readonly Update: { readonly answer: User; readonly error: UserNotFound | IdentityTaken | Changed | Access.NotAllowed }
}
