/**
 * Events over HTTP: what they are, and a feed of them as they happen.
 */
import { Envelope, Position, TaskId } from "@popug/core"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as Errors from "./Errors.ts"
import { Authorization, RateLimit } from "./middleware.ts"
import * as Problem from "./Problem.ts"
import { ordered, Page, paging, UserRef } from "./wire.ts"

const CloudEvent = Envelope.CloudEvent.annotate({ identifier: "CloudEvent" })

/** An event type: who writes it, who follows it, and the JSON Schema of its data. */
const EventTypeView = Schema.Struct({
  type: Schema.String,
  kind: Schema.Literals(["CUD", "business"]),
  producer: Envelope.Source,
  consumers: Schema.Array(Schema.String),
  version: Schema.Int,
  description: Schema.String,
  schema: Schema.Record(Schema.String, Schema.Json)
}).annotate({ identifier: "EventType" })

/** What the feed sends: an event under its number, a sign of life, or that tasks went where the caller can't see. */
export const FeedMessage = Schema.Union([
  Schema.Struct({
    id: Schema.optional(Schema.String),
    event: Schema.Literal("event"),
    data: Schema.fromJsonString(CloudEvent)
  }),
  Schema.Struct({
    id: Schema.optional(Schema.String),
    event: Schema.Literals(["heartbeat", "reassigned"]),
    data: Schema.String
  })
])
export type FeedMessage = typeof FeedMessage.Type

const source = { source: Envelope.Source }
/** A position as the feed tells it, or a number. */
const after = Schema.String.check(Schema.isPattern(Position.pattern, { expected: "a position or a number" }))

/** `/v1/events` */
export class Events extends HttpApiGroup.make("events")
  .add(
    HttpApiEndpoint.get("catalog", "/catalog", {
      success: Schema.Struct({ data: Schema.Array(EventTypeView) }),
      error: Errors.read
    }),
    HttpApiEndpoint.get("list", "/", {
      query: {
        ...paging,
        ...source,
        ...ordered,
        actor: Schema.optionalKey(Schema.Union([Schema.Literal("system"), UserRef])),
        task: Schema.optionalKey(TaskId)
      },
      success: Page(CloudEvent),
      error: [...Errors.read, Problem.PositionBeyondLog]
    }),
    HttpApiEndpoint.get("feed", "/feed", {
      query: { ...source, after: Schema.optionalKey(after) },
      headers: { "last-event-id": Schema.optionalKey(Schema.String.check(Schema.isMaxLength(100))) },
      success: HttpApiSchema.StreamSse({ events: FeedMessage }),
      error: [...Errors.read, Problem.PositionBeyondLog, Problem.TooManyRequests]
    })
  )
  .middleware(Authorization)
  .middleware(RateLimit)
  .prefix("/v1/events") {}
