/**
 * `/v1/events`: what events there are, those of a context in order, and a feed of them as they happen.
 */
import { Catalog, Company, Envelope, Events, Position } from "@popug/core"
import * as Effect from "effect/Effect"
import { memoize } from "effect/Function"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Api } from "../../api/Api.ts"
import { CurrentActor } from "../../api/middleware.ts"
import * as Problem from "../../api/Problem.ts"
import * as Contract from "../contract/Contract.ts"
import { Feed } from "../feed/Feed.ts"
import { Caller } from "../guard/auth/Caller.ts"
import { Turns } from "../guard/Turns.ts"
import { asProblems } from "../wire/asProblems.ts"
import { idOf } from "../wire/idOf.ts"
import * as Pages from "../wire/Pages.ts"

type Json = Readonly<Record<string, Schema.Json>>

/** The JSON Schema of what a schema writes: the encoded side of its JSON codec. */
const jsonSchema = (schema: Schema.Constraint): Json => {
  const document = Schema.toJsonSchemaDocument(schema, {})
  const whole = { $schema: "https://json-schema.org/draft/2020-12/schema", ...document.schema }
  const { definitions } = document
  return (Object.keys(definitions).length === 0 ? whole : { ...whole, $defs: definitions }) as Json
}

/** The catalogue as it is written today: the same for all companies, and made once. */
const catalog = memoize((all: typeof Catalog.catalog) =>
  Object.entries(all).map(([type, { consumers, data, description, kind, producer, version }]) => ({
    type,
    kind,
    producer,
    consumers,
    version,
    description,
    schema: jsonSchema(data)
  }))
)

/**
 * Where the feed goes on from: what the client has seen outweighs what its address says. An empty `Last-Event-ID` is
 * none: a browser sends it after an empty `id`.
 */
const position = (lastEventId: string | undefined, after: string | undefined) => {
  const text = lastEventId === undefined || lastEventId === "" ? after : lastEventId
  if (text === undefined) return Effect.undefined
  const found = Position.parse(text)
  return found === undefined
    ? Effect.fail(new Problem.InvalidInput({ detail: "Last-Event-ID is not a position of the feed" }))
    : Effect.succeed(found)
}

/** Events in the order of their numbers, by positions. */
const listed = Pages.byPosition("events")

export const layer = Contract.group(
  Api,
  "events",
  Effect.fnUntraced(function* (handlers) {
    const events = yield* Events
    const feed = yield* Feed
    const turns = yield* Turns
    const { settings } = yield* Company
    const types = { data: catalog(Catalog.catalog) }
    return handlers
      .handle("catalog", () =>
        Effect.gen(function* () {
          yield* asProblems(events.admit(yield* CurrentActor))
          return types
        })
      )
      .handle("list", ({ query }) =>
        Effect.gen(function* () {
          const actor = yield* CurrentActor
          const { more, next, rows } = yield* asProblems(
            turns.of(actor)(
              events.read(actor, query.source, {
                ...(yield* listed.asked(query)),
                order: query.order,
                task: query.task,
                actor: query.actor === undefined ? undefined : idOf(actor, query.actor)
              })
            )
          )
          return {
            data: rows.map((event) => Envelope.toCloudEvent(settings.id, event)),
            hasMore: more,
            nextCursor: more ? listed.cursorOf(query, next) : null
          }
        })
      )
      .handleRaw("feed", ({ headers, query }) =>
        Effect.gen(function* () {
          const actor = yield* CurrentActor
          const after = yield* position(headers["last-event-id"], query.after)
          yield* feed.place(actor)
          const caller = yield* Caller
          const holdsFor = yield* caller.tokenLifetime()
          const holds = caller.tokenHolds()
          const stream = yield* asProblems(feed.open({ actor, source: query.source, after, holdsFor, holds }))
          // Raw, since each event is encoded once for all streams.
          return HttpServerResponse.stream(stream, {
            contentType: "text/event-stream",
            // What stands between must neither keep, nor change, nor gather events.
            headers: { "cache-control": "no-cache, no-transform", "x-accel-buffering": "no" }
          })
        })
      )
  })
).pipe(Layer.provide(Turns.layer))
