/**
 * The one error of every adapter: what kind of failure, and whether a retry helps.
 */
import * as Schema from "effect/Schema"

export class StoreError extends Schema.TaggedError<StoreError>()("StoreError", {
  /**
   * - `Conflict`: somebody else was there first (serialisation, deadlock, a number already taken).
   * - `Unavailable`: the store can't be reached, or not in time.
   * - `Corrupt`: what the store holds breaks the rules; a person must look.
   * - `Mismatch`: the company is another than this host was opened for, as the `CompanyMismatch` in `cause` tells.
   * - `Resting`: the company was put to rest, as the `CompanyResting` in `cause` tells.
   */
  reason: Schema.Literals(["Conflict", "Unavailable", "Corrupt", "Mismatch", "Resting"]),
  /** Whether the same call may succeed later. */
  retryable: Schema.Boolean,
  /** Whether the commit may have happened all the same; its command ids tell on the next attempt. */
  committed: Schema.Literals(["no", "unknown"]),
  message: Schema.String,
  /** The other service that did not answer, by its name, where it was no store of this process. */
  service: Schema.optionalKey(Schema.String),
  cause: Schema.optionalKey(Schema.Defect())
}) {}
