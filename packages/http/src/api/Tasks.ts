/**
 * Tasks over HTTP: they fall on people at random, and are finished.
 */
import { NewTask, Task, TaskEdit, TaskId, UserId } from "@popug/core"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Errors from "./Errors.ts"
import { Authorization, Idempotency, RateLimit } from "./middleware.ts"
import * as Problem from "./Problem.ts"
import {
  idempotencyKey,
  ifMatch,
  ifNoneMatch,
  Made,
  NotModified,
  Page,
  paging,
  Period,
  Tagged,
  UserRef
} from "./wire.ts"

/** A task as it is sent: what comes out of the core was checked when it came in, and is not checked again. */
const TaskView = Schema.Struct({
  id: TaskId,
  title: Schema.String,
  description: Schema.String,
  jiraId: Schema.NullOr(Schema.String),
  status: Task.TaskStatus,
  assignee: Schema.NullOr(UserId),
  assignment: Schema.Int
}).annotate({ identifier: "Task" })
const newTask = NewTask.annotate({ identifier: "NewTask" })
const taskEdit = Schema.Struct({
  title: TaskEdit.fields.title,
  description: TaskEdit.fields.description,
  jiraId: TaskEdit.fields.jiraId
}).annotate({ identifier: "TaskEdit" })
const Tasks_ = Schema.Struct({ data: Schema.Array(TaskView) })
const many = Schema.isBetweenLength(1, 1_000)

const open = [...Errors.taskCommand, Problem.TaskNotFound, Problem.TaskAlreadyDone]

const commands = [
  HttpApiEndpoint.post("create", "/", {
    headers: idempotencyKey,
    payload: newTask,
    success: Made(TaskView),
    error: [...Errors.taskCommand, Problem.TaskAlreadyExists, Problem.CreationLimitReached]
  })
    .annotate(OpenApi.Summary, "Create a task")
    .annotate(OpenApi.Description, "It falls on somebody eligible in the same commit, or waits for somebody."),
  HttpApiEndpoint.post("createMany", "/batch", {
    headers: idempotencyKey,
    payload: Schema.Struct({ tasks: Schema.Array(newTask).check(many) }),
    success: Tasks_.annotate({ httpApiStatus: 201 }),
    error: [...Errors.taskCommand, Problem.TaskAlreadyExists, Problem.CreationLimitReached]
  }).annotate(OpenApi.Summary, "Create many tasks: all of them, or none"),
  HttpApiEndpoint.patch("edit", "/:id", {
    params: { id: TaskId },
    headers: { ...idempotencyKey, ...ifMatch },
    payload: taskEdit,
    success: Tagged(TaskView),
    error: [...open, Problem.Changed]
  }).annotate(OpenApi.Summary, "Edit title, description and jiraId; what is left out stays"),
  HttpApiEndpoint.post("assign", "/:id/assign", {
    params: { id: TaskId },
    headers: { ...idempotencyKey, ...ifMatch },
    payload: Schema.Struct({ assignee: UserId }),
    success: Tagged(TaskView),
    error: [...open, Problem.Changed, Problem.NotEligible, Problem.AssignmentByHandOff]
  }).annotate(OpenApi.Summary, "Assign a task by hand"),
  HttpApiEndpoint.post("complete", "/:id/complete", {
    params: { id: TaskId },
    headers: { ...idempotencyKey, ...ifMatch },
    success: Tagged(TaskView),
    error: [...open, Problem.Changed, Problem.NotAssignee]
  })
    .annotate(OpenApi.Summary, "Complete a task")
    .annotate(OpenApi.Description, "Done is final, and earns the award."),
  HttpApiEndpoint.post("completeMany", "/complete", {
    headers: idempotencyKey,
    payload: Schema.Struct({ ids: Schema.Array(TaskId).check(many) }),
    success: Tasks_,
    error: [...open, Problem.NotAssignee]
  }).annotate(OpenApi.Summary, "Complete many tasks: all of them, or none"),
  HttpApiEndpoint.post("shuffle", "/shuffle", {
    headers: idempotencyKey,
    success: Schema.Struct({
      open: Schema.Int.annotate({ description: "How many open tasks there were" }),
      reassigned: Schema.Int.annotate({ description: "How many of them fell on somebody else" })
    }),
    error: Errors.taskCommand
  })
    .annotate(OpenApi.Summary, "Reassign every open task at random")
    .annotate(
      OpenApi.Description,
      "Each task that falls on somebody else costs them its fee: `GET /v1/billing/shuffles` shows what each shuffle cost."
    ),
  HttpApiEndpoint.post("endRegistration", "/registration/end", {
    headers: idempotencyKey,
    payload: Schema.Struct({
      period: Schema.optionalKey(Period.annotate({ description: "Fails unless just this period ends" })),
      afterJump: Schema.optionalKey(Schema.Boolean.annotate({ description: "Accepts a clock that has jumped" }))
    }),
    success: Schema.Struct({ ended: Schema.Array(Period) }),
    error: [...Errors.taskCommand, Problem.PeriodNotOver, Problem.PeriodAlreadyEnded]
  })
    .annotate(OpenApi.Summary, "End the registration of the periods that are over")
    .annotate(OpenApi.Description, "What the schedule does at the end of each day: safe when late, missed or doubled.")
] as const

/** `/v1/tasks` */
export class Tasks extends HttpApiGroup.make("tasks")
  .add(...commands)
  .middleware(Idempotency)
  .add(
    HttpApiEndpoint.get("list", "/", {
      query: {
        ...paging,
        status: Schema.optionalKey(Task.TaskStatus),
        assignee: Schema.optionalKey(UserRef)
      },
      success: Page(TaskView),
      error: Errors.read
    }).annotate(OpenApi.Summary, "List tasks by id; for popugs their own, with `assignee=me`"),
    HttpApiEndpoint.get("get", "/:id", {
      params: { id: TaskId },
      headers: ifNoneMatch,
      success: [Tagged(TaskView), NotModified],
      error: [...Errors.read, Problem.TaskNotFound]
    }).annotate(OpenApi.Summary, "Get a task")
  )
  .middleware(Authorization)
  .middleware(RateLimit)
  .prefix("/v1/tasks")
  .annotateMerge(OpenApi.annotations({ title: "Tasks", description: "They fall on people at random for a fee." })) {}
