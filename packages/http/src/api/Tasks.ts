/**
 * Tasks over HTTP: they fall on people at random, and are finished.
 */
import { NewTask, Task, TaskEdit, TaskId, UserId } from "@popug/core"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
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
  ordered,
  Page,
  paging,
  Period,
  search,
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
  }),
  HttpApiEndpoint.post("createMany", "/batch", {
    headers: idempotencyKey,
    payload: Schema.Struct({ tasks: Schema.Array(newTask).check(many) }),
    success: Tasks_.annotate({ httpApiStatus: 201 }),
    error: [...Errors.taskCommand, Problem.TaskAlreadyExists, Problem.CreationLimitReached]
  }),
  HttpApiEndpoint.patch("edit", "/:id", {
    params: { id: TaskId },
    headers: { ...idempotencyKey, ...ifMatch },
    payload: taskEdit,
    success: Tagged(TaskView),
    error: [...open, Problem.Changed]
  }),
  HttpApiEndpoint.post("assign", "/:id/assign", {
    params: { id: TaskId },
    headers: { ...idempotencyKey, ...ifMatch },
    payload: Schema.Struct({ assignee: UserId }),
    success: Tagged(TaskView),
    error: [...open, Problem.Changed, Problem.NotEligible, Problem.AssignmentByHandOff]
  }),
  HttpApiEndpoint.post("complete", "/:id/complete", {
    params: { id: TaskId },
    headers: { ...idempotencyKey, ...ifMatch },
    success: Tagged(TaskView),
    error: [...open, Problem.Changed, Problem.NotAssignee]
  }),
  HttpApiEndpoint.post("completeMany", "/complete", {
    headers: idempotencyKey,
    payload: Schema.Struct({ ids: Schema.Array(TaskId).check(many) }),
    success: Tasks_,
    error: [...open, Problem.NotAssignee]
  }),
  HttpApiEndpoint.post("shuffle", "/shuffle", {
    headers: idempotencyKey,
    success: Schema.Struct({
      open: Schema.Int,
      reassigned: Schema.Int
    }),
    error: Errors.taskCommand
  }),
  HttpApiEndpoint.post("endRegistration", "/registration/end", {
    headers: idempotencyKey,
    payload: Schema.Struct({
      period: Schema.optionalKey(Period),
      afterJump: Schema.optionalKey(Schema.Boolean)
    }),
    success: Schema.Struct({ ended: Schema.Array(Period) }),
    error: [...Errors.taskCommand, Problem.PeriodNotOver, Problem.PeriodAlreadyEnded]
  })
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
        assignee: Schema.optionalKey(UserRef),
        ...ordered,
        ...search
      },
      success: Page(TaskView),
      error: Errors.read
    }),
    HttpApiEndpoint.get("counts", "/counts", {
      success: Schema.Struct({
        mine: Schema.Struct({ open: Schema.Int, done: Schema.Int, upTo: Schema.Int }),
        all: Schema.NullOr(Schema.Struct({ open: Schema.Int, done: Schema.Int, waiting: Schema.Int }))
      }),
      error: Errors.read
    }),
    HttpApiEndpoint.get("get", "/:id", {
      params: { id: TaskId },
      headers: ifNoneMatch,
      success: [Tagged(TaskView), NotModified],
      error: [...Errors.read, Problem.TaskNotFound]
    })
  )
  .middleware(Authorization)
  .middleware(RateLimit)
  .prefix("/v1/tasks") {}
