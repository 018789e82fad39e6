/**
 * The company's clock: ends the registration of each business day when it is over (the seed's schedule).
 *
 * It may fire late, twice or never, on any number of nodes: the first command of a later day ends the day all the same.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Actor from "./Actor.ts"
import * as BusinessDay from "./BusinessDay.ts"
import { Company } from "./Company.ts"
import { Tasks } from "./tasks/Tasks.ts"

/** Timers of some platforms overflow beyond 24 days; a day is long enough here. */
const longestSleep = Duration.days(1)

const untilNextDay = Effect.gen(function* () {
  const { calendar } = yield* Company
  const now = yield* DateTime.now
  const end = BusinessDay.endOf(calendar, BusinessDay.periodAt(calendar, now))
  return Duration.min(Duration.millis(end.epochMilliseconds - now.epochMilliseconds), longestSleep)
})

/** Ends what is due now, then at the start of every business day. */
export const layer: Layer.Layer<never, never, Company | Tasks> = Layer.effectDiscard(
  Effect.gen(function* () {
    const tasks = yield* Tasks
    yield* tasks.endRegistration(Actor.system).pipe(
      Effect.catch((error) => Effect.logError("the registration of the day could not be ended", error)),
      Effect.andThen(untilNextDay),
      Effect.flatMap(Effect.sleep),
      Effect.forever,
      Effect.forkScoped
    )
  })
)
