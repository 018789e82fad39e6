/**
 * What one context asks of another where they run apart: a contract of its own, for services alone. All of it are
 * questions; nothing is changed by asking.
 */
import { BusinessDay, Envelope, ExternalIdentity, TaskId, UserId } from "@popug/core"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { Validation } from "../middleware.ts"
import { Unavailable } from "../Problem.ts"
import { ServiceAuthorization } from "./middleware.ts"
import * as Problem from "./Problem.ts"
import * as Wire from "./Wire.ts"

const error = [Problem.UnknownCompany, Problem.NotAnswered, Problem.ServiceNotAllowed, Unavailable]
const params = { company: Wire.CompanyId }
const paging = {
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: Wire.mostEvents })))
}
const some = <S extends Schema.Top>(item: S, most: number) => Schema.Array(item).check(Schema.isMaxLength(most))

/** Of many companies at once. */
class Streams extends HttpApiGroup.make("streams")
  .add(
    /** Answers at once where there is news, otherwise when there is some or the wait is over. */
    HttpApiEndpoint.post("heads", "/heads", {
      payload: Schema.Struct({
        after: some(Wire.StreamEnd, Wire.mostStreams),
        waitMillis: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Wire.longestWaitMillis }))
      }),
      success: Wire.News,
      error: [Problem.NotAnswered, Problem.ServiceNotAllowed, Unavailable]
    })
  )
  .middleware(ServiceAuthorization)
  .prefix("/internal/v1") {}

/** Of one company. */
class Company extends HttpApiGroup.make("company")
  .add(
    HttpApiEndpoint.get("events", "/events/:source", {
      params: { ...params, source: Envelope.Source },
      query: { ...paging, after: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)) },
      success: Wire.EventPage,
      error
    }),
    HttpApiEndpoint.get("last", "/events/:source/last", {
      params: { ...params, source: Envelope.Source },
      success: Schema.Struct({ number: Schema.Int }),
      error
    }),
    HttpApiEndpoint.post("directory", "/directory", {
      params,
      payload: Schema.Struct({ ids: some(UserId, Wire.mostIds) }),
      success: Schema.Struct({ entries: Schema.Array(Wire.DirectoryEntry) }),
      error
    }),
    HttpApiEndpoint.post("prices", "/prices", {
      params,
      payload: Schema.Struct({ tasks: some(TaskId, Wire.mostIds) }),
      success: Schema.Struct({ prices: Schema.Array(Wire.TaskFee) }),
      error
    }),
    HttpApiEndpoint.post("identities", "/identities", {
      params,
      payload: Schema.Struct({ identities: some(ExternalIdentity, Wire.mostIdentities) }),
      success: Schema.Struct({ entries: Schema.Array(Wire.IdentityEntry) }),
      error
    }),
    HttpApiEndpoint.post("withoutIdentity", "/without-identity", {
      params,
      payload: Schema.Struct({ ids: some(UserId, Wire.mostIds) }),
      success: Schema.Struct({ ids: Schema.Array(UserId) }),
      error
    }),
    HttpApiEndpoint.get("payouts", "/payouts/:period", {
      params: { ...params, period: BusinessDay.Period },
      query: { ...paging, after: Schema.optionalKey(UserId) },
      success: Wire.PayoutPage,
      error
    }),
    HttpApiEndpoint.get("auditLog", "/audit-log/:period", {
      params: { ...params, period: BusinessDay.Period },
      query: {
        limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: Wire.mostEntries }))),
        after: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
      },
      success: Wire.AuditPage,
      error
    })
  )
  .middleware(ServiceAuthorization)
  .prefix("/internal/v1/companies/:company") {}

/** What services answer one another. */
export class ServicesApi extends HttpApi.make("popug-services")
  .add(Streams)
  .add(Company)
  .middleware(Validation)
  .annotate(HttpApi.ParseOptions, { errors: "all", onExcessProperty: "error" })
  .annotate(HttpApi.SuccessParseOptions, { errors: "all" })
  .annotate(HttpApi.ErrorParseOptions, { errors: "all" }) {}
