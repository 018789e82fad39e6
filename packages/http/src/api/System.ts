/**
 * What a load balancer asks: is the process alive, and is it ready for requests.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import * as Problem from "./Problem.ts"

const Ok = Schema.Struct({ status: Schema.Literal("ok") })

export class System extends HttpApiGroup.make("system").add(
  HttpApiEndpoint.get("live", "/livez", { success: Ok }),
  HttpApiEndpoint.get("ready", "/readyz", { success: Ok, error: Problem.Unavailable })
) {}
