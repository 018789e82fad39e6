/**
 * How commands become commits, the same way in every context. From `submit` the line is straight: the writer queues
 * them, and each batch is looked up (who acts), takes the head, is loaded once, decided, saved once, announced and
 * answered. While the head is held, nobody else is asked anything.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import type * as Access from "../company/Access.ts"
import * as Actor from "../company/Actor.ts"
import { Digest, type Sha256 } from "../values/Digest.ts"
import type { CommandId, Ids } from "../values/Ids.ts"
import type * as Input from "../values/Input.ts"
import { StoreError } from "../values/StoreError.ts"
import * as TraceContext from "../values/TraceContext.ts"
import { type Acting, lookUp, lookUpEarly, stillGood } from "./acting.ts"
import { apart, untilKnown } from "./attempts.ts"
import * as Command from "./Command.ts"
import type * as Envelope from "./Envelope.ts"
import { announce, type EventBus } from "./EventBus.ts"
import { type Deciding, fold, type Folded, type Submitted } from "./fold.ts"
import type { Head } from "./Head.ts"
import * as Spans from "./Spans.ts"
import * as Writer from "./Writer.ts"

/** The recorded commands among those asked for. */
type Recorded = ReadonlyMap<CommandId, Command.RecordedCommand>

/** What a commit wrote, and the head after it. */
export interface Saved<H extends Head = Head> {
  readonly events: ReadonlyArray<Envelope.Envelope>
  readonly head: H
}

/** What is saved of a batch: its facts, what caused each, and the records of its commands. */
export type Decided<Fact> = Pick<Folded<Fact, never, never>, "facts" | "traces" | "records">

/** What a context brings to its commits. */
export interface Steps<Tx, Cmd extends { readonly _tag: string }, State, Fact, Answer, Error> extends Deciding<
  Cmd,
  State,
  Fact,
  Answer,
  Error
> {
  /** The stream that it writes. */
  readonly source: Envelope.Source
  /** What each kind of command is recorded as: part of its digest. */
  readonly names: Readonly<Record<Cmd["_tag"], string>>
  readonly transact: <A, E>(body: (tx: Tx) => Effect.Effect<A, E>) => Effect.Effect<A, E | StoreError>
  /** Everything the commands name, in one load; and those who act, where they are rows of the context (`actorIn`). */
  readonly load: (
    tx: Tx,
    commands: ReadonlyArray<Cmd>,
    ids: ReadonlyArray<CommandId>,
    acting: Acting
  ) => Effect.Effect<{ readonly state: State; readonly recorded: Recorded }, StoreError>
  readonly recorded: (tx: Tx, ids: ReadonlyArray<CommandId>) => Effect.Effect<Recorded, StoreError>
  /** Saves what was decided, with the records. */
  readonly save: (tx: Tx, state: State, decided: Decided<Fact>) => Effect.Effect<Saved, Error | StoreError>
}

/** What every command can fail with, whatever the context. */
export type CommonError =
  | Input.InvalidInput
  | Command.CommandConflict
  | Actor.ActorError
  | Access.NotAllowed
  | StoreError

/** For each kind of command, what it answers and what it can fail with. */
export type Outcomes<Cmd extends { readonly _tag: string }> = {
  readonly [Tag in Cmd["_tag"]]: { readonly answer: unknown; readonly error: unknown }
}

/** Sends one command on its way and waits for its answer. */
export type Submit<Cmd extends { readonly _tag: string }, O extends Outcomes<Cmd>> = <C extends Cmd>(
  actor: Actor.Actor,
  command: C,
  /** The content as the caller passed it: what the command's digest covers. */
  content: unknown,
  options: Command.CommandOptions | undefined
) => Effect.Effect<Command.Committed<O[C["_tag"]]["answer"]>, O[C["_tag"]]["error"] | CommonError>

/** A command on its way, and who waits for its answer. */
interface Submission<Cmd, Answer, Error> extends Submitted<Cmd>, Writer.Waiting<Command.Committed<Answer>, Error> {}

