/**
 * The tasks context: tasks fall on people at random, are finished, and are registered by business day.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import type * as Actor from "../company/Actor.ts"
import type { Company } from "../company/Company.ts"
import type { CompanyMismatch } from "../company/Identity.ts"
import type * as Command from "../stream/Command.ts"
import type * as Commit from "../stream/Commit.ts"
import type { Consumers } from "../stream/Consumers.ts"
import type { EventBus } from "../stream/EventBus.ts"
import type { EventLog } from "../stream/EventLog.ts"
import * as Resume from "../stream/Resume.ts"
import { Period } from "../values/BusinessDay.ts"
import { Digest, type Sha256 } from "../values/Digest.ts"
import { Ids, TaskId, UserId } from "../values/Ids.ts"
import * as Input from "../values/Input.ts"
import type { StoreError } from "../values/StoreError.ts"
import { traced } from "../values/traced.ts"
import { NewTask, newTaskAtOnce, type TaskCommand, TaskEdit, taskIdAtOnce, type TaskOutcomes } from "./commands.ts"
import { start } from "./commits.ts"
import { reads, type TaskReads } from "./reading.ts"
import type * as Task from "./Task.ts"
import { TaskStore } from "./TaskStore.ts"

type Answer<Tag extends keyof TaskOutcomes, A = TaskOutcomes[Tag]["answer"]> = Effect.Effect<
  Command.Committed<A>,
  TaskOutcomes[Tag]["error"] | Commit.CommonError
>
/** Options of a command about one task. */
type Options = Command.ConditionalOptions<Task.Task>
export class Tasks extends Context.Service<
  Tasks,
  {
    /** `task.create`, for many at once: all are created and assigned in one commit, or none is created. */
    readonly create: (
      actor: Actor.Actor,
      tasks: ReadonlyArray<NewTask>,
      options?: Command.CommandOptions
    ) => Answer<"Create">
    /** `task.update` of title, description and jiraId; what is left out stays. For the assignee and managers. */
    readonly edit: (actor: Actor.Actor, edit: TaskEdit, options?: Options) => Answer<"Edit">
    /** `task.assign` of one task, by hand, to the one named. For managers and admins, unless switched off. */
    readonly assign: (actor: Actor.Actor, id: string, assignee: string, options?: Options) => Answer<"Assign">
    /** `task.update` with status done. For the assignee, or an admin for them. */
    readonly complete: (actor: Actor.Actor, id: string, options?: Options) => Answer<"Complete", Task.Task>
    /** Many tasks at once: all are done in one commit, or none is. */
    readonly completeMany: (
      actor: Actor.Actor,
      ids: ReadonlyArray<string>,
      options?: Command.CommandOptions
    ) => Answer<"CompleteMany">
    /** `task.assign` of every open task, at random. For managers and admins. */
    readonly shuffle: (actor: Actor.Actor, options?: Command.CommandOptions) => Answer<"Shuffle">
    /**
     * Ends the registration of the periods that are over: the schedule's act, safe when late, missed or doubled. With
     * `period` it fails when just that one is not over or has ended. `afterJump` accepts a clock that jumped.
     */
    readonly endRegistration: (
      actor: Actor.Actor,
      options?: Command.CommandOptions & { readonly period?: string; readonly afterJump?: boolean }
    ) => Answer<"EndRegistration">
    /** Lets the context's stopped consumer go on, past the events up to `skip.through` if given. For admins. */
    readonly resume: (
      actor: Actor.Actor,
      options?: Command.CommandOptions & { readonly skip?: Resume.Skip }
    ) => Answer<"Resume">
  } & TaskReads
>()("@popug/core/Tasks") {
  static readonly layer: Layer.Layer<
    Tasks,
    CompanyMismatch | StoreError,
    Company | TaskStore | EventBus | EventLog | Consumers | Ids | Digest | Actor.Directory
  > = Layer.effect(
    Tasks,
    Effect.suspend(() => make)
  )
}

const parseNewTasks = Input.parseOne("tasks", Schema.Array(NewTask), Input.listAtOnce(newTaskAtOnce))
const parseEdit = Input.parse(TaskEdit)
const parseAssign = Input.parse(Schema.Struct({ id: TaskId, assignee: UserId }))
const parseIds = Input.parseOne("ids", Schema.Array(TaskId), Input.listAtOnce(taskIdAtOnce))
const parsePeriod = Input.parseOne("period", Period)
const parseSkip = Input.parse(Resume.Skip)

