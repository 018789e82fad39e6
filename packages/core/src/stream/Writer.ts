/**
 * The coalescing writer: one for each context and process. Commands queue while a batch is under way and go together
 * in the next. It knows nothing of what a batch is: it hands it on, and answers each command by its place.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { StoreError } from "../values/StoreError.ts"

/** How many commands wait before callers do, and how many go in one batch. */
const waiting = 10_000
const together = 5_000

/** What queues: somebody waits for its answer. */
export interface Waiting<Answer, Error> {
  readonly answered: Deferred.Deferred<Answer, Error>
}

/** Does a batch, and answers each of it by its place. */
export type Handle<Item, Answer, Error> = (
  batch: ReadonlyArray<Item>
) => Effect.Effect<ReadonlyArray<Exit.Exit<Answer, Error>>, Error>

/** Queues one, and waits for its answer. A caller that gives up waiting changes nothing about what is queued. */
export type Write<Item, Answer, Error> = (item: Item) => Effect.Effect<Answer, Error>

/** Starts a writer; it runs until the scope closes, and then answers all who wait that the outcome is unknown. */
export const make = Effect.fnUntraced(function* <Item extends Waiting<Answer, Error | StoreError>, Answer, Error>(
  handle: Handle<Item, Answer, Error | StoreError>
): Effect.fn.Return<Write<Item, Answer, Error | StoreError>, never, Scope.Scope> {
  const queue = yield* Queue.bounded<Item>(waiting)
  let underWay: ReadonlyArray<Item> = []

  const next = Effect.gen(function* () {
    underWay = yield* Queue.takeBetween(queue, 1, together)
    const exit = yield* Effect.exit(handle(underWay))
    for (const [index, { answered }] of underWay.entries()) {
      Deferred.doneUnsafe(answered, Exit.isSuccess(exit) ? exit.value[index]! : Effect.failCause(exit.cause))
    }
    underWay = []
  })
  yield* Effect.forkScoped(Effect.forever(next))

  const closed = new StoreError({
    reason: "Unavailable",
    retryable: true,
    committed: "unknown",
    message: "the writer was closed before it answered"
  })
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const { answered } of underWay) Deferred.doneUnsafe(answered, Effect.fail(closed))
      for (let exit = Queue.takeUnsafe(queue); exit?._tag === "Success"; exit = Queue.takeUnsafe(queue)) {
        Deferred.doneUnsafe(exit.value.answered, Effect.fail(closed))
      }
      Queue.shutdownUnsafe(queue)
    })
  )

  return (item) => {
    // Nearly always there is room.
    if (Queue.offerUnsafe(queue, item)) return Deferred.await(item.answered)
    return Effect.flatMap(Queue.offer(queue, item), (taken) =>
      taken ? Deferred.await(item.answered) : Effect.fail(closed)
    )
  }
})
