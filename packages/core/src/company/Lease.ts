/**
 * A lease of the directory, for contexts that run apart from the users: an entry answers for at most so long, counted
 * on this process's monotonic clock from the sending of the question. So whoever is deactivated is out once that time
 * has passed, however long the answer was under way and whatever is wrong with anybody's clock.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Directory } from "./Actor.ts"
import { Held } from "./Held.ts"
import { Questions } from "./Questions.ts"

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
  const clock = yield* Clock.Clock
  const held = new Held(Duration.toNanosUnsafe(duration), most)
  const known = (ids: ReadonlyArray<string>) => held.get(ids, clock.monotonicTimeNanosUnsafe())
  const questions = new Questions({
    remote,
    held,
    limit: Duration.min(Duration.fromInputUnsafe(timeLimit), duration),
    scope: yield* Effect.scope,
    clock
  })

  const lookup = Effect.fnUntraced(function* (ids: ReadonlyArray<string>) {
    const { ageing, entries, missing } = known(ids)
    const found = [...entries]
    for (const id of ageing) if (questions.underWay(id) === undefined) questions.enqueue(id)
    const asked = missing.map((id) => {
      const early = questions.underWay(id)
      return { id, early, late: early === undefined ? questions.enqueue(id) : undefined }
    })
    yield* questions.send
    for (const { early, id, late } of asked) {
      let entry = early === undefined ? null : yield* Deferred.await(early)
      // Somebody who was unknown when that question was sent may have come since.
      if (entry === null) {
        const answer = late ?? questions.enqueue(id)
        yield* questions.send
        entry = yield* Deferred.await(answer)
      }
      if (entry !== null) found.push(entry)
    }
    return found
  })

  return { lookup, held: (ids) => Effect.sync(() => known(ids).entries) }
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