/** Starts the context's writer; returns the way to submit commands. */
export const start = Effect.fnUntraced(function* <
  Tx extends { readonly head: Head },
  Cmd extends { readonly _tag: string },
  O extends Outcomes<Cmd>,
  State,
  Fact
>(
  steps: Steps<Tx, Cmd, State, Fact, O[Cmd["_tag"]]["answer"], O[Cmd["_tag"]]["error"]>
): Effect.fn.Return<Submit<Cmd, O>, never, Actor.Directory | EventBus | Ids | Digest | Scope.Scope> {
  const { sha256 } = yield* Digest
  const services = yield* Effect.context<Actor.Directory | EventBus | Ids>()
  const early = steps.actorIn === undefined ? lookUpEarly(yield* Actor.Directory) : () => undefined
  const write = yield* Writer.make(
    apart((batch: ReadonlyArray<Submission<Cmd, unknown, unknown>>) =>
      Spans.together(
        Effect.provideContext(commit(steps, batch), services),
        `commit ${steps.source}`,
        () => Spans.causesOf(batch),
        () => ({ attributes: { "popug.commands": batch.length } })
      )
    )
  )
  // The answer and the errors belong to the kind of command: `decide` is typed for all kinds together.
  return submitting(steps.names, sha256, early, write) as Submit<Cmd, O>
})

const submitting =
  <Cmd extends { readonly _tag: string }, Answer, Error>(
    names: Readonly<Record<string, string>>,
    sha256: Sha256,
    early: (actor: Actor.Actor) => Effect.Effect<void, StoreError> | undefined,
    write: Writer.Write<Submission<Cmd, Answer, Error>, Command.Committed<Answer>, Error>
  ) =>
  (actor: Actor.Actor, command: Cmd, content: unknown, options: Command.CommandOptions | undefined) => {
    const queue = (commandId: CommandId | undefined) =>
      Effect.withFiber((fiber) =>
        write({
          command,
          actor,
          commandId,
          digest: commandId === undefined ? "" : Command.digest(sha256, names[command._tag]!, actor, content),
          trace: TraceContext.current(fiber),
          answered: Deferred.makeUnsafe()
        })
      )
    const commandId = options?.commandId
    const known = early(actor)
    const queued = commandId === undefined ? queue(undefined) : Effect.flatMap(Command.parseCommandId(commandId), queue)
    return known === undefined ? queued : Effect.andThen(known, queued)
  }

/** One batch, from the look at who acts to the answers. It is tried until its outcome is known. */
const commit = Effect.fnUntraced(function* <
  Tx extends { readonly head: Head },
  Cmd extends { readonly _tag: string },
  State,
  Fact,
  Answer,
  Error
>(steps: Steps<Tx, Cmd, State, Fact, Answer, Error>, batch: ReadonlyArray<Submitted<Cmd>>) {
  const { exits, saved } = yield* untilKnown({
    prepare: lookUp(
      batch.map(({ actor }) => actor),
      steps.actorIn !== undefined
    ),
    transact: steps.transact,
    recorded: steps.recorded,
    body: (tx: Tx, receipt, acting) => underHead(steps, batch, tx, receipt, acting)
  })
  yield* announce(saved.events)
  const { number } = saved.head
  return exits.map((exit) => Exit.map(exit, (answer): Command.Committed<Answer> => ({ answer, number })))
})

/** What a batch does while it holds the head: loads, decides, saves. */
const underHead = Effect.fnUntraced(function* <
  Tx extends { readonly head: Head },
  Cmd extends { readonly _tag: string },
  State,
  Fact,
  Answer,
  Error
>(
  steps: Steps<Tx, Cmd, State, Fact, Answer, Error>,
  batch: ReadonlyArray<Submitted<Cmd>>,
  tx: Tx,
  receipt: Command.RecordedCommand,
  acting: Acting
) {
  const ids = batch.flatMap(({ commandId }) => commandId ?? [])
  const { recorded, state } = yield* steps.load(
    tx,
    batch.map(({ command }) => command),
    ids,
    acting
  )
  const { done, exits, facts, records, traces } = fold(steps, state, batch, { recorded, acting })
  yield* stillGood(acting)
  const nothing: Saved = { events: [], head: tx.head }
  if (facts.length === 0 && records.length === 0) return { exits, saved: nothing }
  return yield* steps.save(tx, state, { facts, traces, records: [...records, receipt] }).pipe(
    Effect.map((saved) => ({ exits, saved })),
    // A rule that the whole commit breaks refuses what was decided now, and nothing else of the batch.
    Effect.catchIf(
      (error): error is Exclude<Error, StoreError> => !(error instanceof StoreError),
      (error) =>
        Effect.succeed({
          exits: exits.map((exit, index) => (done.has(index) ? Exit.fail(error) : exit)),
          saved: nothing
        })
    )
  )
})
