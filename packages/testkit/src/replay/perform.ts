/**
 * How a command of a trace becomes a call of the real use cases.
 */
import {
  Actor,
  NotAssignee,
  TaskAlreadyDone,
  type TaskId,
  TaskNotFound,
  Tasks,
  UnknownActor,
  UserNotFound,
  Users
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Identify, Names } from "./Names.ts"
import * as Trace from "./Trace.ts"

const actorOf = (names: Names, name: string): Result.Result<Actor.Actor, UnknownActor> => {
  if (name === Trace.system) return Result.succeed(Actor.system)
  const id = names.id("user", name)
  if (id === undefined) return Result.fail(new UnknownActor({ actor: Actor.key(Actor.user(name)) }))
  return Result.succeed(Actor.user(id))
}

/** Whoever holds the task at this moment. */
const holderOf = Effect.fnUntraced(function* (id: TaskId) {
  const tasks = yield* Tasks
  const task = yield* tasks.get(Actor.system, id)
  if (task.status === "done") return yield* new TaskAlreadyDone({ id })
  if (task.assignee === null) return yield* new NotAssignee({ id, actor: Trace.assignee, assignee: null })
  return Actor.user(task.assignee)
})

type TaskUpdate = Extract<Trace.Command, { readonly command: "task.update" }>

/** A call of a use case, which may refuse; it speaks of the company's ids. */
type Call = Effect.Effect<void, Refusal, Users | Tasks>
type Refusal =
  | Effect.Error<ReturnType<Users["Service"]["create" | "update"]>>
  | Effect.Error<ReturnType<Tasks["Service"]["create" | "complete" | "shuffle"]>>
type UnknownName = UnknownActor | UserNotFound | TaskNotFound

/** Looks up the names that a command mentions, and returns the call of its use case. */
export const perform = (names: Names, identify: Identify, command: Trace.Command): Result.Result<Call, UnknownName> => {
  if (command.command === "task.update") return complete(names, command)
  return Result.flatMap(actorOf(names, command.actor), (actor): Result.Result<Call, UnknownName> => {
    switch (command.command) {
      case "user.create": {
        const { id, ...user } = command.data
        const create = (id: string) => Effect.flatMap(Users, (users) => users.create(actor, [{ ...user, id }]))
        return Result.succeed(created(names, identify, "user", id, create))
      }
      case "user.update": {
        const id = names.id("user", command.data.id)
        if (id === undefined) return Result.fail(new UserNotFound({ id: command.data.id }))
        return Result.succeed(
          Effect.flatMap(Users, (users) => Effect.asVoid(users.update(actor, { ...command.data, id })))
        )
      }
      case "task.create": {
        const { id, ...task } = command.data
        const create = (id: string) => Effect.flatMap(Tasks, (tasks) => tasks.create(actor, [{ ...task, id }]))
        return Result.succeed(created(names, identify, "task", id, create))
      }
      case "task.assign":
        return Result.succeed(Effect.flatMap(Tasks, (tasks) => Effect.asVoid(tasks.shuffle(actor))))
    }
  })
}

/** Creates something under the company's id, which it keeps when the trace uses a name twice. */
const created = <E, R>(
  names: Names,
  identify: Identify,
  kind: "user" | "task",
  name: string,
  create: (id: string) => Effect.Effect<unknown, E, R>
) =>
  Effect.gen(function* () {
    const id = names.id(kind, name) ?? (yield* identify(name, kind))
    yield* create(id)
    names.add(kind, name, id)
  })

const complete = (names: Names, { actor: name, data }: TaskUpdate): Result.Result<Call, UnknownName> => {
  const actor = name === Trace.assignee ? Result.succeed(undefined) : actorOf(names, name)
  return Result.flatMap(actor, (known) => {
    const id = names.id("task", data.id) as TaskId | undefined
    if (id === undefined) return Result.fail(new TaskNotFound({ id: data.id }))
    return Result.succeed(
      Effect.gen(function* () {
        const tasks = yield* Tasks
        yield* tasks.complete(known ?? (yield* holderOf(id)), id)
      })
    )
  })
}
