/**
 * The coalescing writer: one for each context and process. Commands queue while a batch is under way and go together
 * in the next, each with its own answer; one that is refused does not disturb the rest.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { CommandId, Ids } from "../values/Ids.ts"
import { StoreError } from "../values/StoreError.ts"
import type { RecordedCommand } from "./Command.ts"

/** How many commands wait before callers do, and how many go in one commit. */
const waiting = 10_000
const together = 5_000

interface Submission<Command, Answer, Error> {
  readonly command: Command
  readonly answer: Deferred.Deferred<Answer, Error | StoreError>
}

/** A batch in one commit; each command is answered by its place. */
type Commit<Command, Answer, Error> = (
  commands: ReadonlyArray<Command>
) => Effect.Effect<ReadonlyArray<Exit.Exit<Answer, Error>>, Error>

/**
 * Starts a writer. `commit` does a batch in one commit and answers each command by its place. A caller that gives up
 * waiting changes nothing about a command already taken.
 */
export const make = Effect.fnUntraced(function* <Command, Answer, Error>(
  commit: Commit<Command, Answer, Error | StoreError>
): Effect.fn.Return<(command: Command) => Effect.Effect<Answer, Error | StoreError>, never, Scope.Scope> {
  const queue = yield* Queue.bounded<Submission<Command, Answer, Error>>(waiting)
  let inFlight: ReadonlyArray<Submission<Command, Answer, Error>> = []

  const next = Effect.gen(function* () {
    inFlight = yield* Queue.takeBetween(queue, 1, together)
    const exit = yield* Effect.exit(commit(inFlight.map((submission) => submission.command)))
    for (const [index, submission] of inFlight.entries()) {
      Deferred.doneUnsafe(submission.answer, Exit.isSuccess(exit) ? exit.value[index]! : Effect.failCause(exit.cause))
    }
    inFlight = []
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
      for (const submission of inFlight) Deferred.doneUnsafe(submission.answer, Effect.fail(closed))
      for (let exit = Queue.takeUnsafe(queue); exit?._tag === "Success"; exit = Queue.takeUnsafe(queue)) {
        Deferred.doneUnsafe(exit.value.answer, Effect.fail(closed))
      }
      Queue.shutdownUnsafe(queue)
    })
  )

  return (command) =>
    Effect.suspend(() => {
      const answer = Deferred.makeUnsafe<Answer, Error | StoreError>()
      const submission = { command, answer }
      // Nearly always there is room.
      if (Queue.offerUnsafe(queue, submission)) return Deferred.await(answer)
      return Effect.flatMap(Queue.offer(queue, submission), (taken) =>
        taken ? Deferred.await(answer) : Effect.fail(closed)
      )
    })
})

/** The store refuses what was to be written, for good, and nothing of it happened. */
const isRefusal = (error: unknown): boolean =>
  error instanceof StoreError && error.reason === "Conflict" && !error.retryable && error.committed === "no"

/**
 * A commit of which the store refuses a part, and nobody knows which: it is done again by halves, in the same order,
 * until what is refused stands alone. The others' commands are none the worse for it.
 */
export const apart =
  <Command, Answer, Error>(commit: Commit<Command, Answer, Error>): Commit<Command, Answer, Error> =>
  (commands) =>
    Effect.catch(commit(commands), (error) => {
      if (commands.length < 2 || !isRefusal(error)) return Effect.fail(error)
      const middle = commands.length >>> 1
      const halves = [commands.slice(0, middle), commands.slice(middle)]
      return Effect.map(
        Effect.forEach(halves, (half) =>
          Effect.catchCause(apart(commit)(half), (cause) => Effect.succeed(half.map(() => Exit.failCause(cause))))
        ),
        (exits) => exits.flat()
      )
    })

/** A short wait that doubles: from 20 ms, seven times, some two and a half seconds in all. */
const patience = Schedule.exponential("20 millis").pipe(Schedule.upTo({ times: 7 }))

/**
 * Runs a transaction until it is known to have committed, or fails for good. The body stores the marker it is given
 * among its recorded commands: after an unknown outcome the marker tells whether the commit happened, so that nothing
 * is done twice.
 */
export const retrying = Effect.fnUntraced(function* <Tx, P, A, E, R>(options: {
  /** What each attempt looks up before it takes the head. */
  readonly prepare: Effect.Effect<P, StoreError, R>
  readonly transact: <B, E2>(body: (tx: Tx) => Effect.Effect<B, E2>) => Effect.Effect<B, E2 | StoreError>
  readonly recorded: (
    tx: Tx,
    ids: ReadonlyArray<CommandId>
  ) => Effect.Effect<ReadonlyMap<CommandId, RecordedCommand>, StoreError>
  readonly body: (tx: Tx, marker: RecordedCommand, prepared: P) => Effect.Effect<A, E | StoreError>
}): Effect.fn.Return<A, E | StoreError, Ids | R> {
  const ids = yield* Ids
  const commandId = CommandId.make(`commit.${(yield* ids.many(1))[0]}`)
  const marker: RecordedCommand = { commandId, digest: "commit", answer: null }
  let outcome: { readonly value: A } | undefined
  // Of the attempts so far: whether the last commit may have happened, and whether one is known to have.
  let state: "no" | "unknown" | "done" = "no"
  const attempt = Effect.flatMap(options.prepare, (prepared) =>
    options.transact((tx) =>
      Effect.gen(function* () {
        if (outcome !== undefined && (yield* options.recorded(tx, [commandId])).size > 0) {
          state = "done"
          return outcome.value
        }
        state = "no"
        const value = yield* options.body(tx, marker, prepared)
        outcome = { value }
        return value
      })
    )
  )
  return yield* attempt.pipe(
    Effect.tapError((error) =>
      Effect.sync(() => {
        if (state === "no" && error instanceof StoreError) state = error.committed
      })
    ),
    Effect.retry({
      while: (error) => state !== "done" && error instanceof StoreError && error.retryable,
      schedule: patience
    }),
    Effect.catch((error) => {
      if (state === "done") return Effect.succeed(outcome!.value)
      if (state === "no" || !(error instanceof StoreError)) return Effect.fail(error)
      // The last attempt did not get as far as to find out what became of the one before.
      const { message, reason, retryable } = error
      return Effect.fail(new StoreError({ reason, retryable, committed: "unknown", message, cause: error }))
    })
  )
})
