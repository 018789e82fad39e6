import { type Cursor, CursorStore } from "@popug/core"
import { Memory } from "@popug/memory"
import { cursorStore } from "@popug/testkit/conformance"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { passing } from "./headStores.ts"
import { mutants, over } from "./Mutant.ts"

type Transact = CursorStore["Service"]["transact"]
type Sentence = keyof (typeof cursorStore)["promises"]

const mutant = (name: string, promise: Sentence, mutilate: (transact: Transact) => Transact) => ({
  name,
  breaks: [promise],
  layer: over(CursorStore, ({ transact }) => ({ transact: mutilate(transact) }))
})

/** Stores the cursor as one of the consumer and the source that it belongs to, whatever the body made of it. */
const rightens =
  (key: "consumer" | "source") =>
  (transact: Transact): Transact =>
  (consumer, source, body) =>
    transact(consumer, source, (cursor) =>
      Effect.map(body(cursor), ([answer, after]) => [answer, { ...after, [key]: cursor[key] }] as const)
    )

/** Lets a consumer read whatever it asks for, from the number where it was. */
const turns = (transact: Transact): Transact => {
  const sources = new Map<string, Cursor.Cursor["source"]>()
  return (consumer, source, body) => {
    const known = sources.get(consumer) ?? source
    sources.set(consumer, known)
    return transact(consumer, known, (cursor) =>
      Effect.map(body({ ...cursor, source }), ([answer, after]) => [answer, { ...after, source: known }] as const)
    )
  }
}

/** Moves the cursor though the body ended in such a way. */
const movesOn =
  (how: (cause: Cause.Cause<unknown>) => boolean) =>
  (transact: Transact): Transact =>
  <A, E, R>(
    consumer: string,
    source: Cursor.Cursor["source"],
    body: (cursor: Cursor.Cursor) => Effect.Effect<readonly [A, Cursor.Cursor], E, R>
  ) =>
    Effect.uninterruptible(
      transact(consumer, source, (cursor): Effect.Effect<readonly [Effect.Effect<A, E>, Cursor.Cursor], E, R> =>
        Effect.matchCauseEffect(Effect.interruptible(body(cursor)), {
          onFailure: (cause) =>
            how(cause)
              ? Effect.succeed([Effect.failCause(cause), { ...cursor, number: cursor.number + 1 }] as const)
              : Effect.failCause(cause),
          onSuccess: ([answer, after]) => Effect.succeed([Effect.succeed(answer), after] as const)
        })
      )
    ).pipe(Effect.flatMap((answer) => answer))

export const cursors = mutants(cursorStore, Memory.layer, [
  mutant(
    "starts at one",
    "a new consumer starts at the origin",
    (transact) => (consumer, source, body) =>
      transact(consumer, source, (cursor) => body(cursor.number === 0 ? { ...cursor, number: 1 } : cursor))
  ),
  mutant(
    "forgets why a stream stopped",
    "what one transaction stored, the next one sees",
    (transact) => (consumer, source, body) =>
      transact(consumer, source, (cursor) =>
        Effect.map(body(cursor), ([answer, after]) => [answer, { ...after, stopped: null }] as const)
      )
  ),
  mutant(
    "knows no stop beyond the log",
    "keeps a stop of every reason",
    (transact) => (consumer, source, body) =>
      transact(consumer, source, (cursor) =>
        Effect.map(
          body(cursor),
          ([answer, after]) =>
            [answer, after.stopped?.reason === "BeyondLog" ? { ...after, stopped: null } : after] as const
        )
      )
  ),
  mutant("takes a cursor of anybody", "refuses a cursor of another consumer", rightens("consumer")),
  mutant("takes a cursor of any source", "refuses a cursor of another source", rightens("source")),
  mutant("lets a consumer turn to another source", "refuses a consumer that turns to another source", turns),
  ...(
    [
      "refuses a cursor of another consumer",
      "refuses a cursor of another source",
      "refuses a consumer that turns to another source"
    ] as const
  ).map((sentence) =>
    mutant(
      `calls passing what it must refuse: ${sentence}`,
      sentence,
      (transact) => (consumer, source, body) => passing(transact(consumer, source, body))
    )
  ),
  mutant(
    "only goes forward",
    "a cursor may go back, for a replay",
    (transact) => (consumer, source, body) =>
      transact(consumer, source, (cursor) =>
        Effect.map(body(cursor), ([answer, after]) => [answer, after.number < cursor.number ? cursor : after] as const)
      )
  ),
  mutant("moves on after a failure", "a body that fails moves no cursor", movesOn(Cause.hasFails)),
  mutant("moves on after a defect", "a body that dies moves no cursor", movesOn(Cause.hasDies)),
  mutant("moves on after an interruption", "a body that is interrupted moves no cursor", movesOn(Cause.hasInterrupts)),
  mutant(
    "does not lock the cursor",
    "fifty bodies of one consumer at once run one after another",
    (transact) =>
      Effect.fnUntraced(function* (consumer, source, body) {
        const seen = yield* transact(consumer, source, (cursor) => Effect.succeed([cursor, cursor] as const))
        const [answer, after] = yield* body(seen)
        yield* transact(consumer, source, () => Effect.succeed([null, after] as const))
        return answer
      }) as Transact
  ),
  mutant("locks all cursors at once", "consumers do not wait for one another", (transact) => {
    const one = Semaphore.makeUnsafe(1)
    return (consumer, source, body) => Semaphore.withPermit(one, transact(consumer, source, body))
  }),
  {
    name: "lists cursors in any order",
    breaks: ["lists the cursors of all consumers by name"],
    layer: over(CursorStore, ({ list }) => ({
      list: Effect.map(list, (cursors): ReadonlyArray<Cursor.Cursor> => cursors.toReversed())
    }))
  }
])
