/**
 * Pulls what a durable consumer has, for as long as the scope is open: the consumer is made where it is missing, and
 * pulling begins again whatever happens to it, to its stream or to the server.
 */
import type { JsMsg } from "@nats-io/jetstream"
import { Trouble } from "@popug/core"
import * as Effect from "effect/Effect"
import { ask, type Link, NatsError } from "./Link.ts"
import { ensureConsumer } from "./stream.ts"

/** How many messages are on their way to this process at a time. */
const ahead = 500

/** How long a pull waits at the server; what is gone is noticed at the latest after twice as long, in milliseconds. */
const expires = 5_000

/** Calls `arrived` for each message of a durable consumer, at once and one after another. */
export const pull = (
  link: Link,
  durable: string,
  filter: string,
  arrived: (message: JsMsg) => void
): Effect.Effect<never> => {
  const { settings } = link
  const once = Effect.gen(function* () {
    yield* link.ensure
    const { client, manager } = yield* link.open
    yield* ask(`consumer ${durable}`, () => ensureConsumer(manager, settings, durable, filter))
    yield* Effect.acquireUseRelease(
      ask(`consumer ${durable}`, async () => {
        const consumer = await client.consumers.get(settings.stream.name, durable)
        return consumer.consume({ max_messages: ahead, expires, abort_on_missing_resource: true, callback: arrived })
      }),
      (messages) => Effect.promise(() => messages.closed()),
      (messages) => Effect.promise(() => messages.close())
    )
    return yield* new NatsError({ message: `consumer ${durable} is gone` })
  })
  const trouble = Trouble.make(`what consumer ${durable} of NATS has was not taken, and consumers read the log`)
  return Effect.forever(Trouble.untilItWorks(Effect.ensuring(once, link.doubt), trouble))
}
