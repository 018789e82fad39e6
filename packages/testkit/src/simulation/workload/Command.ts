/**
 * What the clients of a simulated company ask of it.
 */
import { type Actor, Billing, Tasks, Users } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Services } from "../world/Process.ts"

/** What is asked for, as plain data. */
export type Act =
  | { readonly _tag: "CreateUsers"; readonly users: ReadonlyArray<NewUser> }
  | { readonly _tag: "UpdateUser"; readonly change: UserChange }
  | { readonly _tag: "CreateTasks"; readonly tasks: ReadonlyArray<NewTask> }
  | { readonly _tag: "EditTask"; readonly edit: { readonly id: string; readonly title: string } }
  | { readonly _tag: "AssignTask"; readonly id: string; readonly assignee: string }
  | { readonly _tag: "CompleteTask"; readonly id: string }
  | { readonly _tag: "Shuffle" }
  | { readonly _tag: "EndRegistration"; readonly period: string | null }
  | { readonly _tag: "Correct"; readonly transfer: number; readonly reason: string }
  | { readonly _tag: "ClosePeriod"; readonly period: string }

export interface NewUser {
  readonly id: string
  readonly name: string
  readonly roles: ReadonlyArray<string>
}

interface UserChange {
  readonly id: string
  readonly name: string
  readonly roles?: ReadonlyArray<string>
  readonly status?: "active" | "deactivated"
}

export interface NewTask {
  readonly id?: string
  readonly title: string
  readonly description?: string
  readonly jiraId?: string
}

/** A command with its id, under which it is repeated until it has an answer. */
export interface Command {
  readonly id: string
  readonly actor: Actor.Actor
  readonly act: Act
}

export type ContextName = "users" | "tasks" | "billing"

/** Which context a command belongs to. */
export const contextOf = ({ _tag }: Act): ContextName => {
  if (_tag === "CreateUsers" || _tag === "UpdateUser") return "users"
  return _tag === "Correct" || _tag === "ClosePeriod" ? "billing" : "tasks"
}

interface Tagged {
  readonly _tag: string
}

/** Sends a command once; the errors are those of the use case. */
export const send = (
  services: Context.Context<Services>,
  { act, actor, id: commandId }: Command
): Effect.Effect<unknown, Tagged> => {
  const options = { commandId }
  const answer = (committed: Effect.Effect<{ readonly answer: unknown }, Tagged>) =>
    Effect.map(committed, (done) => done.answer)
  // Where contexts run apart, these are the services of the command's context alone.
  const users = () => Context.get(services, Users)
  const tasks = () => Context.get(services, Tasks)
  const billing = () => Context.get(services, Billing)
  switch (act._tag) {
    case "CreateUsers":
      return answer(users().create(actor, act.users, options))
    case "UpdateUser":
      return answer(users().update(actor, act.change, options))
    case "CreateTasks":
      return answer(tasks().create(actor, act.tasks, options))
    case "EditTask":
      return answer(tasks().edit(actor, act.edit, options))
    case "AssignTask":
      return answer(tasks().assign(actor, act.id, act.assignee, options))
    case "CompleteTask":
      return answer(tasks().complete(actor, act.id, options))
    case "Shuffle":
      return answer(tasks().shuffle(actor, options))
    case "EndRegistration":
      return answer(tasks().endRegistration(actor, act.period === null ? options : { ...options, period: act.period }))
    case "Correct":
      return answer(billing().correct(actor, { transfer: act.transfer, reason: act.reason }, options))
    case "ClosePeriod":
      return answer(billing().close(actor, act.period, options))
  }
}
