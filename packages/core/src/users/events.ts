/**
 * What the users context tells the others: who is in the company, and what became of them.
 */
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import * as Actor from "../company/Actor.ts"
import { Identities } from "../company/ExternalIdentity.ts"
import { decoder, define, type Event, publisher, type RecordedData } from "../stream/Event.ts"
import { UserId } from "../values/Ids.ts"

export const UserCreated = Schema.Struct({ id: UserId, name: Schema.String, roles: Schema.Array(Actor.Role) })
export type UserCreated = typeof UserCreated.Type

export const UserUpdated = Schema.Struct({ ...UserCreated.fields, status: Actor.UserStatus })
export type UserUpdated = typeof UserUpdated.Type

/** Apart from the others, since it is for the eyes of those who may change users. */
export const UserIdentified = Schema.Struct({ id: UserId, identities: Identities })
export type UserIdentified = typeof UserIdentified.Type

const readersOfUsers = (actor: Actor.ActiveActor, { id }: RecordedData): boolean =>
  Access.may(actor, "see all users") || Actor.isUser(actor, id)

/** The events of the users' stream. */
export const userEvents = {
  "user.created": define({
    kind: "CUD",
    producer: "users",
    consumers: ["tasks", "billing"],
    version: 1,
    description: "A user was created, active.",
    data: UserCreated,
    visibleTo: readersOfUsers
  }),
  "user.updated": define({
    kind: "CUD",
    producer: "users",
    consumers: ["tasks", "billing"],
    version: 1,
    description: "A user's name, roles or status changed. The state after the change.",
    data: UserUpdated,
    visibleTo: readersOfUsers
  }),
  "user.identified": define({
    kind: "CUD",
    producer: "users",
    consumers: [],
    version: 1,
    description: "Who a user is to identity providers changed. All identities after the change.",
    data: UserIdentified,
    visibleTo: (actor) => Access.may(actor, "create or change users")
  })
} as const

/** An event of the users' stream that was read; of one type with `T`. */
export type UserEvent<T extends keyof typeof userEvents = keyof typeof userEvents> = Event<typeof userEvents, T>

export const decodeUserEvent = decoder(userEvents)
export const publishUserEvent = publisher(userEvents)
