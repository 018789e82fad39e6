/**
 * `EventBus` in memory, well-behaved: events come in order, once, and again only to the next subscriber of a name whose
 * last one did not acknowledge them.
 */
import { type Delivery, EventBus } from "@popug/core"
import * as Effect from "effect/Effect"
import type { Mailbox, Sent } from "./Broker.ts"
import type { Connection } from "./Connection.ts"

export const make = (connection: Connection): EventBus["Service"] => {
  const { broker } = connection.disk
  return EventBus.make({
    publish: (events) => connection.read(() => broker.publish(events)),
    subscribe: (name, source) =>
      connection.call(() => {
        const mailbox = broker.mailbox(name, source)
        const held = new Set<Sent>()
        const subscription = { take: take(connection, mailbox, held) }
        return Effect.acquireRelease(
          Effect.sync(() => connection.onCut(() => mailbox.giveBack(held))),
          (giveBack) => Effect.sync(giveBack)
        ).pipe(Effect.as(subscription))
      })
  })
}

const take = (connection: Connection, mailbox: Mailbox, held: Set<Sent>): Effect.Effect<ReadonlyArray<Delivery>> =>
  connection.call(() => {
    const sent = mailbox.send()
    if (sent.length === 0) return Effect.andThen(wait(mailbox), take(connection, mailbox, held))
    for (const one of sent) held.add(one)
    return Effect.succeed(
      sent.map((one) => ({
        event: one.event,
        acknowledge: connection.read(() => {
          held.delete(one)
          mailbox.acknowledge(one)
        })
      }))
    )
  })

/** Goes on by itself, not inside the publisher. */
const wait = (mailbox: Mailbox): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    const stop = mailbox.wait(() => resume(Effect.void))
    return Effect.sync(stop)
  }).pipe(Effect.andThen(Effect.yieldNow))
