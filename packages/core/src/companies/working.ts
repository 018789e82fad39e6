/**
 * Work comes to companies: who has something to do is told by a word, or found by a look at all of a database's
 * companies; each is visited and let go. So companies at rest cost nothing but a share of that look.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Latch from "effect/Latch"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Trouble from "../stream/Trouble.ts"
import type { StoreError } from "../values/StoreError.ts"
import type { Activation } from "./Activation.ts"
import type { Claim, CompanyWork, Found } from "./CompanyWork.ts"
import { type Outcome, visit, waitAfter } from "./visiting.ts"

export interface WorkOptions {
  /** How many companies of a database are visited at once; default: 48. */
  readonly concurrency?: number
  /**
   * How long after the word of new events it is asked whether anybody has applied them: where the node that made them
   * does so itself, there is then nothing to do. Default: 1 second.
   */
  readonly grace?: Duration.Input
}

/** For how long a company is claimed; a visit that takes longer may have a second one beside it, which finds less. */
const lease = Duration.minutes(1)

/** How many times as many companies are claimed as are visited at once: each look, claim and release is of many. */
const lot = 4

/** How many companies are asked about at once. */
const asked = 1_000

/** What became of visits, before the database is told. */
class Outcomes {
  readonly #done: Array<Claim> = []
  readonly #putOff: Array<readonly [waitMillis: number, claim: Claim]> = []

  add(claim: Claim, outcome: Outcome): void {
    if (outcome === "done") this.#done.push(claim)
    else this.#putOff.push([waitAfter(outcome, claim.attempts), claim])
  }

  /** Tells the database; what could not be told is told the next time. */
  tell(work: CompanyWork["Service"]): Effect.Effect<void, StoreError> {
    return Effect.suspend(() => {
      const done = this.#done.splice(0)
      const putOff = this.#putOff.splice(0)
      const telling = Effect.andThen(
        work.done(done),
        Effect.forEach(
          Map.groupBy(putOff, ([wait]) => wait),
          ([wait, all]) =>
            work.putOff(
              all.map(([, claim]) => claim),
              Duration.millis(wait)
            ),
          { discard: true }
        )
      )
      return Effect.tapError(telling, () =>
        Effect.sync(() => {
          this.#done.push(...done)
          this.#putOff.push(...putOff)
        })
      )
    })
  }
}

/** A database of the host, by its name. */
interface Workplace {
  readonly database: string
  readonly work: CompanyWork["Service"]
}

/** Does all that is due now, and what comes of it, until a look at all companies finds nothing; returns how much. */
export const serve = Effect.fnUntraced(function* (
  activation: Activation,
  { database, work }: Workplace,
  { concurrency = 48 }: WorkOptions = {}
) {
  const outcomes = new Outcomes()
  let visited = 0
  let after: string | null = null
  let isQuiet = true
  while (true) {
    const { claims, next }: Found = yield* work.due({ limit: asked, lease, after })
    const results = yield* Effect.forEach(
      claims,
      (claim) =>
        Effect.tap(visit(activation, database, claim), (outcome) => Effect.sync(() => outcomes.add(claim, outcome))),
      { concurrency }
    )
    yield* outcomes.tell(work)
    visited += results.filter((outcome) => outcome === "done").length
    isQuiet &&= claims.length === 0
    after = next
    if (after !== null) continue
    if (isQuiet) return visited
    isQuiet = true
  }
})

/** One node's work for the companies of a database. */
interface Shift {
  readonly activation: Activation
  readonly work: CompanyWork["Service"]
  readonly concurrency: number
  readonly graceMillis: number
  /** How often it is looked for what nobody was told of. */
  readonly intervalMillis: number
  readonly outcomes: Outcomes
  /** When each company was told of first, since it was last asked about; on the monotonic clock. */
  readonly heard: Map<string, number>
  /** Opens when a visit is over, or a word has come. */
  readonly news: Latch.Latch
  /** Begins a visit. */
  readonly begin: (claim: Claim) => Effect.Effect<void>
  /** How many visits have begun and are not over. */
  under: number
  /** When the next look is due, and after which company it begins. */
  lookAt: number
  after: string | null
}

