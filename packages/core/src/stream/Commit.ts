/**
 * How a batch of commands becomes one commit, the same way in every context: look up who acts, take the head, load
 * once, decide all, save once, announce.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type * as Access from "../company/Access.ts"
import * as Actor from "../company/Actor.ts"
import { Digest } from "../values/Digest.ts"
import type * as Envelope from "./Envelope.ts"
import type { EventBus } from "./EventBus.ts"
import { announce } from "./EventBus.ts"
import type { Head } from "./Head.ts"
import { type Ids, type CommandId } from "../values/Ids.ts"
import { StoreError } from "../values/StoreError.ts"
import * as Command from "./Command.ts"
import type * as Input from "../values/Input.ts"
import { type Attributed, type Decision, fold, type Submitted } from "./Fold.ts"
import * as Writer from "./Writer.ts"

/** The recorded commands among those asked for. */
type Recorded = ReadonlyMap<CommandId, Command.RecordedCommand>

/** Those who act and are users, by id. */
type Actors = ReadonlyMap<string, Actor.DirectoryEntry>

/** What a context brings to its commits. */
export interface Rules<Tx, Command, State, Change, Answer, Error> {
  readonly transact: <A, E>(body: (tx: Tx) => Effect.Effect<A, E>) => Effect.Effect<A, E | StoreError>
  /** Everything the commands name, in one load. */
  readonly load: (
    tx: Tx,
    commands: ReadonlyArray<Command>,
    ids: ReadonlyArray<CommandId>,
    actors: Actors
  ) => Effect.Effect<{ readonly state: State; readonly recorded: Recorded }, StoreError>
  readonly recorded: (tx: Tx, ids: ReadonlyArray<CommandId>) => Effect.Effect<Recorded, StoreError>
  readonly decide: (
    state: State,
    command: Command,
    actor: Actor.ActiveActor
  ) => Result.Result<Decision<Change, Answer>, Error>
  /** Whether a recorded answer is still for the actor: see `fold`. */
  readonly withhold: (command: Command, actor: Actor.ActiveActor, answer: Answer) => Error | undefined
  readonly evolve: (state: State, change: Change) => void
  /** Saves what was decided, with the records, and gives the events and the head's number. */
  readonly save: (
    tx: Tx,
    state: State,
    changes: ReadonlyArray<Attributed<Change>>,
    records: ReadonlyArray<Command.RecordedCommand>
  ) => Effect.Effect<Saved, Error | StoreError>
}

interface Saved {
  readonly events: ReadonlyArray<Envelope.Envelope>
  readonly head: Head
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
  /** The command's name and content as the caller gave them: what its digest covers. */
  name: string,
  content: unknown,
  command: C,
  options: Command.CommandOptions | undefined
) => Effect.Effect<Command.Committed<O[C["_tag"]]["answer"]>, O[C["_tag"]]["error"] | CommonError>

/** Starts the context's writer. */
export const start = Effect.fnUntraced(function* <
  Tx extends { readonly head: Head },
  Cmd extends { readonly _tag: string },
  O extends Outcomes<Cmd>,
  State,
  Change
>(
  rules: Rules<Tx, Cmd, State, Change, O[Cmd["_tag"]]["answer"], O[Cmd["_tag"]]["error"]>
): Effect.fn.Return<Submit<Cmd, O>, never, Actor.Directory | EventBus | Ids | Digest | Scope.Scope> {
  const { sha256 } = yield* Digest
  const services = yield* Effect.context<Actor.Directory | EventBus | Ids>()

  type Answer = O[Cmd["_tag"]]["answer"]
  type Error = O[Cmd["_tag"]]["error"]
  type Refusal = Error | Command.CommandConflict | Actor.ActorError
  interface Outcome extends Saved {
    readonly exits: ReadonlyArray<Exit.Exit<Answer, Refusal>>
  }

  const commit = Effect.fnUntraced(function* (commands: ReadonlyArray<Submitted<Cmd>>) {
    const outcome = yield* Writer.retrying({
      prepare: Actor.lookup(commands.map((submitted) => submitted.actor)),
      transact: rules.transact,
      recorded: rules.recorded,
      body: Effect.fnUntraced(function* (tx: Tx, marker, actors): Effect.fn.Return<Outcome, Error | StoreError> {
        const ids = commands.flatMap((submitted) => submitted.commandId ?? [])
        const { recorded, state } = yield* rules.load(
          tx,
          commands.map((submitted) => submitted.command),
          ids,
          actors
        )
        const { changes, done, exits, records } = fold({
          commands,
          recorded,
          actors,
          decide: (command: Cmd, actor) => rules.decide(state, command, actor),
          withhold: rules.withhold,
          evolve: (change: Change) => rules.evolve(state, change)
        })
        if (changes.length === 0 && records.length === 0) return { exits, events: [], head: tx.head }
        return yield* rules.save(tx, state, changes, [...records, marker]).pipe(
          Effect.map((saved): Outcome => ({ ...saved, exits })),
          // A rule that the whole commit breaks refuses what was decided now, and nothing else of the batch.
          Effect.catchIf(
            (error): error is Exclude<Error, StoreError> => !(error instanceof StoreError),
            (error) =>
              Effect.succeed({
                exits: exits.map((exit, index) => (done.has(index) ? Exit.fail(error) : exit)),
                events: [],
                head: tx.head
              })
          )
        )
      })
    })
    yield* announce(outcome.events)
    return outcome.exits.map((exit): Exit.Exit<Command.Committed<Answer>, Refusal> =>
      exit._tag === "Success"
        ? Exit.succeed({ answer: exit.value, number: outcome.head.number })
        : Exit.failCause(exit.cause)
    )
  }, Effect.provideContext(services))

  const write = yield* Writer.make(Writer.apart(commit))

  const submit = (
    actor: Actor.Actor,
    name: string,
    content: unknown,
    command: Cmd,
    options: Command.CommandOptions | undefined
  ) =>
    Effect.flatMap(Command.commandId(options), (commandId) =>
      write({
        command,
        actor,
        commandId,
        digest: commandId === undefined ? "" : Command.digest(sha256, name, actor, content)
      })
    )
  // The answer and the errors belong to the kind of command: `decide` is typed for all kinds together.
  return submit as Submit<Cmd, O>
})
