/**
 * The step between admitting events and applying them: reading them at today's version.
 */
import * as Result from "effect/Result"
import * as Text from "../values/Text.ts"
import type * as Cursor from "./Cursor.ts"
import type { Decode } from "./Event.ts"

export interface Readable<Event> {
  readonly events: ReadonlyArray<Event>
  /** What stands in the way of the event after them. */
  readonly stop: Cursor.Stop | null
}

/** The admitted events that can be read, up to the first that can't. */
export const readable = <Event>(decode: Decode<Event>, admitted: Cursor.Admitted): Readable<Event> => {
  const events: Array<Event> = []
  for (const envelope of admitted.events) {
    const event = decode(envelope)
    if (Result.isFailure(event)) {
      const message = Text.keepable(event.failure.message)
      return { events, stop: { reason: "Poisoned", number: envelope.number, message } }
    }
    events.push(event.success)
  }
  return { events, stop: admitted.stop }
}
