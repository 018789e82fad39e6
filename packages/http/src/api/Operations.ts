/**
 * The operator's view over HTTP: where the streams stand, and what was sent.
 */
import { Text } from "@popug/core"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import * as Errors from "./Errors.ts"
import { Authorization, Idempotency, RateLimit } from "./middleware.ts"
import * as Problem from "./Problem.ts"
import * as View from "./View.ts"
import { idempotencyKey, Page, paging } from "./wire.ts"

const Skip = Schema.Struct({
  through: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  reason: Text.Reason
}).annotate({ identifier: "Skip" })

/** `/v1/operations` */
export class Operations extends HttpApiGroup.make("operations")
  .add(
    HttpApiEndpoint.post("resume", "/streams/:consumer/resume", {
      params: { consumer: Schema.String.check(Schema.isBetweenLength(1, 100)) },
      headers: idempotencyKey,
      payload: Schema.Struct({ skip: Schema.optionalKey(Skip) }),
      error: [...Errors.taskCommand, Problem.UnknownConsumer, Problem.StreamNotStopped, Problem.NotSkippable]
    })
  )
  .middleware(Idempotency)
  .add(
    HttpApiEndpoint.get("streams", "/streams", {
      success: Schema.Struct({ data: Schema.Array(View.StreamStatus) }),
      error: Errors.read
    }),
    HttpApiEndpoint.get("notices", "/notices", {
      query: {
        ...paging,
        status: Schema.optionalKey(View.NoticeView.fields.status),
        failed: Schema.optionalKey(Schema.Boolean)
      },
      success: Page(View.NoticeView),
      error: Errors.read
    })
  )
  .middleware(Authorization)
  .middleware(RateLimit)
  .prefix("/v1/operations") {}
