/**
 * Transactions under a context's head: one after another, all or nothing.
 */
import { type CommandId, type ContextChanges, type Envelope, Head, type StoreError } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Commands from "./Commands.ts"
import * as Contexts from "./Contexts.ts"
import type { CompanyDatabase } from "./Database.ts"
import { conflict } from "./errors.ts"
import * as Events from "./Events.ts"
import { savingOnce, type Transaction } from "./savingOnce.ts"
import type { Statement } from "./statements.ts"
import { type Locked, trying } from "./trying.ts"
import { type Beside, unlocked } from "./unlocked.ts"

/** What a context brings to the transactions under its head. */
export interface Rules<H extends Head.Head, Query, Loaded, C extends ContextChanges<H>, More extends object, Known> {
  /** What its transactions have besides; told whether they are over. */
  readonly more?: (isOver: () => boolean) => More
  readonly db: CompanyDatabase
  readonly source: Envelope.Source
  readonly codec: Contexts.HeadCodec<H>
  readonly load: (query: Query, head: H) => Effect.Effect<Loaded, StoreError>
  /**
   * How small commits go without a lock (`unlocked`): what they know besides the head they find out for themselves.
   */
  readonly beside?: Beside<H, Query, Loaded, C, More>
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

/** A body under the lock of the head. */
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
): Effect.Effect<Locked<A, H>, E | StoreError, R> => {
  const { codec, db, source } = rules
  const transaction = Effect.gen(function* () {
    const { clock, head, mark } = yield* Contexts.take(db, codec)
    const known = rules.begin(mark)
    const { during: sending, left, write } = writer(rules, head, mark, known)
    let isLong = false
    const { ahead, during, isOver, save } = savingOnce<C>((changes, isLast) => {
      isLong ||= !isLast
      return write(changes, isLast)
    })
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
    return { answer, found: mark, known, left: left(), isLong }
  })
  return Effect.map(db.transaction(transaction), ({ known, ...done }) => {
    rules.committed?.(done.left.mark, known)
    return done
  })
}

/** Transactions of a context that writes a stream, and its head (`trying`). */
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
  const refuses = (changes: C, head: H) => Head.follows(source, head, changes) ?? rules.refuses?.(changes, head, head)
  return trying<H, Tx>({
    db,
    codec,
    locked: (body) => locked(rules, body),
    unlocked: beside && ((left, body) => unlocked({ beside, refuses }, left, body))
  })
}
