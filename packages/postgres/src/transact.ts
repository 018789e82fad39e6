/**
 * Transactions under a context's head: one after another, all or nothing.
 */
import {
  type CommandId,
  type ContextChanges,
  type Envelope,
  Head,
  type RecordedCommand,
  type StoreError
} from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Semaphore from "effect/Semaphore"
import * as Commands from "./Commands.ts"
import * as Contexts from "./Contexts.ts"
import type { CompanyDatabase, Statement } from "./Database.ts"
import { conflict } from "./errors.ts"
import * as Events from "./Events.ts"

/** What a context brings to the transactions under its head. */
export interface Rules<H extends Head.Head, Query, Loaded, C extends ContextChanges<H>, More extends object, Known> {
  /** What its transactions have besides; told whether they are over. */
  readonly more?: (isOver: () => boolean) => More
  readonly db: CompanyDatabase
  readonly source: Envelope.Source
  readonly codec: Contexts.HeadCodec<H>
  readonly load: (query: Query, head: H) => Effect.Effect<Loaded, StoreError>
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

/** A transaction as the ports of the three contexts with a stream have it. */
export interface Transaction<H, Query, Loaded, C> {
  readonly head: H
  readonly now: DateTime.Utc
  readonly load: (
    query: Query
  ) => Effect.Effect<Loaded & { readonly commands: ReadonlyMap<CommandId, RecordedCommand> }, StoreError>
  readonly ahead: (part: C) => Effect.Effect<void, StoreError>
  readonly save: (changes: C) => Effect.Effect<void, StoreError>
}

/**
 * The `save` of a transaction: once at most, and not when it is over. A transaction whose `save` was refused is lost,
 * whatever its body makes of the error; and so is one that wrote a part ahead and never saved.
 */
export const savingOnce = <C>(write: (changes: C, isLast: boolean) => Effect.Effect<unknown, StoreError>) => {
  let state: "open" | "ahead" | "saved" | "over" = "open"
  let refusal: StoreError | undefined
  const writing = (changes: C, isLast: boolean): Effect.Effect<void, StoreError> =>
    Effect.suspend(() => {
      const before = state
      if (before === "over") return Effect.fail(conflict("the transaction is over"))
      state = isLast ? "saved" : "ahead"
      return before === "saved"
        ? Effect.fail(conflict("a transaction saves once"))
        : Effect.asVoid(write(changes, isLast))
    }).pipe(Effect.tapError((error) => Effect.sync(() => void (refusal ??= error))))
  /** Runs the body; what it leaves running can't save any more, and a refusal that it hides counts all the same. */
  const during = <A, E, R>(body: Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> =>
    body.pipe(
      Effect.ensuring(
        Effect.sync(() => {
          if (state === "ahead") refusal ??= conflict("what was written ahead was never saved")
          state = "over"
        })
      ),
      Effect.flatMap((answer) => (refusal === undefined ? Effect.succeed(answer) : Effect.fail(refusal)))
    )
  return {
    ahead: (part: C) => writing(part, false),
    save: (changes: C) => writing(changes, true),
    during,
    isOver: () => state === "over"
  }
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

/** Writes what follows one head and then another; returns how the last of it is sent and waited for. */
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
  return { write, during, left: () => left }
}

/** Transactions under a context's head; those of this process wait here for it, without a connection each. */
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
  const { codec, db, source } = rules
  const turn = Semaphore.makeUnsafe(1)
  type Tx = Transaction<H, Query, Loaded, C> & More

  const transaction = <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
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
      } as Tx
      const answer = yield* sending(during(Effect.suspend(() => body(tx))))
      return { answer, committed: () => rules.committed?.(left(), known) }
    })

  return <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> =>
    Semaphore.withPermit(
      turn,
      Effect.map(db.transaction(transaction(body)), ({ answer, committed }) => {
        committed()
        return answer
      })
    )
}
