/**
 * The decisions of the users context: pure functions from users and a command to facts or a refusal.
 */
import * as Result from "effect/Result"
import * as Access from "../company/Access.ts"
import type * as Actor from "../company/Actor.ts"
import { type ExternalIdentity, IdentityTaken, keyOf } from "../company/ExternalIdentity.ts"
import { Changed, holds } from "../stream/Command.ts"
import { type Decision, decision } from "../stream/fold.ts"
import type { UserId } from "../values/Ids.ts"
import { UserAlreadyExists, type NewUserWithId, type UserCommand, UserNotFound, type UserOutcomes } from "./commands.ts"
import type { UserFact, UserState } from "./state.ts"
import { type User, withIdentities } from "./User.ts"

type ReadonlyUsers = Readonly<Pick<UserState, "get" | "has" | "values">>
type Outcome = UserOutcomes[UserCommand["_tag"]]
type Decided = Result.Result<Decision<UserFact, Outcome["answer"]>, Outcome["error"]>

export const decide = (state: ReadonlyUsers, command: UserCommand, actor: Actor.ActiveActor): Decided => {
  const refusal = withhold(command, actor)
  if (refusal !== undefined) return Result.fail(refusal)
  return command._tag === "Create" ? create(state, command.users, actor.key) : update(state, command, actor.key)
}

/** Whether a command, or its recorded answer, is for the actor. */
export const withhold = (_: UserCommand, actor: Actor.ActiveActor): Access.NotAllowed | undefined =>
  Access.refusal(actor, "create or change users")

const create = (state: ReadonlyUsers, users: ReadonlyArray<NewUserWithId>, by: string): Decided => {
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
      created.flatMap(({ id, identities, name, roles }): ReadonlyArray<UserFact> => [
        { type: "user.created", by, data: { id, name, roles } },
        ...(identities === undefined ? [] : [identified(by, id, identities)])
      ])
    )
  )
}

const identified = (by: string, id: UserId, identities: ReadonlyArray<ExternalIdentity>): UserFact => ({
  type: "user.identified",
  by,
  data: { id, identities }
})

/** Who has which identity; nothing is looked for when nobody asks for one. */
const holdersOf = (state: ReadonlyUsers, asking: ReadonlyArray<Pick<User, "identities">>): Map<string, UserId> => {
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
  state: ReadonlyUsers,
  { _tag, onlyIf, ...change }: Extract<UserCommand, { readonly _tag: "Update" }>,
  by: string
): Decided => {
  const before = state.get(change.id)
  if (before === undefined) return Result.fail(new UserNotFound({ id: change.id }))
  if (!holds(onlyIf, before)) return Result.fail(new Changed({ id: change.id }))
  const { identities = [] } = change
  const taken = claim(holdersOf(state, [{ identities }]), change.id, identities)
  if (taken !== undefined) return Result.fail(taken)
  const after: User = withIdentities({ ...before, ...change })
  const { id, name, roles, status } = after
  const events: ReadonlyArray<UserFact> = [
    ...(same(before, after) ? [] : [{ type: "user.updated", by, data: { id, name, roles, status } } as const]),
    ...(sameIdentities(before, after) ? [] : [identified(by, id, after.identities ?? [])])
  ]
  return Result.succeed(decision(after, events))
}

const same = (a: User, b: User): boolean =>
  a.name === b.name && a.status === b.status && a.roles.join(" ") === b.roles.join(" ")

const sameIdentities = (a: User, b: User): boolean =>
  (a.identities ?? []).map(keyOf).join() === (b.identities ?? []).map(keyOf).join()
