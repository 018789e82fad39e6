/**
 * Events on their way to NATS, several at a time and never out of order.
 *
 * The first says which sequence the last message of its subject has, and each of the others which message is the last
 * of the whole stream: the one before it. So the server refuses what would come behind a hole, whoever else writes.
 */
import { JetStreamApiError, JetStreamApiCodes } from "@nats-io/jetstream"
import * as Effect from "effect/Effect"
import { NatsError, type Open } from "./Link.ts"
import type { Message } from "./Message.ts"

/** What came of a burst: how many of its messages are there, from the first on without a hole. */
export interface Landed {
  readonly count: number
  /** The sequence of the last of them. */
  readonly sequence: number
  /** Why the others are not. */
  readonly error: NatsError | undefined
  /** The subject has another last message than was thought: another relay writes, or NATS has lost some. */
  readonly isStale: boolean
}

/** What the server calls a last message of the stream that is another one. */
const wrongLastMessage = 10_070

const codeOf = (error: unknown): number | undefined => (error instanceof JetStreamApiError ? error.code : undefined)

/** Sends messages of one subject, whose last one has the sequence, and waits for what becomes of all of them. */
export const send = (
  { client }: Open,
  subject: string,
  stream: string,
  after: number,
  messages: ReadonlyArray<Message>
): Effect.Effect<Landed> =>
  Effect.promise(async () => {
    const answers = await Promise.allSettled(
      messages.map(({ data, headers, id }, index) =>
        client.publish(subject, data, {
          headers,
          msgID: id,
          expect: {
            streamName: stream,
            ...(index === 0 ? { lastSubjectSequence: after } : { lastMsgID: messages[index - 1]!.id })
          }
        })
      )
    )
    let [count, sequence] = [0, after]
    for (const answer of answers) {
      if (answer.status === "rejected") {
        const code = codeOf(answer.reason)
        const isStale = count === 0 && code === JetStreamApiCodes.StreamWrongLastSequence
        // Somebody else has written in between: there is nothing wrong.
        const expected = isStale || code === wrongLastMessage
        const cause: unknown = answer.reason
        const message = `an event was not taken: ${cause instanceof Error ? cause.message : String(cause)}`
        return { count, sequence, isStale, error: expected ? undefined : new NatsError({ message, cause }) }
      }
      count += 1
      sequence = answer.value.seq
    }
    return { count, sequence, isStale: false, error: undefined }
  })