/** What the operations work with. */
interface Inside {
  readonly store: TaskStore["Service"]
  readonly ids: Ids["Service"]
  readonly sha256: Sha256
  readonly submit: Commit.Submit<TaskCommand, TaskOutcomes>
}

const make = Effect.gen(function* () {
  const services = yield* Effect.context<Actor.Directory | EventLog>()
  const { sha256 } = yield* Digest
  const inside: Inside = { store: yield* TaskStore, ids: yield* Ids, sha256, submit: yield* start }
  return Tasks.of({
    create: create(inside),
    edit: edit(inside),
    assign: assign(inside),
    complete: complete(inside),
    completeMany: completeMany(inside),
    shuffle: shuffle(inside),
    endRegistration: endRegistration(inside),
    resume: flow(resume(inside), Effect.provideContext(services)),
    ...(yield* reads)
  })
})

const create = ({ ids, submit }: Inside) =>
  traced("Tasks.create")(function* (
    actor: Actor.Actor,
    input: ReadonlyArray<NewTask>,
    options?: Command.CommandOptions
  ) {
    const parsed = yield* parseNewTasks(input)
    const fresh = (yield* ids.many(parsed.filter((task) => task.id === undefined).length)).values()
    const tasks = parsed.map((task) => ({ ...task, id: task.id ?? TaskId.make(fresh.next().value!) }))
    return yield* submit(actor, { _tag: "Create", tasks }, parsed, options)
  })

const edit = ({ submit }: Inside) =>
  traced("Tasks.edit")(function* (actor: Actor.Actor, input: TaskEdit, options?: Options) {
    const parsed = yield* parseEdit(input)
    return yield* submit(actor, { _tag: "Edit", edit: parsed, onlyIf: options?.onlyIf }, parsed, options)
  })

const assign = ({ submit }: Inside) =>
  traced("Tasks.assign")(function* (actor: Actor.Actor, id: string, assignee: string, options?: Options) {
    const parsed = yield* parseAssign({ id, assignee })
    return yield* submit(actor, { _tag: "Assign", ...parsed, onlyIf: options?.onlyIf }, parsed, options)
  })

const completeMany = ({ submit }: Inside) =>
  traced("Tasks.completeMany")(function* (
    actor: Actor.Actor,
    input: ReadonlyArray<string>,
    options?: Command.CommandOptions
  ) {
    const ids = yield* parseIds(input)
    return yield* submit(actor, { _tag: "CompleteMany", ids }, { ids, isDone: true }, options)
  })

const complete = ({ submit }: Inside) =>
  traced("Tasks.complete")(function* (actor: Actor.Actor, input: string, options?: Options) {
    const ids = yield* parseIds([input])
    const command = { _tag: "Complete", id: ids[0]!, onlyIf: options?.onlyIf } as const
    const { answer, number } = yield* submit(actor, command, { ids, isDone: true }, options)
    return { answer: answer[0]!, number }
  })

const shuffle = ({ submit }: Inside) =>
  traced("Tasks.shuffle")((actor: Actor.Actor, options?: Command.CommandOptions) =>
    submit(actor, { _tag: "Shuffle" }, {}, options)
  )

const endRegistration = ({ submit }: Inside) =>
  traced("Tasks.endRegistration")(function* (
    actor: Actor.Actor,
    options: Command.CommandOptions & { readonly period?: string; readonly afterJump?: boolean } = {}
  ) {
    const period = options.period === undefined ? null : yield* parsePeriod(options.period)
    const content = { period, afterJump: options.afterJump ?? false }
    return yield* submit(actor, { _tag: "EndRegistration", ...content }, content, options)
  })

const resume = ({ sha256, store, submit }: Inside) =>
  traced("Tasks.resume")(function* (
    actor: Actor.Actor,
    options: Command.CommandOptions & { readonly skip?: Resume.Skip } = {}
  ) {
    yield* Access.authorize(actor, "operate the streams")
    const asked = options.skip === undefined ? null : yield* parseSkip(options.skip)
    // No event of the users' ends a period.
    const endsPeriod = () => false
    const skip = asked === null ? null : yield* Resume.prepare(sha256, (yield* store.head).cursor, asked, endsPeriod)
    return yield* submit(actor, { _tag: "Resume", skip }, asked, options)
  })
