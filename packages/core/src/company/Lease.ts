/**
 * A lease of the directory, for contexts that run apart from the users: an entry answers for at most so long, counted on
 * this process's monotonic clock from the sending of the question. So whoever is deactivated is out once that time has
 * passed, however long the answer was under way and whatever is wrong with anybody's clock.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { StoreError } from "../values/StoreError.ts"
import { byId, Directory, type DirectoryEntry } from "./Actor.ts"
import { Held } from "./Held.ts"

export interface Options {
  /** For how long an entry answers: up to 5 s; default: 5 s. */
  readonly lease?: Duration.Input
  /** How long an answer is waited for; default: 2 s, and never longer than the lease. */
  readonly timeLimit?: Duration.Input
  /** How many entries are remembered; default: 10,000. Those that were asked for longest ago go first. */
  readonly most?: number
}

/** No deactivation takes longer than this to come into force. */
const longest = Duration.seconds(5)

/** How many users one question asks for. */
const together = 1_000

type Entries = ReadonlyMap<string, DirectoryEntry>

/** Who waits for an entry; null for a user who is not known. */
type Answer = Deferred.Deferred<DirectoryEntry | null, StoreError>

const unanswered = new StoreError({
  reason: "Unavailable",
  retryable: true,
  committed: "no",
  message: "users did not say in time who acts"
})

/**
 * A directory that asks another one, and remembers what it heard while the lease lasts. At most one question is under
 * way: who is asked for meanwhile goes together in the next. An entry that has lasted for half of its lease is asked
 * for again while it still answers, so that nobody waits for it. That somebody is unknown is never remembered.
 *
 * When the lease is over and the other directory does not answer, a lookup fails with what that fails with, or with
 * `Unavailable`, to be retried, when it takes too long: a refusal for good stays one.
 */
export const make = Effect.fnUntraced(function* (
  remote: Directory["Service"],
  { lease = longest, most = 10_000, timeLimit = "2 seconds" }: Options = {}
): Effect.fn.Return<Directory["Service"], never, Scope.Scope> {
  const duration = Duration.fromInputUnsafe(lease)
  if (Duration.isGreaterThan(duration, longest) || !Duration.isGreaterThan(duration, Duration.zero)) {
    return yield* Effect.die(new RangeError(`a lease lasts up to 5 s, not ${Duration.format(duration)}`))
  }
  const scope = yield* Effect.scope
  const clock = yield* Clock.Clock
  const limit = Duration.min(Duration.fromInputUnsafe(timeLimit), duration)
  const held = new Held(Duration.toNanosUnsafe(duration), most)
  const now = () => clock.monotonicTimeNanosUnsafe()
  let waiting = new Map<string, Answer>()
  let asked: ReadonlyMap<string, Answer> = new Map()

  /** Answers everybody who waits for some entries. */
  const tell = (answers: ReadonlyMap<string, Answer>, exit: Exit.Exit<Entries, StoreError>) => {
    for (const [id, answer] of answers)
      Deferred.doneUnsafe(
        answer,
        Exit.map(exit, (found) => found.get(id) ?? null)
      )
  }

  /** Asks for some of those who wait. */
  const question = Effect.suspend(() => {
    const all = [...waiting]
    asked = new Map(all.slice(0, together))
    waiting = new Map(all.slice(together))
    const sent = now()
    return Effect.suspend(() => remote.lookup([...asked.keys()])).pipe(
      Effect.timeoutOrElse({ duration: limit, orElse: () => Effect.fail(unanswered) }),
      Effect.map((entries) => byId(held.keep(entries, sent))),
      Effect.onExit((exit) =>
        Effect.sync(() => {
          const answers = asked
          // Whoever is told goes on at once, and may ask again.
          asked = new Map()
          tell(answers, exit)
        })
      ),
      // Whatever came of it, the next one is sent.
      Effect.exit
    )
  })

  let isAsking = false
  const asking = Effect.whileLoop({
    while: () => (isAsking = waiting.size > 0),
    body: () => question,
    step: () => undefined
  }).pipe(
    Effect.onInterrupt(() =>
      Effect.sync(() => {
        isAsking = false
        const answers = waiting
        waiting = new Map()
        tell(answers, Exit.fail(unanswered))
      })
    )
  )

  /** Has somebody asked for by the next question. */
  const enqueue = (id: string): Answer => {
    const known = waiting.get(id)
    if (known !== undefined) return known
    const answer: Answer = Deferred.makeUnsafe()
    waiting.set(id, answer)
    return answer
  }

  /** Sends the next question, unless one is under way: then it follows by itself. */
  const send = Effect.suspend(() => {
    if (isAsking || waiting.size === 0) return Effect.void
    isAsking = true
    return Effect.asVoid(Effect.forkIn(asking, scope))
  })

  const lookup = Effect.fnUntraced(function* (ids: ReadonlyArray<string>) {
    const { ageing, entries, missing } = held.get(ids, now())
    const found = [...entries]
    for (const id of ageing) if (!asked.has(id)) enqueue(id)
    const questions = missing.map((id) => {
      const early = asked.get(id)
      return { id, early, late: early === undefined ? enqueue(id) : undefined }
    })
    yield* send
    for (const { early, id, late } of questions) {
      let entry = early === undefined ? null : yield* Deferred.await(early)
      // Somebody who was unknown when that question was sent may have come since.
      if (entry === null) {
        const answer = late ?? enqueue(id)
        yield* send
        entry = yield* Deferred.await(answer)
      }
      if (entry !== null) found.push(entry)
    }
    return found
  })

  return { lookup, held: (ids) => Effect.sync(() => held.get(ids, now()).entries) }
})

/** A directory over another one, with a lease: `Lease.layer(directoryOverHttp)`. */
export const layer = <E, R>(
  remote: Layer.Layer<Directory, E, R>,
  options: Options = {}
): Layer.Layer<Directory, E, R> =>
  Layer.effect(
    Directory,
    Effect.flatMap(Directory, (directory) => make(directory, options))
  ).pipe(Layer.provide(remote))
