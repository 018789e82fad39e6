/**
 * What all commands share: an optional id, a digest of their content, and a recorded answer.
 *
 * The record is stored in the commit that does the command: the same id again gets the same answer, the same id with
 * other content is a conflict, so every command can be retried. The answer is for those who
 * may still do such a command: whoever was deactivated or lost the role since then is refused.
 */
import * as Schema from "effect/Schema"
import * as Actor from "../company/Actor.ts"
import * as Digest from "../values/Digest.ts"
import { CommandId } from "../values/Ids.ts"
import { parseOne } from "../values/Input.ts"

/** Options that every command takes. */
export interface CommandOptions {
  /** Makes the command repeatable. Without it a retry is a new command. */
  readonly commandId?: string
}

/** The condition of a command about one thing; without one it is always done. */
export type OnlyIf<Current> = ((current: Current) => boolean) | undefined

/** Options of a command that changes one thing. */
export interface ConditionalOptions<Current> extends CommandOptions {
  /**
   * Does the command only if this holds of the thing as it is when the command is decided; otherwise it fails with
   * `Changed`. Must be pure: it may be asked again, when a commit is tried again. It is no part of the content: a
   * command id that was answered is answered again without asking.
   */
  readonly onlyIf?: OnlyIf<Current>
}

/** Whether a condition holds. Asked once it is clear that the actor may do the command. */
export const holds = <Current>(onlyIf: OnlyIf<Current>, current: Current): boolean =>
  onlyIf === undefined || onlyIf(current)

/** What a store keeps of a command that was done: `answer` is JSON. */
export interface RecordedCommand {
  readonly commandId: CommandId
  readonly digest: string
  readonly answer: unknown
}

/** The answer to a command that was done. */
export interface Committed<A> {
  readonly answer: A
  /** The last number of the context's stream once it was committed: what `awaitApplied` waits for. */
  readonly number: number
}

/** The same command id was used before for something else. */
export class CommandConflict extends Schema.TaggedError<CommandConflict>()("CommandConflict", {
  commandId: CommandId
}) {
  override get message(): string {
    return `command ${this.commandId} was used before with other content`
  }
}

/** The thing to change is not as the command's `onlyIf` expects it any more: nothing was done. */
export class Changed extends Schema.TaggedError<Changed>()("Changed", { id: Schema.String }) {
  override get message(): string {
    return `${this.id} is not as expected any more`
  }
}

/** The digest of a command's name, actor and content: what `CommandConflict` compares. */
export const digest = (sha256: Digest.Sha256, name: string, actor: Actor.Actor, payload: unknown): string =>
  sha256(Digest.canonicalJson([name, Actor.key(actor), payload]))

/** A command's id as a caller passed it; fails with `InvalidInput` when it is malformed. */
export const parseCommandId = parseOne("commandId", CommandId)
