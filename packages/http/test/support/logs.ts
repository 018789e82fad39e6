/**
 * Logs that are made up, to be as long and as odd as a test wants them: right in every number and digest.
 */
import { Digest, Envelope, EventLog } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { sha256 } from "./services.ts"

const at = DateTime.makeUnsafe("2026-11-23T12:00:00.123Z")

/** So many events that follow one another, after those given. */
export const grown = (
  before: ReadonlyArray<Envelope.Envelope>,
  count: number,
  data: (number: number) => unknown = (number) => ({ id: `e${number}` })
): ReadonlyArray<Envelope.Envelope> => {
  const events = [...before]
  for (let number = before.length + 1; number <= before.length + count; number += 1) {
    const last = events.at(-1)
    events.push({
      source: "users",
      number,
      type: "user.created",
      version: 1,
      time: at,
      actor: "system",
      previous: last === undefined ? Digest.origin : Envelope.digest(sha256, last),
      data: data(number)
    })
  }
  return events
}

/** A log whose events can be changed underneath, as by a restore; reads show as many of them as `shown` says. */
export const logOf = (events: ReadonlyArray<Envelope.Envelope>) => {
  const state = { events, reads: 0, shown: Infinity }
  const service = EventLog.of({
    read: (source, after, limit) =>
      Effect.sync(() => {
        state.reads += 1
        return source === "users" ? state.events.slice(0, state.shown).slice(after, after + limit) : []
      }),
    last: (source) => Effect.sync(() => (source === "users" ? state.events.length : 0))
  })
  return { service, state }
}
