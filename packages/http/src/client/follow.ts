/**
 * The events of a context as a stream that does not end: it comes back where it was, however its connections do.
 */
import { Envelope } from "@popug/core"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Sse from "effect/encoding/Sse"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Client } from "./Client.ts"
import { messages } from "./messages.ts"
import { backoff, isLost } from "./reliable.ts"

export interface FollowOptions {
  /** The context that writes the events. */
  readonly source: Envelope.Source
  /**
   * Where to go on from: the `position` of the last event that you have, or its number, or 0 for all of them; without
   * it, what happens from now on. A position also tells whether the log was rewritten since.
   */
  readonly after?: number | string | undefined
  /** How long a connection may say nothing, not even a sign of life, before another one is made; default: a minute. */
  readonly silence?: Duration.Input | undefined
}

/** An event with its place in the stream: what to keep, and to pass as `after` the next time. */
export interface Followed extends Envelope.CloudEvent {
  readonly position: string
}

const open = (client: Client["Service"], source: Envelope.Source, position: string | undefined) =>
  client.events
    .feed({
      headers: position === undefined ? {} : { "last-event-id": position },
      query: { source },
      responseMode: "decoded-and-response"
    })
    .pipe(Effect.map(([, response]) => response.stream))

type Opened = ReturnType<typeof open>
type FeedError = Effect.Error<Opened> | Stream.Error<Effect.Success<Opened>> | Sse.SseError | Schema.SchemaError

/** What another connection would not help against: the request, the position, the token or the user. */
export type FollowError = Exclude<FeedError, { readonly _tag: "Unavailable" | "TooManyRequests" | "SseError" }>

/** What may be over by the next connection. */
const isPassing = (error: FeedError): boolean => {
  switch (error._tag) {
    case "HttpClientError":
      return isLost(error) || (error.response?.status ?? 0) >= 500
    case "SseError":
    case "TooManyRequests":
    case "Unavailable":
      return true
    default:
      return false
  }
}

/**
 * Each event that the caller may see, once and in order. It fails when the token is refused, when the user is
 * deactivated or may not follow the events, and with `PositionBeyondLog` when the log is not the one any more that was
 * followed, as after a restore from a backup; everything else it outlasts.
 */
export const follow = (options: FollowOptions): Stream.Stream<Followed, FollowError, Client> =>
  Stream.unwrap(Effect.map(Client, (client) => followWith(client, options)))

const decode = Schema.decodeEffect(Schema.fromJsonString(Envelope.CloudEvent))

/** How far a stream is. */
interface Place {
  position: string | undefined
  failures: number
  /** The least pause before the next connection, in milliseconds. */
  pause: number
}

/** Keeps the place; whether it went on. An id that is no position of ours, or is reset, changes nothing. */
const moved = (place: Place, position: string): boolean => {
  const isNew = /^\d/u.test(position) && numberOf(position) > numberOf(place.position ?? "-1")
  if (isNew) place.position = position
  return isNew
}

const numberOf = (position: string): number => Number.parseInt(position, 10)

/** The event of a message, if it is one that was not given before. What is of no kind we know is passed over. */
const eventOf = (place: Place, { data, event, id }: Sse.Event) =>
  Effect.gen(function* () {
    place.failures = 0
    if (event === "heartbeat" || event === "reassigned") moved(place, id || data)
    if (event !== "event") return []
    const found = yield* decode(data)
    const position = id === undefined || numberOf(id) !== found.number ? String(found.number) : id
    return moved(place, position) ? [{ ...found, position }] : []
  })

/** The same with a client at hand. */
export const followWith = (
  client: Client["Service"],
  { after, silence = "1 minute", source }: FollowOptions
): Stream.Stream<Followed, FollowError> =>
  Stream.suspend(() => {
    const place: Place = { position: after === undefined ? undefined : String(after), failures: 0, pause: 0 }
    const onRetry = (millis: number) => void (place.pause = millis)
    const pause = Effect.suspend(() =>
      Effect.flatMap(backoff((place.failures += 1) - 1), (usual) => Effect.sleep(Math.max(usual, place.pause)))
    )
    return Stream.suspend(() =>
      Stream.unwrap(Effect.map(open(client, source, place.position), (bytes) => messages(bytes, { onRetry })))
    ).pipe(
      Stream.timeout(silence),
      Stream.mapEffect((message) => eventOf(place, message)),
      Stream.flattenIterable,
      Stream.catchIf(
        (error): error is Exclude<FeedError, FollowError> => isPassing(error),
        () => Stream.empty
      ),
      Stream.concat(Stream.fromEffectDrain(pause)),
      Stream.forever
    )
  })