/** Works for the companies of a database until it is interrupted. */
export const workOn = Effect.fnUntraced(function* (
  activation: Activation,
  { database, work }: Workplace,
  intervalMillis: number,
  { concurrency = 48, grace = "1 second" }: WorkOptions
): Effect.fn.Return<never, never, Scope.Scope> {
  const scope = yield* Effect.scope
  const seats = yield* Semaphore.make(concurrency)
  const shift: Shift = {
    activation,
    work,
    concurrency,
    graceMillis: Duration.toMillis(Duration.fromInputUnsafe(grace)),
    intervalMillis,
    outcomes: new Outcomes(),
    heard: new Map(),
    news: yield* Latch.make(true),
    begin: (claim) =>
      Effect.suspend(() => {
        shift.under += 1
        const visiting = Semaphore.withPermit(seats, visit(activation, database, claim))
        return Effect.asVoid(Effect.forkIn(Effect.onExit(visiting, isOver(shift, claim)), scope))
      }),
    under: 0,
    lookAt: -Infinity,
    after: null
  }
  // The process ends: what is left is for others, at once.
  yield* Effect.addFinalizer(() => Effect.ignore(shift.outcomes.tell(work)))
  yield* Effect.forkScoped(listening(shift))
  const trouble = Trouble.make("it could not be asked which companies have something to do", { log: Effect.logError })
  return yield* Effect.sync(() => shift.news.closeUnsafe()).pipe(
    Effect.andThen(Trouble.untilItWorks(turn(shift), trouble)),
    Effect.andThen(Effect.raceFirst(nap(shift), shift.news.await)),
    Effect.forever
  )
})

const isOver = (shift: Shift, claim: Claim) => (exit: Exit.Exit<Outcome>) =>
  Effect.sync(() => {
    shift.under -= 1
    shift.outcomes.add(claim, Exit.isSuccess(exit) ? exit.value : "done")
    shift.news.openUnsafe()
  })

const listening = Effect.fnUntraced(function* ({ heard, news, work }: Shift) {
  const words = yield* work.words
  while (true) {
    const companies = yield* Queue.takeAll(words)
    const now = yield* monotonicMillis
    for (const company of companies) if (!heard.has(company)) heard.set(company, now)
    news.openUnsafe()
  }
})

/** The companies that were told of long enough ago. */
const ripe = ({ activation, graceMillis, heard }: Shift, now: number): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (const [company, since] of heard) {
    if (since + graceMillis > now || found.length === asked) break
    heard.delete(company)
    // Whoever is in use has its own consumers at work.
    if (!activation.isInUse(company)) found.push(company)
  }
  return found
}

const turn = Effect.fnUntraced(function* (shift: Shift) {
  const { begin, concurrency, intervalMillis, outcomes, work } = shift
  // There is enough to go on with: what is done is told with what follows.
  if (shift.under > concurrency) return
  yield* outcomes.tell(work)
  const now = yield* monotonicMillis
  const told = ripe(shift, now)
  if (told.length > 0) yield* Effect.forEach(yield* work.claim(told, lease), begin, { discard: true })
  const room = concurrency * lot - shift.under
  if (room <= 0 || shift.lookAt > now) return
  const found = yield* work.due({ limit: room, lease, after: shift.after })
  shift.after = found.next
  // Where there is more than there was room for, the next look is as soon as there is room again.
  shift.lookAt = found.claims.length >= room ? now : now + intervalMillis
  yield* Effect.forEach(found.claims, begin, { discard: true })
})

/** Until a word is ripe or the next look is due; with enough to go on with, until a visit is over. */
const nap = (shift: Shift) =>
  Effect.flatMap(monotonicMillis, (now) => {
    const { concurrency, graceMillis, heard, lookAt, under } = shift
    if (under > concurrency) return Effect.never
    const [first = Infinity] = heard.values()
    const millis = Math.max(Math.min(lookAt, first + graceMillis) - now, 0)
    return millis === Infinity ? Effect.never : Effect.sleep(millis)
  })

const monotonicMillis = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))
