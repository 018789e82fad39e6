/**
 * Which service asks. Users' tokens open none of this, and a service's key opens nothing else.
 */
import * as Context from "effect/Context"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as Schema from "effect/Schema"
import * as Problem from "../Problem.ts"

/** What a service may be allowed to ask. */
export const Grant = Schema.Literals([
  "log:users",
  "log:tasks",
  "log:billing",
  "directory",
  "identities",
  "prices",
  "payouts",
  "audit-log"
])
export type Grant = typeof Grant.Type

/** The service whose key came with the question. */
export class CurrentService extends Context.Service<
  CurrentService,
  { readonly name: string; readonly may: ReadonlySet<Grant> }
>()("@popug/http/CurrentService") {}

/** Checks the service's key; 401 with `WWW-Authenticate` where it is none that holds. */
export class ServiceAuthorization extends HttpApiMiddleware.Service<
  ServiceAuthorization,
  { provides: CurrentService }
>()("@popug/http/ServiceAuthorization", {
  requiredForClient: true,
  security: { bearer: HttpApiSecurity.bearer },
  error: Problem.Unauthenticated
}) {}
