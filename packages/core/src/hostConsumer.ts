/**
 * Consumers of a host's own, with the guarantees of popug's own: each event once, in order, together with its effects.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Catalog from "./Catalog.ts"
import * as Consumer from "./stream/Consumer.ts"
import type { Consumers, Handle } from "./stream/Consumers.ts"
import * as Cursor from "./stream/Cursor.ts"
import { CursorStore } from "./stream/CursorStore.ts"
import type * as Envelope from "./stream/Envelope.ts"
import type { EventBus } from "./stream/EventBus.ts"
import type { EventLog } from "./stream/EventLog.ts"
import { readable } from "./stream/Readable.ts"
import { Digest } from "./values/Digest.ts"
import { StoreError } from "./values/StoreError.ts"
import * as Text from "./values/Text.ts"

/**
 * Starts a consumer of the host's own. `apply` gets events that follow what it had, in order, each once, inside the
 * transaction of its cursor. An error that is no `StoreError` stops the stream before the batch's first event.
 */
export const startConsumer = Effect.fnUntraced(function* <E, R>(options: {
  readonly name: string
  readonly source: Envelope.Source
  readonly apply: (events: ReadonlyArray<Catalog.Event>) => Effect.Effect<void, E, R>
}): Effect.fn.Return<HostHandle, never, CursorStore | EventBus | EventLog | Consumers | Digest | Scope.Scope | R> {
  const store = yield* CursorStore
  const { sha256 } = yield* Digest
  const context = yield* Effect.context<R>()
  const { name, source } = options
  const within = <A, E2>(body: (cursor: Cursor.Cursor) => Effect.Effect<readonly [A, Cursor.Cursor], E2>) =>
    store.transact(name, source, body)

  /** Applies one batch whole, or tells why it can't be; the transaction is rolled back with it. */
  const attempt = (after: number, fetched: ReadonlyArray<Envelope.Envelope>, held?: Envelope.Envelope | null) =>
    within((cursor) =>
      Effect.gen(function* () {
        const admitted = Cursor.admit(sha256, cursor, after, fetched, held)
        const { events, stop } = readable(Catalog.decode, admitted)
        const next = both(Cursor.after(cursor, admitted, events.length, stop))
        if (events.length === 0) return next
        yield* options.apply(events).pipe(
          Effect.provideContext(context),
          Effect.catchDefect((defect) => Effect.fail(defect)),
          Effect.mapError((error) => (error instanceof StoreError ? error : new Refused(cursor.number + 1, error)))
        )
        return next
      })
    )

  /** Stores why the stream stopped, unless it moved on meanwhile. */
  const halt = ({ cause, number }: Refused) =>
    within((cursor) =>
      Effect.succeed(
        both(
          cursor.number + 1 === number
            ? Cursor.stop(cursor, { reason: "Poisoned", number, message: Text.ofDefect(cause) })
            : cursor
        )
      )
    )

  const handle = yield* Consumer.start({
    name,
    source,
    cursor: within((cursor) => Effect.succeed(both(cursor))),
    apply: (after, fetched, held) =>
      attempt(after, fetched, held).pipe(
        Effect.catch((error) => (error instanceof Refused ? halt(error) : Effect.fail(error)))
      )
  })
  const retry = Effect.andThen(retryConsumer(name, source), handle.drain).pipe(
    Effect.asVoid,
    Effect.provideService(CursorStore, store)
  )
  return { ...handle, retry }
})

/** A host's own running consumer. */
export interface HostHandle extends Handle {
  /** Lets it try again what it stopped before. */
  readonly retry: Effect.Effect<void, StoreError>
}

/** Lets a host's stopped consumer try again when next it looks, in whatever process it runs. */
export const retryConsumer = Effect.fnUntraced(function* (consumer: string, source: Envelope.Source) {
  const store = yield* CursorStore
  yield* store.transact(consumer, source, (cursor) =>
    Effect.succeed([undefined, { ...cursor, stopped: null }] as const)
  )
})

class Refused {
  readonly number: number
  readonly cause: unknown
  constructor(number: number, cause: unknown) {
    this.number = number
    this.cause = cause
  }
}

const both = (cursor: Cursor.Cursor) => [cursor, cursor] as const
