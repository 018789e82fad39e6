/**
 * The company over HTTP: what everybody in it needs to know to read amounts and days, and what holds for the caller.
 */
import { Money } from "@popug/core"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import * as Errors from "./Errors.ts"
import { Authorization, RateLimit } from "./middleware.ts"
import { Period } from "./wire.ts"

const CompanyView = Schema.Struct({
  id: Schema.String,
  currency: Money.Currency,
  digits: Schema.Int,
  timeZone: Schema.String,
  cutoff: Schema.String,
  closing: Schema.Literals(["automatic", "by-hand"]),
  period: Period,
  endsAt: Schema.DateTimeUtc,
  now: Schema.DateTimeUtc,
  assignmentByHand: Schema.Boolean,
  creationLimit: Schema.NullOr(Schema.Int),
  version: Schema.String,
  movableClock: Schema.Boolean
}).annotate({ identifier: "Company" })

/** `/v1/company` */
export class Company extends HttpApiGroup.make("company")
  .add(HttpApiEndpoint.get("get", "/", { success: CompanyView, error: Errors.read }))
  .middleware(Authorization)
  .middleware(RateLimit)
  .prefix("/v1/company") {}
