/**
 * Transactions that take no lock: what a body wants is read together with the head, at one moment, and what it saves is
 * written in one statement that takes the head only if it has not moved since. Two waits for the server, in place of
 * the five of a transaction.
 */
import { type CommandId, type ContextChanges, type Envelope, Head, type StoreError } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Commands from "./Commands.ts"
import * as Contexts from "./Contexts.ts"
import type { CompanyDatabase, Statement } from "./Database.ts"
import { conflict } from "./errors.ts"
import * as Events from "./Events.ts"
import { savingOnce, type Transaction } from "./savingOnce.ts"

/** What is read beside the head, and what its rows, one list for each statement, come to. */
export interface Reading<Loaded> {
  readonly statements: ReadonlyArray<Statement>
  readonly read: (rows: ReadonlyArray<ReadonlyArray<unknown>>) => Loaded
}

/** What a context brings to it. */
interface Rules<H extends Head.Head, Query, Loaded, C> {
  readonly db: CompanyDatabase
  readonly source: Envelope.Source
  readonly codec: Contexts.HeadCodec<H>
  /** How a load is read beside the head; undefined for one that is too big. */
  readonly beside: (query: Query) => Reading<Loaded> | undefined
  readonly refuses: (changes: C, head: H) => string | undefined
  /** What writes the context's own rows: inserts alone. */
  readonly write: (changes: C) => ReadonlyArray<Statement>
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
  { beside, codec, db, refuses, source, write }: Rules<H, Query, Loaded, C>,
  { head, mark }: Left<H>,
  body: (tx: Omit<Transaction<H, Query, Loaded, C>, "ahead">) => Effect.Effect<A, E, R>
): Effect.Effect<Outcome<A, H>, E | StoreError, R> =>
  Effect.gen(function* () {
    let seen: Contexts.Seen | undefined
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
      const reading = beside(query)
      if (reading === undefined) return yield* give("TooBig")
      hasAsked = true
      const asksForCommands = query.commands.length > 0
      const commands = asksForCommands ? [Commands.find(db, source, query.commands)] : []
      const found = yield* Contexts.see(db, codec, [...reading.statements, ...commands])
      if (found.mark !== mark || found.version !== (seen ??= found).version) return yield* give("Moved")
      return {
        ...reading.read(found.rows),
        commands: yield* Commands.found(asksForCommands ? found.rows.at(-1)! : [])
      }
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
    const moved = Contexts.move(db, codec, changes.head, seen)
    const isWritten = yield* db.writeIf(moved.statement, [
      ...(changes.events.length > 0 ? [Events.insert(db, source, changes.events)] : []),
      ...write(changes),
      ...(changes.commands.length > 0 ? [Commands.insert(db, source, changes.commands, changes.head.at)] : [])
    ])
    if (!isWritten) return { _tag: "Moved" }
    return { _tag: "Done", answer: exit.value, left: { head: changes.head, mark: moved.mark } }
  })
