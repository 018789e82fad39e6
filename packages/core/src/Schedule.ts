/**
 * The company's clock: ends the registration of each business day when it is over (the seed's schedule).
 *
 * Once a day it has recorded commands forgotten that are older than `CommandRetention`.
 *
 * It may fire late, twice or never, on any number of nodes: the first command of a later day ends the day all the same.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Actor from "./Actor.ts"
import * as BusinessDay from "./BusinessDay.ts"
import { BillingStore } from "./billing/BillingStore.ts"
import { CommandRetention, forget } from "./commands/Retention.ts"
import { Company } from "./Company.ts"
import { Tasks } from "./tasks/Tasks.ts"
import { TaskStore } from "./tasks/TaskStore.ts"
import { UserStore } from "./users/UserStore.ts"

/** Timers of some platforms overflow beyond 24 days; a day is long enough here. */
const longestSleep = Duration.days(1)

const untilNextDay = Effect.gen(function* () {
  const { calendar } = yield* Company
  const now = yield* DateTime.now
  const end = BusinessDay.endOf(calendar, BusinessDay.periodAt(calendar, now))
  return Duration.min(Duration.millis(end.epochMilliseconds - now.epochMilliseconds), longestSleep)
})

/** Ends what is due now, then at the start of every business day. */
export const layer: Layer.Layer<never, never, Company | Tasks | UserStore | TaskStore | BillingStore> =
  Layer.effectDiscard(
    Effect.gen(function* () {
      const tasks = yield* Tasks
      const retention = yield* CommandRetention
      const stores = [yield* UserStore, yield* TaskStore, yield* BillingStore]
      const tidy =
        retention === null
          ? Effect.void
          : forget(
              retention,
              stores.map(({ forgetCommands }) => forgetCommands)
            ).pipe(Effect.catch((error) => Effect.logWarning("old commands could not be forgotten", error)))
      yield* tasks.endRegistration(Actor.system).pipe(
        Effect.catch((error) => Effect.logError("the registration of the day could not be ended", error)),
        Effect.andThen(tidy),
        Effect.andThen(untilNextDay),
        Effect.flatMap(Effect.sleep),
        Effect.forever,
        Effect.forkScoped
      )
    })
  )
