/**
 * Why an event can't be booked: it is not applied, and the stream stops before it.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** The event contradicts what billing holds. */
export class EventRefused extends Schema.TaggedError<EventRefused>()("EventRefused", { message: Schema.String }) {}

/** The same cause was booked before with other content. */
export class CauseConflict extends Schema.TaggedError<CauseConflict>()("CauseConflict", {
  cause: Schema.String,
  transfer: Schema.Int
}) {
  override get message(): string {
    return `${this.cause} was booked before with other content, as transfer ${this.transfer}`
  }
}

/** What booking something comes to. */
export type Booked<A> = Result.Result<A, EventRefused | CauseConflict>

export const refuse = (message: string): Result.Result<never, EventRefused> =>
  Result.fail(new EventRefused({ message }))
