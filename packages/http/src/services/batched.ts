/**
 * Many askers at the same moment, one question: what is asked in one turn of the process goes together.
 */
import type { StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Request from "effect/Request"
import * as RequestResolver from "effect/RequestResolver"

interface Asked<Key, Answer> extends Request.Request<ReadonlyArray<Answer>, StoreError> {
  readonly keys: ReadonlyArray<Key>
}

export interface Options<Key, Answer> {
  /** How many keys one question has. */
  readonly most: number
  readonly ask: (keys: ReadonlyArray<Key>) => Effect.Effect<ReadonlyArray<Answer>, StoreError>
  /** The key as text, of a question and of an answer. */
  readonly keyOf: (key: Key) => string
  readonly answerOf: (answer: Answer) => string
}

/**
 * Asks for the answers to some keys, at most one for each. Nobody gets an answer to a question that was sent before
 * they asked: what it says may have changed by then.
 */
export const batched = <Key, Answer>({ answerOf, ask, keyOf, most }: Options<Key, Answer>) => {
  const make = Request.of<Asked<Key, Answer>>()
  const askAll = Effect.fnUntraced(function* (keys: ReadonlyArray<Key>) {
    const parts = Array.from({ length: Math.ceil(keys.length / most) }, (_, index) =>
      keys.slice(index * most, (index + 1) * most)
    )
    return (yield* Effect.forEach(parts, ask, { concurrency: 4 })).flat()
  })
  const resolver = RequestResolver.make<Asked<Key, Answer>>((entries) => {
    const keys = new Map<string, Key>()
    for (const { request } of entries) for (const key of request.keys) keys.set(keyOf(key), key)
    return Effect.matchCause(askAll([...keys.values()]), {
      onFailure: (cause) => {
        for (const entry of entries) entry.completeUnsafe(Exit.failCause(cause))
      },
      onSuccess: (answers) => {
        const found = new Map(answers.map((answer) => [answerOf(answer), answer]))
        for (const entry of entries) {
          const wanted = new Set(entry.request.keys.map(keyOf))
          entry.completeUnsafe(Exit.succeed([...wanted].flatMap((key) => (found.has(key) ? [found.get(key)!] : []))))
        }
      }
    })
  })
  return (keys: ReadonlyArray<Key>): Effect.Effect<ReadonlyArray<Answer>, StoreError> =>
    keys.length === 0 ? Effect.succeed([]) : Effect.request(make({ keys }), resolver)
}
