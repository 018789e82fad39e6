/**
 * What people may do: the access rules of every use case and query, in one place. A popug sees their own tasks, account
 * and audit log; what takes a role is in `rules`.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Actor from "./Actor.ts"

/** The actor has none of the roles that may do this. */
export class NotAllowed extends Schema.TaggedError<NotAllowed>()("NotAllowed", {
  actor: Schema.String,
  action: Schema.String
}) {
  override get message(): string {
    return `${this.actor} may not ${this.action}`
  }
}

/** Everything that is not open to everybody active, and the roles it takes; the system may do all of it. */
export const rules = {
  "create or change users": ["admin"],
  "see all users": ["admin", "manager", "accountant"],
  "shuffle tasks": ["manager", "admin"],
  "see what shuffles cost": ["manager", "accountant", "admin"],
  "assign a task by hand": ["manager", "admin"],
  "edit others' tasks": ["manager", "admin"],
  "complete others' tasks": ["admin"],
  "see all tasks": ["manager", "admin"],
  "end the registration of a period": ["admin", "accountant"],
  "see the books": ["accountant", "admin"],
  "close a period": ["accountant", "admin"],
  "correct a transfer": ["accountant"],
  "see the analytics": ["admin"],
  "operate the streams": ["admin"]
} as const satisfies Record<string, ReadonlyArray<Actor.Role>>
export type Action = keyof typeof rules

export const may = (self: Actor.ActiveActor, action: Action): boolean => Actor.hasRole(self, ...rules[action])

/** Looks up one actor and checks one rule. */
export const authorize = Effect.fnUntraced(function* (actor: Actor.Actor, action: Action) {
  const admitted = yield* Actor.require(actor)
  return may(admitted, action) ? admitted : yield* refuse(actor, action)
})

/** Why an actor may not do something; undefined if they may. */
export const refusal = (self: Actor.ActiveActor, action: Action): NotAllowed | undefined =>
  may(self, action) ? undefined : refuse(self.actor, action)

export const refuse = (actor: Actor.Actor, action: string): NotAllowed =>
  new NotAllowed({ actor: Actor.key(actor), action })
