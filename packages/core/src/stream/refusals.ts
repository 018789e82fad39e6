/**
 * What comes of events that a store refuses for good: those before them are applied, and the stream stops at the first
 * of them. Tried again and again they would keep all behind them away, and nobody would be told that a person must act.
 */
import * as Effect from "effect/Effect"
import { StoreError } from "../values/StoreError.ts"
import * as Cursor from "./Cursor.ts"
import type { Envelope } from "./Envelope.ts"

/** The store refuses what was to be written, for good, and nothing of it happened. */
export const isRefusal = (error: unknown): error is StoreError =>
  error instanceof StoreError && error.reason === "Conflict" && !error.retryable && error.committed === "no"

/**
 * Applies events; where the store refuses them, the first half of them alone, until what is refused is one event. That
 * one is handed to `halt`: an operator passes over it, and not over one before it.
 */
export const byHalves = <A, R>(
  events: ReadonlyArray<Envelope>,
  apply: (events: ReadonlyArray<Envelope>) => Effect.Effect<A, StoreError, R>,
  halt: (event: Envelope, refusal: StoreError) => Effect.Effect<A, StoreError, R>
): Effect.Effect<A, StoreError, R> =>
  Effect.catchIf(
    apply(events),
    (error) => isRefusal(error) && events.length > 0,
    (refusal) =>
      events.length === 1
        ? halt(events[0]!, refusal)
        : byHalves(events.slice(0, Math.floor(events.length / 2)), apply, halt)
  )

/**
 * The cursor of a stream that stops before an event that the store refuses; as it is where another process has moved it
 * meanwhile, or stopped it.
 */
export const stopped = (cursor: Cursor.Cursor, { number }: Envelope, { message }: StoreError): Cursor.Cursor =>
  cursor.stopped !== null || cursor.number + 1 !== number
    ? cursor
    : Cursor.stop(cursor, { reason: "Poisoned", number, message: `the store refuses: ${message}` })
