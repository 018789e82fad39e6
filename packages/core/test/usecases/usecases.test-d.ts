/** What each use case answers and can fail with: exactly what its documentation says. */
import type {
  Actor,
  AlreadyCorrected,
  AssignmentByHandOff,
  Billing,
  Books,
  Changed,
  ClockJumped,
  CommandConflict,
  CreationLimitReached,
  Committed,
  CommonError,
  DeactivatedActor,
  Events,
  IdentityTaken,
  InvalidInput,
  NotAllowed,
  NotAssignee,
  NotEligible,
  NotSkippable,
  Period,
  PeriodAlreadyClosed,
  PeriodAlreadyEnded,
  PeriodNotComplete,
  PeriodNotFound,
  PeriodNotOver,
  PositionBeyondLog,
  Reports,
  StoreError,
  StreamNotStopped,
  SumTooLarge,
  Shuffled,
  Streams,
  Task,
  TaskAlreadyDone,
  TaskAlreadyExists,
  TaskNotFound,
  Tasks,
  TransferNotFound,
  UndoIsFinal,
  UnknownActor,
  UnknownConsumer,
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
    expectTypeOf<Failure<UsersService["create"]>>().toEqualTypeOf<Common | UserAlreadyExists | IdentityTaken>()
    expectTypeOf<Answer<UsersService["create"]>>().toEqualTypeOf<Committed<ReadonlyArray<User.User>>>()
  })

  it("update", () => {
    expectTypeOf<Failure<UsersService["update"]>>().toEqualTypeOf<Common | UserNotFound | IdentityTaken | Changed>()
    expectTypeOf<Answer<UsersService["update"]>>().toEqualTypeOf<Committed<User.User>>()
  })

  it("get and list", () => {
    expectTypeOf<Failure<UsersService["get"]>>().toEqualTypeOf<Exclude<Reading, InvalidInput> | UserNotFound>()
    expectTypeOf<Answer<UsersService["get"]>>().toEqualTypeOf<User.User>()
    expectTypeOf<Failure<UsersService["list"]>>().toEqualTypeOf<Reading>()
  })

  it("me", () => {
    expectTypeOf<Failure<UsersService["me"]>>().toEqualTypeOf<UnknownActor | DeactivatedActor | StoreError>()
    expectTypeOf<Answer<UsersService["me"]>>().toEqualTypeOf<User.User>()
  })

  it("there is no delete", () => {
    expectTypeOf<keyof UsersService>().toEqualTypeOf<"create" | "update" | "me" | "get" | "identify" | "list">()
  })
})

