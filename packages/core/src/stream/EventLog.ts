/**
 * The port that reads a producer's own log: what consumers fill gaps from, replay and verify.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { StoreError } from "../values/StoreError.ts"
import type * as Envelope from "./Envelope.ts"

/**
 * Contract: `read` returns the committed events of a stream with numbers above `after`, in number order, at most
 * `limit` of them, and nothing that could still be rolled back. What it has returned once it returns for ever.
 */
export class EventLog extends Context.Service<
  EventLog,
  {
    readonly read: (
      source: Envelope.Source,
      after: number,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Envelope.Envelope>, StoreError>
    /** The number of the last committed event of each stream; 0 before the first. */
    readonly last: (source: Envelope.Source) => Effect.Effect<number, StoreError>
  }
>()("@popug/core/EventLog") {}
