/**
 * Transactions that take no lock: what a body wants is read together with the head, at one moment, and what it saves is
 * written in one statement that takes the head only if it has not moved since. Two waits for the server, in place of
 * the five of a transaction.
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
import * as Exit from "effect/Exit"
import { conflict } from "./errors.ts"
import { savingOnce, type Transaction } from "./savingOnce.ts"
import type * as Seen from "./Seen.ts"

type Recorded = { readonly commands: ReadonlyMap<CommandId, RecordedCommand> }

/** What is read together with a head. */
interface Looked<Loaded> {
  readonly seen: Seen.Seen
  readonly loaded: Loaded & Recorded
}

/** How a context reads and writes without a lock. */
export interface Beside<H, Query, Loaded, C> {
  /** Reads the head and what is loaded at one moment; undefined for a load that is too big. */
  readonly look: (query: Query) => Effect.Effect<Looked<Loaded>, StoreError> | undefined
  /**
   * Writes changes, and moves the head to where they lead, if it is still the one that was seen; returns its mark then.
   * Once it is sent it is waited for, whoever is interrupted.
   */
  readonly writeIf: (
    changes: C,
    seen: Seen.Seen
  ) => Effect.Effect<{ readonly head: H; readonly mark: string } | undefined, StoreError>
}

/** What a context brings to it. */
interface Rules<H extends Head.Head, Query, Loaded, C> {
  readonly source: Envelope.Source
  readonly beside: Beside<H, Query, Loaded, C>
  readonly refuses: (changes: C, head: H) => string | undefined
}

/** A head as this process left it, and its mark. */
export interface Left<H> {
  readonly head: H
  readonly mark: string
}

/** What came of it: the answer and the head that is there now. Or nothing was done: the head must be locked. */
export type Outcome<A, H> =
  | { readonly _tag: "Done"; readonly answer: A; readonly left: Left<H> }
  | { readonly _tag: "Moved" }
  | { readonly _tag: "TooBig" }

/** A failure that only ends a body whose outcome does not count. */
const given = conflict("the head must be locked")

/**
 * Runs a body under a head as it was left. Nothing that it does counts unless the head is found there, by all that its
 * row says, when the body loads, and again, by the transaction that wrote it, when what it saved is written.
 */
export const unlocked = <
  H extends Head.Head,
  Query extends { readonly commands: ReadonlyArray<CommandId> },
  Loaded,
  C extends ContextChanges<H>,
  A,
  E,
  R
>(
  { beside, refuses, source }: Rules<H, Query, Loaded, C>,
  { head, mark }: Left<H>,
  body: (tx: Omit<Transaction<H, Query, Loaded, C>, "ahead">) => Effect.Effect<A, E, R>
): Effect.Effect<Outcome<A, H>, E | StoreError, R> =>
  Effect.gen(function* () {
    let seen: Seen.Seen | undefined
    let hasAsked = false
    let over: "Moved" | "TooBig" | undefined
    let changes: C | undefined
    const give = (reason: "Moved" | "TooBig") => {
      over ??= reason
      return given
    }
    const { during, isOver, save } = savingOnce<C>((saved) => {
      const refusal = Head.follows(source, head, saved) ?? refuses(saved, head)
      if (refusal !== undefined) return Effect.fail(conflict(refusal))
      changes = saved
      return Effect.void
    })

    const load = Effect.fnUntraced(function* (query: Query) {
      if (isOver()) return yield* conflict("the transaction is over")
      const looking = beside.look(query)
      if (looking === undefined) return yield* give("TooBig")
      hasAsked = true
      const looked = yield* looking
      if (looked.seen.mark !== mark || looked.seen.version !== (seen ??= looked.seen).version)
        return yield* give("Moved")
      return looked.loaded
    })

    const tx = {
      head,
      // The instant comes with the first load. A body that wants it before, or that loads nothing, needs the lock.
      get now() {
        if (seen === undefined) throw give("TooBig")
        return Head.instant(head, DateTime.makeUnsafe(seen.clock))
      },
      load,
      save
    }
    const exit = yield* Effect.exit(during(Effect.suspend(() => body(tx))))
    if (over !== undefined) return { _tag: over }
    // It knew no more than the head that was left, which may be another by now.
    if (!hasAsked) return { _tag: "TooBig" }
    if (Exit.isFailure(exit)) return yield* Effect.failCause(exit.cause)
    if (seen === undefined) return { _tag: "TooBig" }
    if (changes === undefined) return { _tag: "Done", answer: exit.value, left: { head, mark } }
    const left = yield* beside.writeIf(changes, seen)
    return left === undefined ? { _tag: "Moved" } : { _tag: "Done", answer: exit.value, left }
  })
