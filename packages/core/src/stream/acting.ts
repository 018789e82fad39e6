/**
 * Who acts in a batch of commands: looked up before the head is taken, and still known well enough once it is held.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Actor from "../company/Actor.ts"
import { StoreError } from "../values/StoreError.ts"

/** The users who act. */
export interface Acting {
  readonly ids: ReadonlyArray<string>
  /** What is known of them, by id; nothing where they are rows of the context itself. */
  readonly entries: ReadonlyMap<string, Actor.DirectoryEntry>
  /** Why nothing is known of those without an entry, who may be users all the same. */
  readonly away?: StoreError
}

/**
 * Looks up who acts. Where the directory does not answer, those whom it holds go on, and so does the system; the others
 * are answered with its error. `own` are rows of the context, which finds them under its head.
 */
export const lookUp = Effect.fnUntraced(function* (
  actors: ReadonlyArray<Actor.Actor>,
  own: boolean
): Effect.fn.Return<Acting, StoreError, Actor.Directory> {
  const ids = Actor.idsOf(actors)
  if (own || ids.length === 0) return { ids, entries: new Map() }
  const directory = yield* Actor.Directory
  const known = (entries: ReadonlyArray<Actor.DirectoryEntry>) => ({ ids, entries: Actor.byId(entries) })
  return yield* Effect.map(directory.lookup(ids), known).pipe(
    Effect.catch((away) =>
      Effect.flatMap(directory.held?.(ids) ?? Effect.succeed([]), (held): Effect.Effect<Acting, StoreError> =>
        held.length > 0 || actors.some(({ _tag }) => _tag === "System")
          ? Effect.succeed({ ...known(held), away })
          : Effect.fail(away)
      )
    )
  )
})

/** Tries again for a while: the users context may just be starting anew. */
const patience = Schedule.exponential("50 millis").pipe(Schedule.upTo({ duration: "2 seconds" }))

/**
 * For a directory that asks another process: looks an actor up before their command queues, so that whoever is not
 * known holds up nobody else's. Otherwise there is nothing to wait for.
 */
export const lookUpEarly = (directory: Actor.Directory["Service"]) => {
  if (directory.held === undefined) return () => undefined
  return (actor: Actor.Actor) =>
    actor._tag === "System"
      ? undefined
      : Effect.asVoid(
          Effect.retry(directory.lookup([actor.id]), { while: ({ retryable }) => retryable, schedule: patience })
        )
}

/**
 * Whether what is known of those who act may still be gone by: looked at under the head, right before anything is
 * written. The head may have been waited for, or the process may have stood still. Then all is done again.
 */
export const stillGood = ({ entries }: Acting): Effect.Effect<void, StoreError> => {
  let until: bigint | undefined
  for (const entry of entries.values()) {
    if (entry.until !== undefined && (until === undefined || entry.until < until)) until = entry.until
  }
  if (until === undefined) return Effect.void
  const end = until
  return Effect.flatMap(Clock.monotonicTimeNanos, (now) => (now < end ? Effect.void : Effect.fail(over)))
}

const over = new StoreError({
  reason: "Unavailable",
  retryable: true,
  committed: "no",
  message: "what was known of who acts is too old by now"
})
