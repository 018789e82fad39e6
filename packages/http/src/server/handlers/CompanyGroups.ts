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

type Parts =
  | typeof UsersHandlers.layer
  | typeof TasksHandlers.layer
  | typeof BillingHandlers.layer
  | typeof ReportsHandlers.layer
  | typeof EventsHandlers.layer
  | typeof OperationsHandlers.layer
  | typeof CompanyHandlers.layer

export const layer: Layer.Layer<
  Layer.Success<Parts>,
  never,
  | Exclude<Layer.Services<Parts>, Layer.Success<typeof CommandMetrics.layer>>
  | Layer.Services<typeof CommandMetrics.layer>
> = Layer.mergeAll(
  UsersHandlers.layer,
  TasksHandlers.layer,
  BillingHandlers.layer,
  ReportsHandlers.layer,
  EventsHandlers.layer,
  OperationsHandlers.layer,
  CompanyHandlers.layer
).pipe(Layer.provide(CommandMetrics.layer))
