/**
 * Decides a batch of commands over one loaded state: each sees what those before it did, and none disturbs another.
 */
import * as Exit from "effect/Exit"
import type * as Result from "effect/Result"
import * as Actor from "../company/Actor.ts"
import type { CommandId } from "../values/Ids.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { TraceContext } from "../values/TraceContext.ts"
import type { Acting } from "./acting.ts"
import { CommandConflict, type RecordedCommand } from "./Command.ts"

/** A command on its way: its content was parsed, its digest taken. */
export interface Submitted<Command> {
  readonly command: Command
  readonly actor: Actor.Actor
  readonly commandId: CommandId | undefined
  readonly digest: string
  /** What caused it, where somebody traces that. */
  readonly trace?: TraceContext | undefined
}

/** What caused each of some facts; nothing where nobody traced any of them. */
export type Traces = ReadonlyArray<TraceContext | undefined> | undefined

/** What a decision comes to: the answer, and the facts that make it so, each with who caused it. */
export interface Decision<Fact, Answer> {
  readonly answer: Answer
  readonly facts: ReadonlyArray<Fact>
}

export const decision = <Fact, Answer>(answer: Answer, facts: ReadonlyArray<Fact> = []): Decision<Fact, Answer> => ({
  answer,
  facts
})

/** The pure rules of a context's commands. */
export interface Deciding<Command, State, Fact, Answer, Error> {
  /** Reads the state, and changes nothing. */
  readonly decide: (
    state: State,
    command: Command,
    actor: Actor.ActiveActor
  ) => Result.Result<Decision<Fact, Answer>, Error>
  /**
   * Why an actor who had this answer then may not have it now, by their roles and by what the answer says; undefined
   * if they may. What has become of the state since then does not count.
   */
  readonly withhold: (command: Command, actor: Actor.ActiveActor, answer: Answer) => Error | undefined
  /**
   * Who somebody is, in a context whose rows they are: by then, which is what the commands before it have made of them.
   * Other contexts go by what was looked up for the batch.
   */
  readonly actorIn?: (state: State, id: string) => Actor.DirectoryEntry | undefined
  /** Takes a fact into the state, which belongs to this batch alone. */
  readonly evolve: (state: State, fact: Fact) => void
}

/** The outcome of a batch. */
export interface Folded<Fact, Answer, Error> {
  readonly exits: ReadonlyArray<Exit.Exit<Answer, Error>>
  readonly facts: ReadonlyArray<Fact>
  readonly traces: Traces
  /** The places of the commands that were decided now: neither refused nor answered from a record. */
  readonly done: ReadonlySet<number>
  /** The records of the commands that were done under an id. */
  readonly records: ReadonlyArray<RecordedCommand>
}

/** What a command can come to before it is decided. */
type Refusal = CommandConflict | Actor.ActorError | StoreError

/** A decision that throws (for example a host's policy) is that caller's defect and changes nothing. */
export const fold = <Command, State, Fact, Answer, Error>(
  { actorIn, decide, evolve, withhold }: Deciding<Command, State, Fact, Answer, Error>,
  state: State,
  commands: ReadonlyArray<Submitted<Command>>,
  before: {
    readonly recorded: ReadonlyMap<CommandId, RecordedCommand>
    readonly acting: Pick<Acting, "entries" | "away">
  }
): Folded<Fact, Answer, Refusal | Error> => {
  type Outcome = Exit.Exit<Answer, Refusal | Error>
  const recorded = new Map(before.recorded)
  const { away, entries } = before.acting
  const admitted = new Map<string, Actor.ActiveActor | Actor.ActorError | StoreError>()
  const records: Array<RecordedCommand> = []
  const facts: Array<Fact> = []
  const traces: Array<TraceContext | undefined> | undefined = commands.some(({ trace }) => trace !== undefined)
    ? []
    : undefined
  const done = new Set<number>()

  /** Of what was looked up nothing changes within a batch: each who acts is let in once. */
  const admit = (actor: Actor.Actor) => {
    if (actorIn !== undefined) return Actor.admit(actor, { get: (id) => actorIn(state, id) })
    const key = Actor.key(actor)
    const known = admitted.get(key)
    if (known !== undefined) return known
    const isUnasked = actor._tag === "User" && !entries.has(actor.id)
    const active = isUnasked && away !== undefined ? away : Actor.admit(actor, entries)
    admitted.set(key, active)
    return active
  }

  const one = ({ actor, command, commandId, digest, trace }: Submitted<Command>, index: number): Outcome => {
    const active = admit(actor)
    if ("_tag" in active) return Exit.fail(active)
    const record = commandId === undefined ? undefined : recorded.get(commandId)
    if (record !== undefined) {
      if (record.digest !== digest) return Exit.fail(new CommandConflict({ commandId: record.commandId }))
      const answer = record.answer as Answer
      const refusal = withhold(command, active, answer)
      return refusal === undefined ? Exit.succeed(answer) : Exit.fail(refusal)
    }
    let decided: Result.Result<Decision<Fact, Answer>, Error>
    try {
      decided = decide(state, command, active)
    } catch (defect) {
      return Exit.die(defect)
    }
    if (decided._tag === "Failure") return Exit.fail(decided.failure)
    const { answer } = decided.success
    for (const fact of decided.success.facts) {
      evolve(state, fact)
      facts.push(fact)
      traces?.push(trace)
    }
    if (commandId !== undefined) {
      const own = { commandId, digest, answer }
      recorded.set(commandId, own)
      records.push(own)
    }
    done.add(index)
    return Exit.succeed(answer)
  }
  return { exits: commands.map(one), facts, traces, done, records }
}
