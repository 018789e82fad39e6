/**
 * What a consumer brings: whose events it follows, and how it applies them.
 */
import type * as Effect from "effect/Effect"
import type { StoreError } from "../values/StoreError.ts"
import type * as Cursor from "./Cursor.ts"
import type * as Envelope from "./Envelope.ts"

/** A consumer, before it runs. */
export interface Subscriber {
  /** The name of the subscription and of the cursor; one for each consumer of a company. */
  readonly name: string
  readonly source: Envelope.Source
  /** The cursor as it is stored. */
  readonly cursor: Effect.Effect<Cursor.Cursor, StoreError>
  /**
   * In one transaction: takes the cursor, admits what follows it (`Cursor.admit`), applies as much of that as can be
   * applied, and stores the cursor with the effects. `after` is the number the events were read after. `held` is for
   * `admit`: what the log has in the place of the event `after`, where there is a doubt.
   */
  readonly apply: (
    after: number,
    events: ReadonlyArray<Envelope.Envelope>,
    held?: Envelope.Envelope | null
  ) => Effect.Effect<Cursor.Cursor, StoreError>
  /**
   * What can be made of an event before it is applied, whatever the cursor says by then, such as its digest. Done for
   * those that are read ahead.
   */
  readonly prepare?: (event: Envelope.Envelope) => void
  /** Why the last `apply` left events unapplied though nothing failed and nothing is stopped; shown as `failing`. */
  readonly waits?: () => string | null
}
