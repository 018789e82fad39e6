/**
 * What every context keeps besides its own rows: its head, its events, its recorded commands, and the lock of the head.
 */
import {
  type CommandId,
  type ContextChanges,
  type Envelope,
  Head,
  type Identity,
  type RecordedCommand,
  type StoreError
} from "@popug/core"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { conflict, notOpened } from "./errors.ts"
import { Lock } from "./Lock.ts"

export interface Stream<H extends Head.Head> {
  readonly source: Envelope.Source
  readonly lock: Lock
  /** The company that the context was opened for, and its head; none before `open`. */
  opened: { identity: Identity; head: H } | undefined
  /** `events[0]` is number 1. */
  readonly events: Array<Envelope.Envelope>
  /** Answers as JSON, as any store would keep them. */
  readonly commands: Map<CommandId, Stored>
}

interface Stored {
  readonly digest: string
  readonly answer: string
  /** The instant of the commit; epoch milliseconds. */
  readonly at: number
}

export const make = <H extends Head.Head>(source: Envelope.Source): Stream<H> => ({
  source,
  lock: new Lock(),
  opened: undefined,
  events: [],
  commands: new Map()
})

/**
 * Checks that events follow the head without a hole and carry its digest, that instants don't go back, that the head
 * stands at the last event, and that no command is recorded twice. Returns the step that writes them.
 */
export const stage = <H extends Head.Head>(
  stream: Stream<H>,
  before: H,
  changes: ContextChanges<H>
): (() => void) | StoreError => {
  const refusal = Head.follows(stream.source, before, changes)
  if (refusal !== undefined) return conflict(refusal)
  const answers = new Map<CommandId, Stored>()
  const at = changes.head.at.epochMilliseconds
  for (const { answer, commandId, digest } of changes.commands) {
    if (stream.commands.has(commandId) || answers.has(commandId)) {
      return conflict(`command ${commandId} is recorded already`)
    }
    answers.set(commandId, { digest, answer: JSON.stringify(answer ?? null), at })
  }
  return () => {
    for (const event of changes.events) stream.events.push(event)
    for (const [id, answer] of answers) stream.commands.set(id, answer)
    stream.opened!.head = changes.head
  }
}

/** The head as it is committed. */
export const head = <H extends Head.Head>({ opened }: Stream<H>): Effect.Effect<H, StoreError> =>
  opened === undefined ? Effect.fail(notOpened()) : Effect.succeed(opened.head)

/** Forgets the oldest recorded commands; commits were in the order of their instants. */
export const forgetCommands = <H extends Head.Head>(
  stream: Stream<H>,
  age: Duration.Duration,
  limit: number
): Effect.Effect<number> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const last = now - Duration.toMillis(age)
    let gone = 0
    for (const [id, { at }] of stream.commands) {
      if (gone === limit || at > last) break
      stream.commands.delete(id)
      gone += 1
    }
    return gone
  })

/** The recorded commands among those asked for. */
export const recorded = <H extends Head.Head>(
  stream: Stream<H>,
  ids: ReadonlyArray<CommandId>
): ReadonlyMap<CommandId, RecordedCommand> => {
  const commands = new Map<CommandId, RecordedCommand>()
  for (const commandId of ids) {
    const stored = stream.commands.get(commandId)
    if (stored === undefined) continue
    commands.set(commandId, { commandId, digest: stored.digest, answer: JSON.parse(stored.answer) })
  }
  return commands
}
