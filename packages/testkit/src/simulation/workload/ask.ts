/**
 * A client: sends a command under its id, to whatever node is up, until it has an answer; and sometimes asks again.
 */
import { StoreError } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { Chance } from "../world/Chance.ts"
import type { Node } from "../world/Node.ts"
import { note, type World } from "../world/World.ts"
import { type Act, type Command, contextOf, send } from "./Command.ts"

/** What became of a command. */
export type Outcome =
  | { readonly _tag: "Acknowledged"; readonly answer: unknown }
  | { readonly _tag: "Refused"; readonly reason: string }
  | { readonly _tag: "Defect"; readonly message: string }

/** A command, how often it was sent, and its answers: of all of them the first counts. */
export interface Asked extends Command {
  attempts: number
  outcome: Outcome | undefined
  /** When it was first sent; epoch milliseconds. */
  sentAt: number | undefined
  /** What asking again came to. */
  readonly again: Array<Outcome>
  /** What came of asking for something else under the same id. */
  readonly conflicting: Array<Outcome>
}

/** How long a client waits for an answer, and at the most before it asks again. */
const patienceMillis = 20_000
const longestWait = 10 * 60_000

export const ask = (command: Command): Asked => ({
  ...command,
  attempts: 0,
  outcome: undefined,
  sentAt: undefined,
  again: [],
  conflicting: []
})

/** Sends the command until it has an answer. */
export const perform = Effect.fnUntraced(function* (
  world: World,
  nodes: ReadonlyArray<Node>,
  asked: Asked,
  chance: Chance
) {
  const outcome = yield* answerOf(world, nodes, asked, chance, () => {
    asked.attempts += 1
    asked.sentAt ??= world.time.now
  })
  asked.outcome = outcome
  note(world, `${asked.id} ${asked.act._tag} ${describe(outcome)}`)
  if (outcome._tag !== "Acknowledged") return
  if (chance.hit(0.1)) asked.again.push(yield* answerOf(world, nodes, asked, chance))
  if (chance.hit(0.05)) asked.conflicting.push(yield* answerOf(world, nodes, other(asked), chance))
})

const answerOf = Effect.fnUntraced(function* (
  world: World,
  nodes: ReadonlyArray<Node>,
  command: Command,
  chance: Chance,
  sent: () => void = () => undefined
): Effect.fn.Return<Outcome> {
  const { time } = world
  for (let patience = 1_000; ; patience = Math.min(2 * patience, longestWait)) {
    const context = contextOf(command.act)
    const serving = nodes.filter((node) => node.context === undefined || node.context === context)
    const node = chance.pick(serving.filter((candidate) => candidate.up !== undefined))?.up
    if (node !== undefined) {
      sent()
      const exit = yield* send(node.services, command).pipe(
        Effect.provideService(Clock.Clock, node.clock),
        Effect.exit,
        Effect.timeoutOption(patienceMillis)
      )
      const outcome = Option.isNone(exit) ? undefined : outcomeOf(exit.value)
      if (outcome !== undefined) return outcome
    }
    const wait = chance.between(10, patience)
    yield* time.sleepUntil(() => time.now + wait)
  }
})

/** What an attempt says about the command; undefined when it must be sent again. */
const outcomeOf = (exit: Exit.Exit<unknown, { readonly _tag: string }>): Outcome | undefined => {
  if (exit._tag === "Success") return { _tag: "Acknowledged", answer: exit.value }
  const error = Cause.findErrorOption(exit.cause)
  if (Option.isNone(error)) return { _tag: "Defect", message: Cause.pretty(exit.cause) }
  if (!(error.value instanceof StoreError)) return { _tag: "Refused", reason: error.value._tag }
  return error.value.retryable
    ? undefined
    : { _tag: "Defect", message: `${error.value.reason}: ${error.value.message}` }
}

/** The same id for something else. */
export const other = (command: Command): Command => {
  const act: Act =
    command.act._tag === "Correct" || command.act._tag === "ClosePeriod"
      ? { _tag: "Correct", transfer: 999_999_999, reason: "something else" }
      : command.act._tag === "CreateUsers" || command.act._tag === "UpdateUser"
        ? { _tag: "UpdateUser", change: { id: "admin", name: "something else" } }
        : { _tag: "CompleteTask", id: "something-else" }
  return { ...command, act }
}

const describe = (outcome: Outcome): string => {
  if (outcome._tag === "Acknowledged") return `done ${JSON.stringify(outcome.answer)}`
  return outcome._tag === "Refused" ? `refused: ${outcome.reason}` : `defect: ${outcome.message}`
}
