/**
 * What a load balancer asks: is the process alive, and is it ready for requests.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Problem from "./Problem.ts"

const Ok = Schema.Struct({ status: Schema.Literal("ok") })

export class System extends HttpApiGroup.make("system")
  .add(
    HttpApiEndpoint.get("live", "/livez", { success: Ok }).annotate(OpenApi.Summary, "Whether the process is alive"),
    HttpApiEndpoint.get("ready", "/readyz", { success: Ok, error: Problem.Unavailable }).annotate(
      OpenApi.Summary,
      "Whether it takes requests: the store answers, and it is not going down"
    )
  )
  .annotateMerge(OpenApi.annotations({ title: "System", description: "Health." })) {}
