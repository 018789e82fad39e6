/**
 * The company's clock: ends the registration of each business day when it is over (`schedule` in the event storming).
 *
 * Whether a day is over is asked of the store, whose clock gives commits their instants, until the answer is yes: the
 * process's own clock decides nothing, and a try that fails is tried again within seconds. So a day of which nobody
 * hears ends on its own, after an outage too. The schedule may run late, twice or never, on any number of nodes: the
 * first command of a later day ends the day all the same.
 *
 * When a new day has begun, recorded commands older than `CommandRetention` are forgotten: those of a whole company, or
 * each context's own where they run apart.
 */
import * as Cause from "effect/Cause"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { BillingStore } from "./billing/BillingStore.ts"
import * as Actor from "./company/Actor.ts"
import { Company } from "./company/Company.ts"
import { PollInterval } from "./stream/Consumer.ts"
import type { ForgetCommands } from "./stream/ContextStore.ts"
import { CommandRetention, forget } from "./stream/retention.ts"
import * as Trouble from "./stream/Trouble.ts"
import { Tasks } from "./tasks/Tasks.ts"
import { TaskStore } from "./tasks/TaskStore.ts"
import { UserStore } from "./users/UserStore.ts"
import * as BusinessDay from "./values/BusinessDay.ts"

const day = 86_400_000

/**
 * After how long the store is asked again though the period seemed to last longer: its clock may be set meanwhile.
 * Under virtual time nobody sets it; a day is then as much as timers of all platforms can bear.
 */
const longestNap = 60_000
const longestVirtualNap = day

/** Ends what is due now, then each business day when it is over. As `Popug.layer`, built anew wherever it is named. */
export const layer: Layer.Layer<never, never, Company | Tasks | UserStore | TaskStore | BillingStore> = Layer.fresh(
  Layer.effectDiscard(
    Effect.suspend(() => ending<UserStore | TaskStore | BillingStore>([UserStore, TaskStore, BillingStore]))
  )
)

/** The same of the tasks context alone: it forgets its own commands. */
export const layerTasks: Layer.Layer<never, never, Company | Tasks | TaskStore> = Layer.fresh(
  Layer.effectDiscard(Effect.suspend(() => ending([TaskStore])))
)

/** What the users context does by the clock where it runs alone: it forgets its old commands, once a day. */
export const layerUsers: Layer.Layer<never, never, UserStore> = Layer.fresh(
  Layer.effectDiscard(Effect.suspend(() => daily([UserStore])))
)

/** The same of billing, which hears of the days' ends from the tasks. */
export const layerBilling: Layer.Layer<never, never, BillingStore> = Layer.fresh(
  Layer.effectDiscard(Effect.suspend(() => daily([BillingStore])))
)

/** A store that has commands to forget. */
type Forgetful<R> = Effect.Effect<{ readonly forgetCommands: ForgetCommands }, never, R>

const ending = <R>(stores: ReadonlyArray<Forgetful<R>>) =>
  Effect.gen(function* () {
    const newDay = yield* tidying(stores)
    const turn = yield* keepingTime(newDay)
    yield* turn.pipe(Effect.forever, Effect.forkScoped)
  })

/** What is too old is so by the store's clock: how often it is looked for says only how much is found at once. */
const daily = <R>(stores: ReadonlyArray<Forgetful<R>>) =>
  Effect.gen(function* () {
    const newDay = yield* tidying(stores)
    yield* newDay.pipe(Effect.andThen(Effect.sleep(day)), Effect.forever, Effect.forkScoped)
  })

/** One turn of the schedule: asks the store, ends what is over, and sleeps until it is worth asking again. */
const keepingTime = Effect.fnUntraced(function* (newDay: Effect.Effect<unknown>) {
  const { calendar } = yield* Company
  const tasks = yield* Tasks
  const store = yield* TaskStore
  const longest = (yield* PollInterval) === null ? longestVirtualNap : longestNap
  const trouble = Trouble.make("the business day could not be ended", { log: Effect.logError })
  let tidied: BusinessDay.Period | undefined

  const millisUntilEnd = (period: BusinessDay.Period, now: DateTime.Utc) =>
    BusinessDay.endOf(calendar, period).epochMilliseconds - now.epochMilliseconds

  const open = Effect.gen(function* () {
    const { period } = yield* store.head
    const now = yield* store.now
    return { period, now, left: millisUntilEnd(period, now) }
  })

  /** In how many milliseconds to ask again; none when the clock that ended the day has gone back since. */
  const attempt = Effect.gen(function* () {
    let found = yield* open
    if (found.left <= 0) {
      const { now } = found
      const jumped = yield* tasks.endRegistration(Actor.system).pipe(
        Effect.as(undefined),
        Effect.catchTag("ClockJumped", (error) => Effect.as(trouble.met(Cause.fail(error)), error))
      )
      // That waits for an operator, who may take days: there is no hurry, and nothing is tidied by such a clock.
      if (jumped !== undefined) return millisUntilEnd(jumped.to, now)
      found = yield* open
    }
    yield* trouble.over
    if (found.left > 0 && found.period !== tidied) {
      tidied = found.period
      yield* newDay
    }
    return found.left
  })

  const once = Trouble.untilItWorks(attempt, { ...trouble, over: Effect.void })
  return Effect.flatMap(once, (millis) =>
    Effect.sleep(millis > 0 ? Math.min(millis, longest) : Trouble.waitMillis(Infinity))
  )
})

/** Forgets old commands on its own, so that the days do not wait for it; returns what is called when a day begins. */
const tidying = Effect.fnUntraced(function* <R>(asked: ReadonlyArray<Forgetful<R>>) {
  const retention = yield* CommandRetention
  const stores = yield* Effect.all(asked)
  if (retention === null) return Effect.void
  const days = yield* Queue.sliding<void>(1)
  const tidy = forget(
    retention,
    stores.map(({ forgetCommands }) => forgetCommands)
  )
  yield* Queue.take(days).pipe(
    Effect.andThen(Trouble.untilItWorks(tidy, Trouble.make("old commands could not be forgotten"))),
    Effect.forever,
    Effect.forkScoped
  )
  return Queue.offer(days, undefined)
})
