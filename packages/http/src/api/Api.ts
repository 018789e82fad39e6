/**
 * popug over HTTP: the whole contract, of which the server, the client and the OpenAPI document are made.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import { Billing } from "./Billing.ts"
import { Company } from "./Company.ts"
import { Development } from "./Development.ts"
import { Events } from "./Events.ts"
import { Validation } from "./middleware.ts"
import { Operations } from "./Operations.ts"
import { Reports } from "./Reports.ts"
import { System } from "./System.ts"
import { Tasks } from "./Tasks.ts"
import { Users } from "./Users.ts"

/** What a server offers of a company. */
export class CompanyApi extends HttpApi.make("popug")
  .add(Users)
  .add(Tasks)
  .add(Billing)
  .add(Reports)
  .add(Events)
  .add(Operations)
  .add(Company)
  .middleware(Validation)
  .annotate(HttpApi.ParseOptions, { errors: "all", onExcessProperty: "error" })
  .annotate(HttpApi.HeadersParseOptions, { errors: "all" })
  // A client that is older than its server passes over what it does not know.
  .annotate(HttpApi.SuccessParseOptions, { errors: "all" })
  .annotate(HttpApi.ErrorParseOptions, { errors: "all" }) {}

/** What every server of one company offers. */
export class Api extends HttpApi.make("popug")
  .addHttpApi(CompanyApi)
  .add(System)
  .middleware(Validation)
  .annotateMerge(CompanyApi.annotations) {}

/** The same with the development login. */
export class DevelopmentApi extends HttpApi.make("popug")
  .addHttpApi(Api)
  .add(Development)
  .middleware(Validation)
  .annotateMerge(Api.annotations) {}
