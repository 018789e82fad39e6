/**
 * One context of popug over HTTP: the part of the contract that it answers, its own probes and metrics. A company whose
 * contexts are apart has four of them, and `Gateway` in front.
 */
import { BillingStore, BusinessDay, Company, type Consumers, type Digest, ReportStore } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import { BillingApi, ClockDevelopment, ReportsApi, TasksApi, UsersApi, UsersDevelopment } from "../api/contexts.ts"
import { around, aroundFeed, type AroundOptions } from "./around.ts"
import * as Contract from "./contract/Contract.ts"
import { DevClock, MovableClock } from "./development/DevClock.ts"
import * as DevelopmentHandlers from "./development/DevelopmentHandlers.ts"
import type { Authentication } from "./guard/auth/Authentication.ts"
import { Turns } from "./guard/Turns.ts"
import * as BillingHandlers from "./handlers/BillingHandlers.ts"
import * as CompanyHandlers from "./handlers/CompanyHandlers.ts"
import * as EventsHandlers from "./handlers/EventsHandlers.ts"
import * as OperationsHandlers from "./handlers/OperationsHandlers.ts"
import * as ReportsHandlers from "./handlers/ReportsHandlers.ts"
import * as SystemHandlers from "./handlers/SystemHandlers.ts"
import * as TasksHandlers from "./handlers/TasksHandlers.ts"
import * as UsersHandlers from "./handlers/UsersHandlers.ts"
import * as CommandMetrics from "./metrics/CommandMetrics.ts"
import * as Platform from "./platform/Platform.ts"
import * as Outages from "./wire/Outages.ts"

export interface Options
  extends Omit<Platform.PlatformOptions<string, HttpApiGroup.Constraint>, "api" | "pages" | "prefix">, AroundOptions {
  /** What stands in front leaves paths as they are. */
  readonly prefix?: undefined
}

/** What all contexts answer, each for what is its own. */
const streams = Contract.group(
  UsersApi,
  "operations",
  Effect.fnUntraced(function* (handlers) {
    return handlers.handleAll(yield* OperationsHandlers.ofStreams)
  })
)
const verification = Contract.group(
  UsersApi,
  "billing",
  Effect.fnUntraced(function* (handlers) {
    return handlers.handleAll(yield* BillingHandlers.ofVerification)
  })
).pipe(Layer.provide(Turns.layer))

const users = Layer.mergeAll(
  UsersHandlers.layer,
  EventsHandlers.layer,
  streams,
  verification,
  SystemHandlers.layerLog("users")
).pipe(Layer.provide([CommandMetrics.layerUsers, CommandMetrics.layerStreams]))

const tasks = Layer.mergeAll(
  TasksHandlers.layer,
  CompanyHandlers.layer,
  Contract.group(
    TasksApi,
    "billing",
    Effect.fnUntraced(function* (handlers) {
      return handlers.handleAll({
        ...(yield* BillingHandlers.ofShuffling),
        ...(yield* BillingHandlers.ofVerification)
      })
    })
  ).pipe(Layer.provide(Turns.layer)),
  EventsHandlers.layer,
  streams,
  SystemHandlers.layerLog("tasks")
).pipe(Layer.provide([CommandMetrics.layerTasks, CommandMetrics.layerStreams]))

/** The day that billing has open: what it books of tasks falls into that. */
const openDay = Effect.gen(function* () {
  const { calendar } = yield* Company
  const { head } = yield* BillingStore
  return Effect.gen(function* () {
    const { period } = yield* head
    return period ?? BusinessDay.periodAt(calendar, yield* DateTime.now)
  })
})

const billing = Layer.mergeAll(
  Contract.group(
    BillingApi,
    "billing",
    Effect.fnUntraced(function* (handlers) {
      return handlers.handleAll({ ...(yield* BillingHandlers.ofBooks), ...(yield* BillingHandlers.ofVerification) })
    })
  ).pipe(Layer.provide(Turns.layer)),
  Contract.group(
    BillingApi,
    "reports",
    Effect.fnUntraced(function* (handlers) {
      return handlers.handleAll(yield* ReportsHandlers.ofBooks(yield* openDay))
    })
  ).pipe(Layer.provide(Turns.layer)),
  EventsHandlers.layer,
  streams,
  SystemHandlers.layerLog("billing")
).pipe(Layer.provide([CommandMetrics.layerBilling, CommandMetrics.layerStreams]))

const reports = Layer.mergeAll(
  Contract.group(
    ReportsApi,
    "reports",
    Effect.fnUntraced(function* (handlers) {
      return handlers.handleAll(yield* ReportsHandlers.ofReports)
    })
  ),
  OperationsHandlers.layer,
  verification,
  SystemHandlers.layerOf(Effect.map(ReportStore, ({ cursor }) => cursor))
).pipe(Layer.provide([CommandMetrics.layerReports, CommandMetrics.layerStreams]))

/** A context's routes, and those of development if there are any. */
const serving = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  options: Options
) =>
  Layer.mergeAll(
    Contract.layer(api, { kept: [Outages.Outages] }),
    Platform.layer({ ...options, api, pages: ["/metrics"] })
  )

const movable = Layer.effect(
  MovableClock,
  Effect.map(DevClock, ({ movable }) => movable)
)

/** The users context for whoever has a token of `Authentication`. */
export const layerUsers = (options: Options) =>
  serving(UsersApi, options).pipe(Layer.provide(users), Layer.provide(aroundFeed(options, "users")))
/** The same with `/dev`: logging in as anybody, and the clock. */
export const layerUsersDevelopment = (options: Options) =>
  serving(UsersApi.addHttpApi(UsersDevelopment), options).pipe(
    Layer.provide([users, DevelopmentHandlers.layerUsers]),
    Layer.provide(aroundFeed(options, "users"))
  )

/** The tasks context. */
export const layerTasks = (options: Options) =>
  serving(TasksApi, options).pipe(Layer.provide(tasks), Layer.provide(aroundFeed(options, "tasks")))
/** The same with a clock that can be moved, as those of all contexts are together. */
export const layerTasksDevelopment = (options: Options) =>
  serving(TasksApi.addHttpApi(ClockDevelopment), options).pipe(
    Layer.provide([Layer.provide(tasks, movable), DevelopmentHandlers.layerTasks]),
    Layer.provide(aroundFeed(options, "tasks"))
  )

/** The billing context. */
export const layerBilling = (options: Options) =>
  serving(BillingApi, options).pipe(Layer.provide(billing), Layer.provide(aroundFeed(options, "billing")))
/** The same with a clock that can be moved. */
export const layerBillingDevelopment = (options: Options) =>
  serving(BillingApi.addHttpApi(ClockDevelopment), options).pipe(
    Layer.provide([billing, DevelopmentHandlers.layerFollowing]),
    Layer.provide(aroundFeed(options, "billing"))
  )

/** What stands around reports, which write no events and have no feed: it takes this of the host. */
const aroundReports: (
  options: Options
) => Layer.Layer<
  Layer.Success<ReturnType<typeof around>>,
  never,
  Authentication | Company | Consumers | Digest.Digest | HttpRouter.HttpRouter
> = (options) => around(options, "reports")

/** The reports context. */
export const layerReports = (options: Options) =>
  serving(ReportsApi, options).pipe(Layer.provide(reports), Layer.provide(aroundReports(options)))
/** The same with a clock that can be moved. */
export const layerReportsDevelopment = (options: Options) =>
  serving(ReportsApi.addHttpApi(ClockDevelopment), options).pipe(
    Layer.provide([reports, DevelopmentHandlers.layerFollowing]),
    Layer.provide(aroundReports(options))
  )
