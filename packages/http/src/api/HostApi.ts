/**
 * What a server of many companies has besides that of each: apart from the rest, since no client of a company needs it.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import { CompanyApi } from "./Api.ts"
import { Development } from "./Development.ts"
import { Validation } from "./middleware.ts"
import { Platform } from "./Platform.ts"
import { System } from "./System.ts"

/** What a server of many companies that are opened elsewhere offers besides that of each. */
export class SystemApi extends HttpApi.make("popug")
  .add(System)
  .middleware(Validation)
  .annotateMerge(CompanyApi.annotations) {}

/** What a server of many companies offers besides that of each. */
export class HostApi extends HttpApi.make("popug")
  .add(System)
  .add(Platform)
  .middleware(Validation)
  .annotateMerge(CompanyApi.annotations) {}

/** What a company offers where anybody can be anybody. */
export class CompanyDevelopmentApi extends HttpApi.make("popug")
  .addHttpApi(CompanyApi)
  .add(Development)
  .middleware(Validation)
  .annotateMerge(CompanyApi.annotations) {}