describe("tasks", () => {
  it("create", () => {
    expectTypeOf<Failure<TasksService["create"]>>().toEqualTypeOf<
      Common | TaskAlreadyExists | CreationLimitReached | ClockJumped
    >()
    expectTypeOf<Answer<TasksService["create"]>>().toEqualTypeOf<Committed<ReadonlyArray<Task.Task>>>()
  })

  it("edit", () => {
    expectTypeOf<Failure<TasksService["edit"]>>().toEqualTypeOf<OpenTask | Changed>()
    expectTypeOf<Answer<TasksService["edit"]>>().toEqualTypeOf<Committed<Task.Task>>()
  })

  it("assign", () => {
    expectTypeOf<Failure<TasksService["assign"]>>().toEqualTypeOf<
      OpenTask | Changed | NotEligible | AssignmentByHandOff
    >()
    expectTypeOf<Answer<TasksService["assign"]>>().toEqualTypeOf<Committed<Task.Task>>()
  })

  it("complete, one or many", () => {
    expectTypeOf<Failure<TasksService["complete"]>>().toEqualTypeOf<OpenTask | Changed | NotAssignee>()
    expectTypeOf<Answer<TasksService["complete"]>>().toEqualTypeOf<Committed<Task.Task>>()
    expectTypeOf<Failure<TasksService["completeMany"]>>().toEqualTypeOf<OpenTask | NotAssignee>()
    expectTypeOf<Answer<TasksService["completeMany"]>>().toEqualTypeOf<Committed<ReadonlyArray<Task.Task>>>()
  })

  it("shuffle", () => {
    expectTypeOf<Failure<TasksService["shuffle"]>>().toEqualTypeOf<Common | ClockJumped>()
    expectTypeOf<Answer<TasksService["shuffle"]>>().toEqualTypeOf<Committed<Shuffled>>()
  })

  it("list and counts", () => {
    expectTypeOf<Failure<TasksService["list"]>>().toEqualTypeOf<Reading>()
    expectTypeOf<Failure<TasksService["counts"]>>().toEqualTypeOf<UnknownActor | DeactivatedActor | StoreError>()
  })

  it("today", () => {
    expectTypeOf<Failure<TasksService["today"]>>().toEqualTypeOf<UnknownActor | DeactivatedActor | StoreError>()
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
      Common | TransferNotFound | AlreadyCorrected | UndoIsFinal | SumTooLarge
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

describe("one closed period", () => {
  it("is in the books, and reported", () => {
    expectTypeOf<Failure<Books["Service"]["period"]>>().toEqualTypeOf<Reading | PeriodNotFound>()
    expectTypeOf<Failure<Reports["Service"]["report"]>>().toEqualTypeOf<Reading | PeriodNotFound>()
  })
})

describe("the streams", () => {
  it("are operated", () => {
    expectTypeOf<Failure<Streams["Service"]["status"]>>().toEqualTypeOf<Exclude<Reading, InvalidInput>>()
    expectTypeOf<Failure<Streams["Service"]["resume"]>>().toEqualTypeOf<
      Common | UnknownConsumer | StreamNotStopped | NotSkippable | ClockJumped
    >()
  })

  it("are followed", () => {
    type Following = Exclude<Reading, NotAllowed> | PositionBeyondLog
    expectTypeOf<Failure<Events["Service"]["read"]>>().toEqualTypeOf<Following>()
    expectTypeOf<Failure<Events["Service"]["position"]>>().toEqualTypeOf<Following>()
    expectTypeOf<Answer<Events["Service"]["admit"]>>().toEqualTypeOf<Actor.ActiveActor>()
  })
})

it("no use case needs anything more of who calls it", () => {
  type All = TasksService & UsersService & BillingService & Streams["Service"] & Events["Service"]
  expectTypeOf<{ [K in keyof All]: Needs<All[K]> }[keyof All]>().toEqualTypeOf<never>()
})

it("a condition is of the whole thing, and of one thing", () => {
  type Condition<C> = C extends { readonly onlyIf?: ((current: infer Current) => boolean) | undefined }
    ? Current
    : never
  expectTypeOf<Condition<NonNullable<Parameters<TasksService["edit"]>[2]>>>().toEqualTypeOf<Task.Task>()
  expectTypeOf<Condition<NonNullable<Parameters<TasksService["assign"]>[3]>>>().toEqualTypeOf<Task.Task>()
  expectTypeOf<Condition<NonNullable<Parameters<TasksService["complete"]>[2]>>>().toEqualTypeOf<Task.Task>()
  expectTypeOf<Condition<NonNullable<Parameters<UsersService["update"]>[2]>>>().toEqualTypeOf<User.User>()
  expectTypeOf<NonNullable<Parameters<TasksService["completeMany"]>[2]>>().not.toHaveProperty("onlyIf")
})

it("every command takes an actor first, and a command id last", () => {
  expectTypeOf<Parameters<TasksService["shuffle"]>[0]>().toEqualTypeOf<Actor.Actor>()
  expectTypeOf<NonNullable<Parameters<TasksService["create"]>[2]>["commandId"]>().toEqualTypeOf<string | undefined>()
  expectTypeOf<NonNullable<Parameters<UsersService["update"]>[2]>["commandId"]>().toEqualTypeOf<string | undefined>()
  expectTypeOf<NonNullable<Parameters<BillingService["correct"]>[2]>["commandId"]>().toEqualTypeOf<string | undefined>()
})
