/**
 * Decides a batch of commands over one loaded state: each sees what those before it did, and none disturbs another.
 */
import * as Exit from "effect/Exit"
import type * as Result from "effect/Result"
import * as Actor from "../company/Actor.ts"
import type { CommandId } from "../values/Ids.ts"
import { CommandConflict, type RecordedCommand } from "./Command.ts"

/** A command on its way: its content was parsed, its digest taken. */
export interface Submitted<Command> {
  readonly command: Command
  readonly actor: Actor.Actor
  readonly commandId: CommandId | undefined
  readonly digest: string
}

/** What a decision comes to: the answer, and the changes that make it so. */
export interface Decision<Change, Answer> {
  readonly answer: Answer
  readonly changes: ReadonlyArray<Change>
}

export const decision = <Change, Answer>(
  answer: Answer,
  changes: ReadonlyArray<Change> = []
): Decision<Change, Answer> => ({ answer, changes })

/** The outcome of a batch. */
export interface Folded<Change, Answer, Error> {
  readonly exits: ReadonlyArray<Exit.Exit<Answer, Error>>
  readonly changes: ReadonlyArray<Attributed<Change>>
  /** The places of the commands that were decided now: neither refused nor answered from a record. */
  readonly done: ReadonlySet<number>
  /** The records of the commands that were done under an id. */
  readonly records: ReadonlyArray<RecordedCommand>
}

/** A change and who caused it, as `Actor.key` writes it. */
export interface Attributed<Change> {
  readonly change: Change
  readonly actor: string
}

/**
 * `decide` is pure and reads the state; `evolve` takes a change into the state, which belongs to this batch alone. A
 * decision that throws (a host's policy, say) is that caller's defect and changes nothing.
 */
export const fold = <Command, Change, Answer, Error>(options: {
  readonly commands: ReadonlyArray<Submitted<Command>>
  readonly recorded: ReadonlyMap<CommandId, RecordedCommand>
  readonly actors: ReadonlyMap<string, Actor.DirectoryEntry>
  readonly decide: (command: Command, actor: Actor.ActiveActor) => Result.Result<Decision<Change, Answer>, Error>
  /**
   * Why an actor who had this answer then may not have it now, by their roles and by what the answer says; undefined
   * if they may. What has become of the state since then does not count.
   */
  readonly withhold: (command: Command, actor: Actor.ActiveActor, answer: Answer) => Error | undefined
  readonly evolve: (change: Change) => void
}): Folded<Change, Answer, Error | CommandConflict | Actor.ActorError> => {
  const recorded = new Map(options.recorded)
  const records: Array<RecordedCommand> = []
  const changes: Array<Attributed<Change>> = []
  const done = new Set<number>()
  const exits = options.commands.map(
    (submitted, index): Exit.Exit<Answer, Error | CommandConflict | Actor.ActorError> => {
      const { actor, commandId } = submitted
      const admitted = Actor.admit(actor, options.actors)
      if ("_tag" in admitted) return Exit.fail(admitted)
      const before = commandId === undefined ? undefined : recorded.get(commandId)
      if (before !== undefined) {
        if (before.digest !== submitted.digest) return Exit.fail(new CommandConflict({ commandId: before.commandId }))
        const answer = before.answer as Answer
        const refusal = options.withhold(submitted.command, admitted, answer)
        return refusal === undefined ? Exit.succeed(answer) : Exit.fail(refusal)
      }
      let result: Result.Result<Decision<Change, Answer>, Error>
      try {
        result = options.decide(submitted.command, admitted)
      } catch (defect) {
        return Exit.die(defect)
      }
      if (result._tag === "Failure") return Exit.fail(result.failure)
      const { answer, changes: decided } = result.success
      const by = Actor.key(actor)
      for (const change of decided) {
        options.evolve(change)
        changes.push({ change, actor: by })
      }
      if (commandId !== undefined) {
        const record = { commandId, digest: submitted.digest, answer }
        recorded.set(commandId, record)
        records.push(record)
      }
      done.add(index)
      return Exit.succeed(answer)
    }
  )
  return { exits, changes, done, records }
}
