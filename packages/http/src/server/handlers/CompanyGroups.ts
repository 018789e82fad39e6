/**
 * The handlers of everything that a company offers, its commands counted.
 */
import * as Layer from "effect/Layer"
import * as CommandMetrics from "../metrics/CommandMetrics.ts"
import * as BillingHandlers from "./BillingHandlers.ts"
import * as CompanyHandlers from "./CompanyHandlers.ts"
import * as EventsHandlers from "./EventsHandlers.ts"
import * as OperationsHandlers from "./OperationsHandlers.ts"
import * as ReportsHandlers from "./ReportsHandlers.ts"
import * as TasksHandlers from "./TasksHandlers.ts"
import * as UsersHandlers from "./UsersHandlers.ts"

export const layer = Layer.mergeAll(
  UsersHandlers.layer,
  TasksHandlers.layer,
  BillingHandlers.layer,
  ReportsHandlers.layer,
  EventsHandlers.layer,
  OperationsHandlers.layer,
  CompanyHandlers.layer
).pipe(Layer.provide(CommandMetrics.layer))
