/**
 * Transactions under a context's head: one after another, all or nothing.
 */
import { type CommandId, type ContextChanges, type Envelope, Head, StoreError } from "@popug/core"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Semaphore from "effect/Semaphore"
import * as Commands from "./Commands.ts"
import * as Contexts from "./Contexts.ts"
import type { CompanyDatabase } from "./Database.ts"
import { conflict } from "./errors.ts"
import * as Events from "./Events.ts"
import { savingOnce, type Transaction } from "./savingOnce.ts"
import type { Statement } from "./statements.ts"
import { type Beside, type Left, unlocked } from "./unlocked.ts"

/** What a context brings to the transactions under its head. */
export interface Rules<H extends Head.Head, Query, Loaded, C extends ContextChanges<H>, More extends object, Known> {
  /** What its transactions have besides; told whether they are over. */
  readonly more?: (isOver: () => boolean) => More
  readonly db: CompanyDatabase
  readonly source: Envelope.Source
  readonly codec: Contexts.HeadCodec<H>
  readonly load: (query: Query, head: H) => Effect.Effect<Loaded, StoreError>
  /**
   * How small commits go without a lock (`unlocked`). A context that has this writes inserts alone, and knows nothing
   * besides its head.
   */
  readonly beside?: Beside<H, Query, Loaded, C>
  /**
   * Why the changes contradict the head that they follow, where SQL does not see it. `taken` is the head as the
   * transaction took it: another one where a part was written ahead.
   */
  readonly refuses?: (changes: C, head: H, taken: H) => string | undefined
  /** What a transaction knows besides its head, whose mark tells it from every other. */
  readonly begin: (mark: string) => Known
  /** Takes over what a transaction knew that has gone through, and the mark of the head that it left. */
  readonly committed?: (mark: string, known: Known) => void
  /** Finds out what writing needs to know. */
  readonly prepare?: (changes: C, known: Known) => Effect.Effect<void, StoreError>
  /** What writes the context's own rows. */
  readonly write: (changes: C, known: Known) => ReadonlyArray<Statement>
}

/**
 * Writes one after another, each sent as soon as the one before it is done, while the caller makes the next. A refusal
 * is heard at the next write, or by whoever waits for the last.
 */
const inOrder = (db: CompanyDatabase) => {
  let underWay: Fiber.Fiber<void, StoreError> | undefined
  const settled = Effect.suspend(() => (underWay === undefined ? Effect.void : Fiber.join(underWay)))
  const send = (statements: ReadonlyArray<Statement>) =>
    Effect.flatMap(settled, () =>
      Effect.map(Effect.forkChild(db.write(statements), { startImmediately: true }), (fiber) => void (underWay = fiber))
    )
  /** Runs the body, and lets go of the connection only when nothing is under way on it. */
  const during = <A, E, R>(body: Effect.Effect<A, E, R>) =>
    Effect.ensuring(
      body,
      Effect.suspend(() => (underWay === undefined ? Effect.void : Fiber.interrupt(underWay)))
    )
  return { send, settled, during }
}

/** Writes what follows one head and then another; returns how the last is sent and waited for, and what is left. */
const writer = <H extends Head.Head, Query, Loaded, C extends ContextChanges<H>, More extends object, Known>(
  rules: Rules<H, Query, Loaded, C, More, Known>,
  taken: H,
  mark: string,
  known: Known
) => {
  const { codec, db, source } = rules
  let head = taken
  let left = mark
  const { during, send, settled } = inOrder(db)
  const write = Effect.fnUntraced(function* (changes: C, isLast: boolean) {
    const refusal = Head.follows(source, head, changes) ?? rules.refuses?.(changes, head, taken)
    if (refusal !== undefined) return yield* conflict(refusal)
    head = changes.head
    if (rules.prepare !== undefined) yield* rules.prepare(changes, known)
    const moved = isLast ? Contexts.move(db, codec, head) : undefined
    left = moved?.mark ?? left
    const statements = [
      ...(changes.events.length > 0 ? [Events.insert(db, source, changes.events)] : []),
      ...rules.write(changes, known),
      ...(changes.commands.length > 0 ? [Commands.insert(db, source, changes.commands, changes.head.at)] : []),
      ...(moved === undefined ? [] : [moved.statement])
    ]
    yield* isLast ? Effect.andThen(settled, db.write(statements)) : send(statements)
  })
  return { write, during, left: () => ({ head, mark: left }) }
}

