/**
 * A user of the company, and the pure rules of making and changing one. There is no delete: a user is deactivated.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import * as Actor from "../company/Actor.ts"
import { Changed, holds, type OnlyIf } from "../stream/Command.ts"
import { type Decision, decision } from "../stream/Fold.ts"
import type { UserCreated, UserIdentified, UserUpdated } from "./events.ts"
import { UserId } from "../values/Ids.ts"
import { Name } from "../values/Text.ts"
import { type ExternalIdentity, Identities, IdentityTaken, keyOf } from "../company/ExternalIdentity.ts"

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
  | { readonly _tag: "Create"; readonly users: ReadonlyArray<Omit<User, "status">> }
  | ({ readonly _tag: "Update"; readonly onlyIf?: OnlyIf<User> } & typeof UserChange.Type)

export type UserEvent =
  | { readonly type: "user.created"; readonly data: UserCreated }
  | { readonly type: "user.updated"; readonly data: UserUpdated }
  | { readonly type: "user.identified"; readonly data: UserIdentified }

type UserError = UserNotFound | UserAlreadyExists | IdentityTaken | Changed | Access.NotAllowed

/** The users that a batch names, as they are while it is decided. */
export type UserState = Map<UserId, User>

/** What each command answers and can fail with. */
export interface UserOutcomes {
  readonly Create: {
    readonly answer: ReadonlyArray<User>
    readonly error: UserAlreadyExists | IdentityTaken | Access.NotAllowed
  }
  readonly Update: { readonly answer: User; readonly error: UserNotFound | IdentityTaken | Changed | Access.NotAllowed }
}
type Decided = Result.Result<Decision<UserEvent, ReadonlyArray<User> | User>, UserError>

export const decide = (state: ReadonlyMap<UserId, User>, command: UserCommand, actor: Actor.ActiveActor): Decided => {
  const refusal = withhold(command, actor)
  if (refusal !== undefined) return Result.fail(refusal)
  return command._tag === "Create" ? create(state, command.users) : update(state, command)
}

/** Whether a command, or its recorded answer, is for the actor. */
export const withhold = (_: UserCommand, actor: Actor.ActiveActor): Access.NotAllowed | undefined =>
  Access.refusal(actor, "create or change users")

const create = (state: ReadonlyMap<UserId, User>, users: ReadonlyArray<Omit<User, "status">>): Decided => {
  const seen = new Set<UserId>()
  const holders = holdersOf(state, users)
  for (const { id, identities = [] } of users) {
    if (state.has(id) || seen.has(id)) return Result.fail(new UserAlreadyExists({ id }))
    seen.add(id)
    const taken = claim(holders, id, identities)
    if (taken !== undefined) return Result.fail(taken)
  }
  const created = users.map((user): User => withIdentities({ ...user, status: "active" }))
  return Result.succeed(
    decision(
      created,
      created.flatMap(({ id, identities, name, roles }): ReadonlyArray<UserEvent> => [
        { type: "user.created", data: { id, name, roles } },
        ...(identities === undefined ? [] : [identified(id, identities)])
      ])
    )
  )
}

const identified = (id: UserId, identities: ReadonlyArray<ExternalIdentity>): UserEvent => ({
  type: "user.identified",
  data: { id, identities }
})

/** A user without identities has no list of them. */
const withIdentities = ({ identities = [], ...user }: User): User =>
  identities.length === 0 ? user : { ...user, identities }

/** Who has which identity; nothing is looked for when nobody asks for one. */
const holdersOf = (
  state: ReadonlyMap<UserId, User>,
  asking: ReadonlyArray<Pick<User, "identities">>
): Map<string, UserId> => {
  const holders = new Map<string, UserId>()
  if (asking.every(({ identities = [] }) => identities.length === 0)) return holders
  for (const { id, identities = [] } of state.values()) {
    for (const identity of identities) holders.set(keyOf(identity), id)
  }
  return holders
}

/** Takes identities for a user, or says whose the first that is taken is. */
const claim = (
  holders: Map<string, UserId>,
  id: UserId,
  identities: ReadonlyArray<ExternalIdentity>
): IdentityTaken | undefined => {
  for (const identity of identities) {
    const holder = holders.get(keyOf(identity))
    if (holder !== undefined && holder !== id) return new IdentityTaken({ ...identity, id: holder })
    holders.set(keyOf(identity), id)
  }
  return undefined
}

const update = (
  state: ReadonlyMap<UserId, User>,
  { _tag, onlyIf, ...change }: Extract<UserCommand, { readonly _tag: "Update" }>
): Decided => {
  const before = state.get(change.id)
  if (before === undefined) return Result.fail(new UserNotFound({ id: change.id }))
  if (!holds(onlyIf, before)) return Result.fail(new Changed({ id: change.id }))
  const { identities = [] } = change
  const taken = claim(holdersOf(state, [{ identities }]), change.id, identities)
  if (taken !== undefined) return Result.fail(taken)
  const after: User = withIdentities({ ...before, ...change })
  const { id, name, roles, status } = after
  const events: ReadonlyArray<UserEvent> = [
    ...(same(before, after) ? [] : [{ type: "user.updated", data: { id, name, roles, status } } as const]),
    ...(sameIdentities(before, after) ? [] : [identified(id, after.identities ?? [])])
  ]
  return Result.succeed(decision(after, events))
}

const same = (a: User, b: User): boolean =>
  a.name === b.name && a.status === b.status && a.roles.join(" ") === b.roles.join(" ")

const sameIdentities = (a: User, b: User): boolean =>
  (a.identities ?? []).map(keyOf).join() === (b.identities ?? []).map(keyOf).join()

/** A user as the actor may see them. */
export const shownTo = (actor: Actor.ActiveActor, user: User): User => {
  if (user.identities === undefined || Access.may(actor, "create or change users")) return user
  const { identities: _, ...rest } = user
  return rest
}

/** Takes an event into the batch's state. */
export const evolve = (state: UserState, event: UserEvent): void => {
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
