/** What each use case answers and can fail with: exactly what its documentation says. */
import type {
  Actor,
  AlreadyCorrected,
  AssignmentByHandOff,
  Billing,
  ClockJumped,
  CommandConflict,
  Committed,
  CommonError,
  DeactivatedActor,
  InvalidInput,
  NotAllowed,
  NotAssignee,
  NotEligible,
  NotSkippable,
  Period,
  PeriodAlreadyClosed,
  PeriodAlreadyEnded,
  PeriodNotComplete,
  PeriodNotOver,
  StoreError,
  StreamNotStopped,
  Task,
  TaskAlreadyDone,
  TaskAlreadyExists,
  TaskNotFound,
  Tasks,
  TransferNotFound,
  UndoIsFinal,
  UnknownActor,
  User,
  UserAlreadyExists,
  UserNotFound,
  Users
} from "@popug/core"
import type * as Effect from "effect/Effect"
import { describe, expectTypeOf, it } from "vitest"

type Outcome<F> = F extends (...args: never) => Effect.Effect<infer A, infer E, infer R> ? [A, E, R] : never
type Answer<F> = Outcome<F>[0]
type Failure<F> = Outcome<F>[1]
type Needs<F> = Outcome<F>[2]

type TasksService = Tasks["Service"]
type UsersService = Users["Service"]
type BillingService = Billing["Service"]

/** What every command can fail with. */
type Common = InvalidInput | CommandConflict | UnknownActor | DeactivatedActor | NotAllowed | StoreError
/** What every read can fail with. */
type Reading = InvalidInput | UnknownActor | DeactivatedActor | NotAllowed | StoreError
/** What every command about one task that must be open can fail with. */
type OpenTask = Common | TaskNotFound | TaskAlreadyDone | ClockJumped

it("every command can fail with the common errors", () => {
  expectTypeOf<CommonError>().toEqualTypeOf<Common>()
})

describe("users", () => {
  it("create", () => {
    expectTypeOf<Failure<UsersService["create"]>>().toEqualTypeOf<Common | UserAlreadyExists>()
    expectTypeOf<Answer<UsersService["create"]>>().toEqualTypeOf<Committed<ReadonlyArray<User.User>>>()
  })

  it("update", () => {
    expectTypeOf<Failure<UsersService["update"]>>().toEqualTypeOf<Common | UserNotFound>()
    expectTypeOf<Answer<UsersService["update"]>>().toEqualTypeOf<Committed<User.User>>()
  })

  it("get and list", () => {
    expectTypeOf<Failure<UsersService["get"]>>().toEqualTypeOf<Exclude<Reading, InvalidInput> | UserNotFound>()
    expectTypeOf<Answer<UsersService["get"]>>().toEqualTypeOf<User.User>()
    expectTypeOf<Failure<UsersService["list"]>>().toEqualTypeOf<Reading>()
  })

  it("there is no delete", () => {
    expectTypeOf<keyof UsersService>().toEqualTypeOf<"create" | "update" | "get" | "list">()
  })
})

describe("tasks", () => {
  it("create", () => {
    expectTypeOf<Failure<TasksService["create"]>>().toEqualTypeOf<Common | TaskAlreadyExists | ClockJumped>()
    expectTypeOf<Answer<TasksService["create"]>>().toEqualTypeOf<Committed<ReadonlyArray<Task.Task>>>()
  })

  it("edit", () => {
    expectTypeOf<Failure<TasksService["edit"]>>().toEqualTypeOf<OpenTask>()
    expectTypeOf<Answer<TasksService["edit"]>>().toEqualTypeOf<Committed<Task.Task>>()
  })

  it("assign", () => {
    expectTypeOf<Failure<TasksService["assign"]>>().toEqualTypeOf<OpenTask | NotEligible | AssignmentByHandOff>()
    expectTypeOf<Answer<TasksService["assign"]>>().toEqualTypeOf<Committed<Task.Task>>()
  })

  it("complete, one or many", () => {
    expectTypeOf<Failure<TasksService["complete"]>>().toEqualTypeOf<OpenTask | NotAssignee>()
    expectTypeOf<Answer<TasksService["complete"]>>().toEqualTypeOf<Committed<Task.Task>>()
    expectTypeOf<Failure<TasksService["completeMany"]>>().toEqualTypeOf<OpenTask | NotAssignee>()
    expectTypeOf<Answer<TasksService["completeMany"]>>().toEqualTypeOf<Committed<ReadonlyArray<Task.Task>>>()
  })

  it("shuffle", () => {
    expectTypeOf<Failure<TasksService["shuffle"]>>().toEqualTypeOf<Common | ClockJumped>()
    expectTypeOf<Answer<TasksService["shuffle"]>>().toEqualTypeOf<Committed<Task.Shuffled>>()
  })

  it("endRegistration", () => {
    expectTypeOf<Failure<TasksService["endRegistration"]>>().toEqualTypeOf<
      Common | PeriodNotOver | PeriodAlreadyEnded | ClockJumped
    >()
    expectTypeOf<Answer<TasksService["endRegistration"]>["answer"]["ended"]>().toEqualTypeOf<ReadonlyArray<Period>>()
  })

  it("resume", () => {
    expectTypeOf<Failure<TasksService["resume"]>>().toEqualTypeOf<
      Common | StreamNotStopped | NotSkippable | ClockJumped
    >()
  })

  it("get and list", () => {
    expectTypeOf<Failure<TasksService["get"]>>().toEqualTypeOf<Reading | TaskNotFound>()
    expectTypeOf<Failure<TasksService["list"]>>().toEqualTypeOf<Reading>()
  })
})

describe("billing", () => {
  it("correct", () => {
    expectTypeOf<Failure<BillingService["correct"]>>().toEqualTypeOf<
      Common | TransferNotFound | AlreadyCorrected | UndoIsFinal
    >()
    expectTypeOf<Answer<BillingService["correct"]>>().toEqualTypeOf<Committed<{ readonly transfer: number }>>()
  })

  it("close", () => {
    expectTypeOf<Failure<BillingService["close"]>>().toEqualTypeOf<Common | PeriodAlreadyClosed | PeriodNotComplete>()
    expectTypeOf<Answer<BillingService["close"]>>().toEqualTypeOf<Committed<{ readonly period: Period }>>()
  })

  it("resume", () => {
    expectTypeOf<Failure<BillingService["resume"]>>().toEqualTypeOf<Common | StreamNotStopped | NotSkippable>()
    expectTypeOf<Answer<BillingService["resume"]>>().toEqualTypeOf<Committed<null>>()
  })
})

it("no use case needs anything more of who calls it", () => {
  type All = TasksService & UsersService & BillingService
  expectTypeOf<{ [K in keyof All]: Needs<All[K]> }[keyof All]>().toEqualTypeOf<never>()
})

it("every command takes an actor first, and a command id last", () => {
  expectTypeOf<Parameters<TasksService["shuffle"]>[0]>().toEqualTypeOf<Actor.Actor>()
  expectTypeOf<NonNullable<Parameters<TasksService["create"]>[2]>["commandId"]>().toEqualTypeOf<string | undefined>()
  expectTypeOf<NonNullable<Parameters<UsersService["update"]>[2]>["commandId"]>().toEqualTypeOf<string | undefined>()
  expectTypeOf<NonNullable<Parameters<BillingService["correct"]>[2]>["commandId"]>().toEqualTypeOf<string | undefined>()
})
