/**
 * A user of the company, and the pure rules of making and changing one. There is no delete: a user is deactivated.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Actor from "../Actor.ts"
import { Changed, holds, type OnlyIf } from "../commands/Command.ts"
import { type Decision, decision } from "../commands/Fold.ts"
import type { UserCreated, UserUpdated } from "../events/Catalog.ts"
import { UserId } from "../Ids.ts"
import { Name } from "../Text.ts"

/** At least one role, each once. */
export const Roles = Schema.Array(Actor.Role).check(
  Schema.isMinLength(1),
  Schema.isMaxLength(20),
  Schema.makeFilter((roles: ReadonlyArray<string>) => new Set(roles).size === roles.length || "each role once")
)

export const User = Schema.Struct({ id: UserId, name: Name, roles: Roles, status: Actor.UserStatus })
export type User = typeof User.Type

/** What `Users.create` takes for each user; without an id a new one is made. */
export const NewUser = Schema.Struct({ id: Schema.optionalKey(UserId), name: Name, roles: Roles })
export type NewUser = typeof NewUser.Encoded

/** What `Users.update` takes: what is left out stays. */
export const UserChange = Schema.Struct({
  id: UserId,
  name: Schema.optionalKey(Name),
  roles: Schema.optionalKey(Roles),
  status: Schema.optionalKey(Actor.UserStatus)
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
  | { readonly _tag: "Create"; readonly users: ReadonlyArray<Omit<User, "status">> }
  | ({ readonly _tag: "Update"; readonly onlyIf?: OnlyIf<User> } & typeof UserChange.Type)

export type UserEvent =
  | { readonly type: "user.created"; readonly data: UserCreated }
  | { readonly type: "user.updated"; readonly data: UserUpdated }

type UserError = UserNotFound | UserAlreadyExists | Changed | Actor.NotAllowed

/** The users that a batch names, as they are while it is decided. */
export type UserState = Map<UserId, User>

/** What each command answers and can fail with. */
export interface UserOutcomes {
  readonly Create: { readonly answer: ReadonlyArray<User>; readonly error: UserAlreadyExists | Actor.NotAllowed }
  readonly Update: { readonly answer: User; readonly error: UserNotFound | Changed | Actor.NotAllowed }
}
type Decided = Result.Result<Decision<UserEvent, ReadonlyArray<User> | User>, UserError>

export const decide = (state: ReadonlyMap<UserId, User>, command: UserCommand, actor: Actor.ActiveActor): Decided => {
  const refusal = withhold(command, actor)
  if (refusal !== undefined) return Result.fail(refusal)
  return command._tag === "Create" ? create(state, command.users) : update(state, command)
}

/** Whether a command, or its recorded answer, is for the actor. */
export const withhold = (_: UserCommand, actor: Actor.ActiveActor): Actor.NotAllowed | undefined =>
  Actor.refusal(actor, "create or change users")

const create = (state: ReadonlyMap<UserId, User>, users: ReadonlyArray<Omit<User, "status">>): Decided => {
  const seen = new Set<UserId>()
  for (const { id } of users) {
    if (state.has(id) || seen.has(id)) return Result.fail(new UserAlreadyExists({ id }))
    seen.add(id)
  }
  return Result.succeed(
    decision(
      users.map((user): User => ({ ...user, status: "active" })),
      users.map(({ id, name, roles }) => ({ type: "user.created", data: { id, name, roles } }))
    )
  )
}

const update = (
  state: ReadonlyMap<UserId, User>,
  { _tag, onlyIf, ...change }: Extract<UserCommand, { readonly _tag: "Update" }>
): Decided => {
  const before = state.get(change.id)
  if (before === undefined) return Result.fail(new UserNotFound({ id: change.id }))
  if (!holds(onlyIf, before)) return Result.fail(new Changed({ id: change.id }))
  const after: User = { ...before, ...change }
  return Result.succeed(decision(after, same(before, after) ? [] : [{ type: "user.updated", data: after }]))
}

const same = (a: User, b: User): boolean =>
  a.name === b.name && a.status === b.status && a.roles.join(" ") === b.roles.join(" ")

/** Takes an event into the batch's state. */
export const evolve = (state: UserState, event: UserEvent): void => {
  const { data } = event
  state.set(data.id, {
    id: data.id,
    name: data.name,
    roles: data.roles,
    status: event.type === "user.created" ? "active" : event.data.status
  })
}