/** Whether a failure says that nothing was written, and nothing will be. */
const isUndone = (cause: Cause.Cause<unknown>): boolean => {
  const error = Cause.squash(cause)
  return error instanceof StoreError && error.committed === "no"
}

/** A body under the lock of the head: the answer, the head that it found and the one that it leaves. */
const locked = <
  H extends Head.Head,
  Query extends { readonly commands: ReadonlyArray<CommandId> },
  Loaded,
  C extends ContextChanges<H>,
  More extends object,
  Known,
  A,
  E,
  R
>(
  rules: Rules<H, Query, Loaded, C, More, Known>,
  body: (tx: Transaction<H, Query, Loaded, C> & More) => Effect.Effect<A, E, R>
) => {
  const { codec, db, source } = rules
  const transaction = Effect.gen(function* () {
    const { clock, head, mark } = yield* Contexts.take(db, codec)
    const known = rules.begin(mark)
    const { during: sending, left, write } = writer(rules, head, mark, known)
    const { ahead, during, isOver, save } = savingOnce<C>(write)
    const tx = {
      ...rules.more?.(isOver),
      head,
      now: Head.instant(head, DateTime.makeUnsafe(clock)),
      load: (query) =>
        Effect.suspend(() =>
          isOver()
            ? Effect.fail(conflict("the transaction is over"))
            : Effect.flatMap(rules.load(query, head), (loaded) =>
                Effect.map(Commands.load(db, source, query.commands), (commands) => ({ ...loaded, commands }))
              )
        ),
      ahead,
      save
    } as Transaction<H, Query, Loaded, C> & More
    const answer = yield* sending(during(Effect.suspend(() => body(tx))))
    return { answer, found: mark, known, left: left() }
  })
  return Effect.map(db.transaction(transaction), ({ known, ...done }) => {
    rules.committed?.(done.left.mark, known)
    return done
  })
}

/**
 * Transactions under a context's head; those of this process wait here for it, without a connection each. Where the
 * head was found as this process had left it, nobody else seems to write: the next is tried without a lock.
 */
export const transact = <
  H extends Head.Head,
  Query extends { readonly commands: ReadonlyArray<CommandId> },
  Loaded,
  C extends ContextChanges<H>,
  Known,
  More extends object = object
>(
  rules: Rules<H, Query, Loaded, C, More, Known>
) => {
  type Tx = Transaction<H, Query, Loaded, C> & More
  const { beside, codec, db, source } = rules
  const turn = Semaphore.makeUnsafe(1)
  let left: Left<H> | undefined
  let isAlone = true
  // Whether something may still be on its way.
  let isUnsure = false

  const underLock = <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> =>
    Effect.map(locked(rules, body), (done) => {
      isAlone = left === undefined || left.mark === done.found
      left = done.left
      return done.answer
    })

  const tried = Effect.fnUntraced(function* <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>) {
    const isFree = yield* db.isFree
    if (isUnsure) {
      yield* Contexts.touch(db, codec)
      // In a transaction of the caller's it is undone if that is.
      isUnsure = !isFree
    }
    if (beside === undefined || !isFree || left === undefined || !isAlone) return yield* underLock(body)
    const context = { source, beside, refuses: (changes: C, head: H) => rules.refuses?.(changes, head, head) }
    // After a failure of any kind the lock says what the head is.
    isAlone = false
    const outcome = yield* Effect.tapCause(
      unlocked(context, left, body as (tx: object) => Effect.Effect<A, E, R>),
      (cause) => Effect.sync(() => void (isUnsure = !isUndone(cause)))
    )
    if (outcome._tag !== "Done") return yield* underLock(body)
    isAlone = true
    left = outcome.left
    return outcome.answer
  })

  return <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> =>
    Semaphore.withPermit(turn, tried(body))
}
