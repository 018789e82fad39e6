/**
 * The subjects as words: which company's stream has which event, for a host that brings companies to work when there is
 * some. Each word goes to one process.
 */
import type { JsMsg } from "@nats-io/jetstream"
import { type StreamEnd, Trouble } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { Link } from "./Link.ts"
import * as Message from "./Message.ts"
import { durableOf, streamOf } from "./names.ts"
import { pull } from "./pulling.ts"

/** A company's stream has come to this number. */
export type Word = StreamEnd

interface Heard extends Word {
  readonly message: JsMsg
}

/** So many streams may wait for `handle`; words of others come again. */
const most = 10_000

/** How long until a word that was not handled comes again, in milliseconds. */
const again = 1_000

/**
 * Hands on what is heard, the newest word of each stream, until the scope closes. A word whose handling failed comes
 * again, to this process or another.
 */
export const listen = <E, R>(
  link: Link,
  name: string,
  handle: (words: ReadonlyArray<Word>) => Effect.Effect<void, E, R>
): Effect.Effect<never, never, R> =>
  Effect.suspend(() => {
    const heard = new Map<string, Heard>()
    let wake: (() => void) | undefined
    const arrived = (message: JsMsg) => {
      const stream = streamOf(link.settings.prefix, message.subject)
      const number = Message.numberOf(message.headers)
      if (stream === undefined || Number.isNaN(number)) return message.term()
      const before = heard.get(message.subject)
      if (before === undefined && heard.size >= most) return message.nak(again)
      // One word says what all before it did.
      if (before !== undefined && before.number >= number) return message.ack()
      before?.message.ack()
      heard.set(message.subject, { ...stream, number, message })
      wake?.()
    }
    const some = Effect.callback<void>((resume) => {
      if (heard.size > 0) return resume(Effect.void)
      wake = () => resume(Effect.void)
      return Effect.sync(() => (wake = undefined))
    })
    const trouble = Trouble.make("words of NATS could not be handled", { then: "they come again" })
    const handling = Effect.gen(function* () {
      yield* some
      const words = [...heard.values()]
      heard.clear()
      yield* handle(words.map(({ company, number, source }) => ({ company, number, source }))).pipe(
        Effect.andThen(trouble.over),
        Effect.andThen(Effect.sync(() => words.forEach(({ message }) => message.ack()))),
        Effect.catchCause((cause) =>
          Effect.andThen(
            trouble.met(cause),
            Effect.sync(() => words.forEach(({ message }) => message.nak(again)))
          )
        )
      )
    })
    const pulling = pull(link, durableOf(name, "words"), `${link.settings.prefix}.*.*`, arrived)
    return Effect.raceFirst(Effect.forever(handling), pulling)
  })

/** So many companies may wait for whoever takes; what is forgotten is found by looking. */
const memory = 10_000

/** The companies that others tell of, and those that NATS does. */
export const beside = (
  link: Link,
  name: string,
  others: Effect.Effect<Queue.Dequeue<string>, never, Scope.Scope>
): Effect.Effect<Queue.Dequeue<string>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const told = yield* Queue.sliding<string>(memory)
    const tell = (companies: ReadonlyArray<string>) => Effect.asVoid(Queue.offerAll(told, companies))
    const heard = yield* others
    yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.takeAll(heard), tell)))
    const handle = (words: ReadonlyArray<Word>) => tell([...new Set(words.map(({ company }) => company))])
    yield* Effect.forkScoped(listen(link, name, handle))
    return told
  })
