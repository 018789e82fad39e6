/**
 * Transactions that take no lock: what a body wants is read together with the head, at one moment, and what it saves is
 * written in one statement that takes the head only if it has not moved since. Two waits for the server, in place of
 * the five of a transaction.
 */
import { type CommandId, Head, type RecordedCommand, type StoreError } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { conflict } from "./errors.ts"
import { savingOnce, type Transaction } from "./savingOnce.ts"
import type * as Seen from "./Seen.ts"

type Recorded = { readonly commands: ReadonlyMap<CommandId, RecordedCommand> }

/** What is read together with a head; undefined for what is too big to be read so. */
type Looking<Loaded> =
  | Effect.Effect<{ readonly seen: Seen.Seen; readonly loaded: Loaded } | undefined, StoreError>
  | undefined

/** Reads something, and makes sure that it was read under the head that the body goes on from. */
type Reading = <Loaded>(looking: () => Looking<Loaded>) => Effect.Effect<Loaded, StoreError>

/** How a context reads and writes without a lock. */
export interface Beside<H, Query, Loaded, C, More extends object = object> {
  /** Reads the head and what is loaded at one moment. */
  readonly look: (query: Query, head: H) => Looking<Loaded & Recorded>
  /** What its transactions have besides. */
  readonly more?: (reading: Reading, head: H) => More
  /**
   * Writes changes, and moves the head to where they lead, if it is still the one that was seen; returns it then. Once
   * it is sent it is waited for, whoever is interrupted.
   */
  readonly writeIf: (changes: C, seen: Seen.Seen) => Effect.Effect<Left<H> | undefined, StoreError>
}

/** What a context brings to it. */
interface Rules<H, Query, Loaded, C, More extends object> {
  readonly beside: Beside<H, Query, Loaded, C, More>
  readonly refuses: (changes: C, head: H) => string | undefined
}

/** A head as this process left or found it, and its mark. */
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
 * row says, whenever the body reads, and again, by the transaction that wrote it, when what it saved is written.
 */
export const unlocked = <
  H extends Head.Head,
  Query extends { readonly commands: ReadonlyArray<CommandId> },
  Loaded,
  C,
  More extends object,
  A,
  E,
  R
>(
  { beside, refuses }: Rules<H, Query, Loaded, C, More>,
  { head, mark }: Left<H>,
  body: (tx: Transaction<H, Query, Loaded, C> & More) => Effect.Effect<A, E, R>
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
      const refusal = refuses(saved, head)
      if (refusal !== undefined) return Effect.fail(conflict(refusal))
      changes = saved
      return Effect.void
    })

    const reading: Reading = Effect.fnUntraced(function* <Read>(looking: () => Looking<Read>) {
      if (isOver()) return yield* conflict("the transaction is over")
      const look = looking()
      if (look === undefined) return yield* give("TooBig")
      hasAsked = true
      const looked = yield* look
      if (looked === undefined) return yield* give("TooBig")
      if (looked.seen.mark !== mark || looked.seen.version !== (seen ??= looked.seen).version)
        return yield* give("Moved")
      return looked.loaded
    })

    const tx = {
      ...beside.more?.(reading, head),
      head,
      // The instant comes with the first read. A body that wants it before, or that reads nothing, needs the lock.
      get now() {
        if (seen === undefined) throw give("TooBig")
        return Head.instant(head, DateTime.makeUnsafe(seen.clock))
      },
      load: (query) => reading(() => beside.look(query, head)),
      // What is written part by part is much: better under the lock, while the next part is made.
      ahead: () => Effect.suspend(() => give("TooBig")),
      save
    } as Transaction<H, Query, Loaded, C> & More
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
