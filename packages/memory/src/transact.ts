/**
 * Transactions: one after another, all or nothing.
 */
import { Head, StoreError } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Connection } from "./Connection.ts"
import { conflict } from "./errors.ts"
import type { Lock } from "./Lock.ts"
import { refusal } from "./opening.ts"
import type { Stream } from "./Stream.ts"

/** A transaction under way: what its body sees of it, and how it ends. */
export interface Begun<Tx> {
  readonly tx: Tx
  /** The body is over: whatever it left running saves nothing. */
  readonly end: () => void
  /** What the body saved: the step that writes it, why it was refused, or nothing. */
  readonly outcome: () => (() => void) | StoreError | undefined
}

/** Runs a body when the lock is its own; writes what it saved once it has succeeded. */
export const inTurn = <Tx, A, E, R, E2>(
  connection: Connection,
  lock: Lock,
  begin: Effect.Effect<Begun<Tx>, E2>,
  body: (tx: Tx) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | E2 | StoreError, R> =>
  Effect.uninterruptibleMask((restore) => {
    if (!connection.alive) return restore(Effect.never)
    const ticket = connection.enter(lock)
    const run = Effect.gen(function* () {
      yield* restore(ticket.turn)
      const { end, outcome, tx } = yield* begin
      const answer = yield* Effect.onExit(restore(Effect.suspend(() => body(tx))), () => Effect.sync(end))
      // Killed in the middle of it: nobody hears of it, and nothing is written.
      if (!connection.alive) return yield* restore(Effect.never)
      const saved = outcome()
      if (saved instanceof StoreError) return yield* saved
      saved?.()
      return answer
    })
    return Effect.ensuring(run, Effect.sync(ticket.leave))
  })

/**
 * The `save` of a transaction: it checks at once and is there at most once. A transaction whose `save` was refused is
 * lost, whatever its body makes of the error.
 */
export const savingOnce = <Changes>(connection: Connection, stage: (changes: Changes) => (() => void) | StoreError) => {
  let ended = false
  let staged: (() => void) | StoreError | undefined
  const save = (changes: Changes): Effect.Effect<void, StoreError> =>
    connection.call(() => {
      if (ended) return Effect.fail(conflict("the transaction is over"))
      staged = staged === undefined ? stage(changes) : conflict("a transaction saves once")
      return staged instanceof StoreError ? Effect.fail(staged) : Effect.void
    })
  return { save, outcome: () => staged, end: () => void (ended = true), isOver: () => ended }
}

/** A store with a head: what a context brings to the transactions under its head. */
export interface HeadStore<H extends Head.Head, Query, Loaded, Changes, More extends object> {
  /** What its transactions have besides; told whether they are over. */
  readonly more?: (isOver: () => boolean) => More
  readonly connection: Connection
  readonly stream: Stream<H>
  readonly load: (query: Query, head: H) => Loaded
  /** Refuses changes that contradict what is stored, or returns the step that writes them; that step can't fail. */
  readonly stage: (changes: Changes, head: H) => (() => void) | StoreError
}

/** A transaction as the ports of the three contexts with a stream have it. */
export interface Transaction<H, Query, Loaded, Changes> {
  readonly head: H
  readonly now: DateTime.Utc
  readonly load: (query: Query) => Effect.Effect<Loaded, StoreError>
  readonly save: (changes: Changes) => Effect.Effect<void, StoreError>
}

/** Transactions under a context's head. */
export const transact = <H extends Head.Head, Query, Loaded, Changes, More extends object = object>(
  store: HeadStore<H, Query, Loaded, Changes, More>
) => {
  const { connection, load, stage, stream } = store
  type Tx = Transaction<H, Query, Loaded, Changes> & More
  const begin = Effect.gen(function* () {
    const refused = refusal(connection, stream.source)
    if (refused !== undefined) return yield* refused
    const { head } = stream.opened!
    const now = Head.instant(head, yield* DateTime.now)
    const { end, isOver, outcome, save } = savingOnce<Changes>(connection, (changes) => stage(changes, head))
    const tx = {
      ...store.more?.(isOver),
      head,
      now,
      load: (query) =>
        connection.call(() =>
          isOver() ? Effect.fail(conflict("the transaction is over")) : Effect.sync(() => load(query, head))
        ),
      save
    } as Tx
    return { tx, end, outcome }
  })
  return <A, E, R>(body: (tx: Tx) => Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> =>
    inTurn(connection, stream.lock, begin, body)
}
