/**
 * The events of a context as a stream that does not end: it comes back where it was, however its connections do.
 */
import type { Envelope } from "@popug/core"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { FeedMessage } from "../api/events.ts"
import { Client } from "./Client.ts"
import { backoff, isLost } from "./reliable.ts"

export interface FollowOptions {
  /** The context that writes the events. */
  readonly source: Envelope.Source
  /** The number of the last event that one has, 0 for all of them; what happens from now on without one. */
  readonly after?: number | undefined
  /** How long a connection may say nothing, not even a sign of life, before another one is made: a minute unless told. */
  readonly silence?: Duration.Input | undefined
}

const open = (client: Client["Service"], source: Envelope.Source, position: number | undefined) =>
  client.events.feed({
    headers: position === undefined ? {} : { "last-event-id": String(position) },
    query: { source }
  })

type Opened = ReturnType<typeof open>
type FeedError = Effect.Error<Opened> | Stream.Error<Effect.Success<Opened>["body"]>

/** What another connection would not help against: the request, the token or the user. */
export type FollowError = Exclude<
  FeedError,
  { readonly _tag: "Unavailable" | "TooManyRequests" | "Retry" | "SseError" }
>

/** What may be over by the next connection. */
const isPassing = (error: FeedError): boolean => {
  switch (error._tag) {
    case "HttpClientError":
      return isLost(error) || (error.response?.status ?? 0) >= 500
    case "Retry":
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
 * deactivated or may not follow the events; everything else it outlasts.
 */
export const follow = (options: FollowOptions): Stream.Stream<Envelope.CloudEvent, FollowError, Client> =>
  Stream.unwrap(Effect.map(Client, (client) => followWith(client, options)))

/** The same with a client at hand. */
export const followWith = (
  client: Client["Service"],
  { after, silence = "1 minute", source }: FollowOptions
): Stream.Stream<Envelope.CloudEvent, FollowError> =>
  Stream.suspend(() => {
    let position = after
    let failures = 0

    /** Keeps the place; whether a message is an event that was not given before. */
    const note = (message: FeedMessage): message is Extract<FeedMessage, { readonly event: "event" }> => {
      failures = 0
      const number = message.event === "event" ? message.data.number : Number(message.id)
      const isNew = position === undefined || number > position
      if (isNew) position = number
      return isNew && message.event === "event"
    }

    const pause = Effect.suspend(() => Effect.flatMap(backoff((failures += 1) - 1), Effect.sleep))
    return Stream.suspend(() => Stream.unwrap(Effect.map(open(client, source, position), ({ body }) => body))).pipe(
      Stream.timeout(silence),
      Stream.filter(note),
      Stream.map(({ data }) => data),
      Stream.catchIf(
        (error): error is Exclude<FeedError, FollowError> => isPassing(error),
        () => Stream.empty
      ),
      Stream.concat(Stream.fromEffectDrain(pause)),
      Stream.forever
    )
  })
