/**
 * The port that reads a producer's own log: what consumers fill gaps from, replay and verify.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { StoreError } from "../values/StoreError.ts"
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
>()("@popug/core/EventLog") {
  /**
   * One log of several, by source: a context's own, and those of the contexts that it follows, wherever they are. Its
   * own must be the one in its store, which it may look at while it holds the head. A source that is left out is
   * followed here by nobody: to read it is refused for good.
   */
  static combined(logs: Partial<Readonly<Record<Envelope.Source, EventLog["Service"]>>>): EventLog["Service"] {
    const from = <A>(source: Envelope.Source, read: (log: EventLog["Service"]) => Effect.Effect<A, StoreError>) =>
      Effect.suspend(() => {
        const log = logs[source]
        return log === undefined ? Effect.fail(elsewhere(source)) : read(log)
      })
    return {
      read: (source, after, limit) => from(source, (log) => log.read(source, after, limit)),
      last: (source) => from(source, (log) => log.last(source))
    }
  }
}

const elsewhere = (source: Envelope.Source) =>
  new StoreError({
    reason: "Unavailable",
    retryable: false,
    committed: "no",
    message: `the log of ${source} is not read in this process`
  })
