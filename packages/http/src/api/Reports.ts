/**
 * Reports over HTTP: what management and analysts look at.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import * as Errors from "./Errors.ts"
import { Authorization, RateLimit } from "./middleware.ts"
import * as Problem from "./Problem.ts"
import * as View from "./View.ts"
import { Amount, ifNoneMatch, NotModified, Page, paging, Period, range, Tagged } from "./wire.ts"

/** What a top task is asked for: one day, the calendar week or month of a date, or any range. */
export const Span = Schema.Literals(["day", "week", "month"])

/** `/v1/reports` */
export class Reports extends HttpApiGroup.make("reports")
  .add(
    HttpApiEndpoint.get("daily", "/daily", {
      query: { ...paging, ...range },
      success: Page(View.ReportView),
      error: Errors.read
    }),
    HttpApiEndpoint.get("day", "/daily/:period", {
      params: { period: Period },
      headers: ifNoneMatch,
      success: [Tagged(View.ReportView), NotModified],
      error: [...Errors.read, Problem.PeriodNotFound]
    }),
    HttpApiEndpoint.get("balances", "/balances", {
      query: { ...paging, period: Period },
      success: Page(View.BalanceView),
      error: Errors.read
    }),
    HttpApiEndpoint.get("distribution", "/balances/distribution", {
      success: View.DistributionView,
      error: Errors.read
    }),
    HttpApiEndpoint.get("balance", "/balance", {
      success: Schema.Struct({
        total: Amount,
        inTheRed: Schema.Int
      }),
      error: Errors.read
    }),
    HttpApiEndpoint.get("topTask", "/top-task", {
      query: {
        ...range,
        date: Schema.optionalKey(Period),
        span: Schema.optionalKey(Span)
      },
      success: Schema.Struct({ from: Period, to: Period, topTask: Schema.NullOr(View.TopTask) }),
      error: Errors.read
    })
  )
  .middleware(Authorization)
  .middleware(RateLimit)
  .prefix("/v1/reports") {}
