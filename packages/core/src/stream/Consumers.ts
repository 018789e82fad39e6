/**
 * The consumers that run in this process: who waits for whom, and where each stands.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { StoreError } from "../values/StoreError.ts"
import { Stop } from "./Cursor.ts"
import type * as Envelope from "./Envelope.ts"

/** The stream is stopped and stays so until an operator acts. */
export class StreamStopped extends Schema.TaggedError<StreamStopped>()("StreamStopped", {
  consumer: Schema.String,
  ...Stop.fields
}) {}

/** Where a consumer stands. */
export interface Status {
  readonly consumer: string
  readonly source: Envelope.Source
  /** The last number applied. */
  readonly number: number
  /** How many events of the source it has not applied yet; while the source can't be asked, as far as was known. */
  readonly behind: number
  readonly stopped: Stop | null
  /** What keeps this process from going on, and is tried again; null once it has gone on. */
  readonly failing: Failing | null
}

/** A failure that may pass, or may not: it is tried again for as long as it takes. */
export interface Failing {
  /** When it began, by the clock of this process. */
  readonly since: DateTime.Utc
  /** How often it was tried in vain since. */
  readonly attempts: number
  /** What went wrong the last time. */
  readonly message: string
}

/** A running consumer. */
export interface Handle {
  readonly name: string
  readonly source: Envelope.Source
  /** Applies all that the log holds now. */
  readonly drain: Effect.Effect<void, StoreError>
  /** The last number applied, as this process knows it: whoever of it applied that. */
  readonly applied: Effect.Effect<number, StoreError>
  /** Waits until the number is applied, by this process or another. Fails when the stream is stopped. */
  readonly awaitApplied: (number: number) => Effect.Effect<void, StreamStopped | StoreError>
  readonly status: Effect.Effect<Status, StoreError>
}

/** No consumer of that name runs in this process. */
export class UnknownConsumer extends Schema.TaggedError<UnknownConsumer>()("UnknownConsumer", {
  consumer: Schema.String
}) {
  override get message(): string {
    return `no consumer ${this.consumer} is known here`
  }
}

export class Consumers extends Context.Service<
  Consumers,
  {
    /** Makes a consumer known for as long as the scope is open. */
    readonly register: (handle: Handle) => Effect.Effect<void, never, Scope.Scope>
    /** Waits until a consumer has applied a number of its source. */
    readonly awaitApplied: (
      consumer: string,
      number: number
    ) => Effect.Effect<void, UnknownConsumer | StreamStopped | StoreError>
    /** Has every consumer apply all there is, until nothing moves: no test or host needs to sleep. */
    readonly settle: Effect.Effect<void, StoreError>
    readonly status: Effect.Effect<ReadonlyArray<Status>, StoreError>
  }
>()("@popug/core/Consumers") {
  static readonly layer: Layer.Layer<Consumers> = Layer.sync(Consumers, () => {
    const handles = new Map<string, Handle>()
    return {
      register: (handle) =>
        Effect.acquireRelease(
          Effect.sync(() => void handles.set(handle.name, handle)),
          () => Effect.sync(() => void handles.delete(handle.name))
        ),
      awaitApplied: (consumer, number) =>
        Effect.gen(function* () {
          const handle = handles.get(consumer)
          if (handle === undefined) return yield* new UnknownConsumer({ consumer })
          return yield* handle.awaitApplied(number)
        }),
      settle: Effect.gen(function* () {
        let moved = true
        while (moved) {
          const before = new Map<Handle, number>()
          for (const handle of handles.values()) before.set(handle, yield* handle.applied)
          for (const handle of handles.values()) yield* handle.drain
          // By how far each is, not by who brought it there: a delivery may be applied while another is drained.
          moved = false
          for (const handle of handles.values()) moved ||= before.get(handle) !== (yield* handle.applied)
        }
      }),
      status: Effect.suspend(() => Effect.forEach(handles.values(), (handle) => handle.status))
    }
  })
}
