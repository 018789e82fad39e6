/**
 * Server-sent events as they come over the wire, read by effect's parser: lines end as they like, a message may come in
 * any number of pieces. `HttpApiClient` ends a stream at a `retry:` line, which says no more than how long to wait
 * before the next connection.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import * as Stream from "effect/Stream"

export interface Handlers {
  /** Told how long to wait before the next connection, in milliseconds. */
  readonly onRetry: (millis: number) => void
}

/** The messages in a stream of bytes; fails with `SseError` when one is too large. */
export const messages = <E>(
  bytes: Stream.Stream<Uint8Array, E>,
  { onRetry }: Handlers
): Stream.Stream<Sse.Event, E | Sse.SseError> =>
  Stream.suspend(() => {
    let parsed: Array<Sse.Event> = []
    const parser = Sse.makeParser((message) => {
      if (message._tag === "Retry") onRetry(Duration.toMillis(message.duration))
      else parsed.push(message)
    })
    return bytes.pipe(
      Stream.decodeText,
      Stream.mapEffect((text) =>
        Effect.suspend(() => {
          parsed = []
          const error = parser.feed(text)
          return error === undefined ? Effect.succeed(parsed) : Effect.fail(error)
        })
      ),
      Stream.flattenIterable
    )
  })
