/**
 * A bus in memory that looks into the log, and what can be wrong with one.
 */
import {
  type CursorStore,
  type Delivery,
  EventBus,
  EventLog,
  PollInterval,
  type Ports,
  type StoreError
} from "@popug/core"
import { Memory } from "@popug/memory"
import { lookingBus } from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mutants } from "./Mutant.ts"

interface Habits {
  /** After which number a subscriber of a name begins. */
  readonly begin?: (log: EventLog["Service"]) => Effect.Effect<number, StoreError>
  /** Waits before it looks again, for the how manieth time. */
  readonly wait?: (name: string, times: number) => Effect.Effect<void>
}

const anInterval = Effect.flatMap(PollInterval, (interval) =>
  interval === null ? Effect.never : Effect.sleep(interval)
)

const looking = ({ begin = () => Effect.succeed(0), wait = () => anInterval }: Habits = {}): Layer.Layer<
  Ports | CursorStore
> =>
  Layer.effect(
    EventBus,
    Effect.gen(function* () {
      const log = yield* EventLog
      return EventBus.make({
        looks: true,
        publish: () => Effect.void,
        subscribe: (name, source) =>
          Effect.map(Effect.orDie(begin(log)), (first) => {
            let after = first
            let times = 0
            const take: Effect.Effect<ReadonlyArray<Delivery>, StoreError> = Effect.suspend(() =>
              log.read(source, after, 1_000)
            ).pipe(
              Effect.flatMap((events) => {
                after = events.at(-1)?.number ?? after
                return events.length > 0
                  ? Effect.succeed(events.map((event) => ({ event, acknowledge: Effect.void })))
                  : Effect.andThen(wait(name, (times += 1)), take)
              })
            )
            return { take: Effect.orDie(take) }
          })
      })
    })
  ).pipe(Layer.provideMerge(Memory.layer))

const bus = (name: string, promise: keyof (typeof lookingBus)["promises"], habits: Habits) => ({
  name,
  breaks: [promise],
  layer: looking(habits)
})

export const lookingBuses = mutants(lookingBus, looking(), [
  bus("begins where the log ends", "delivers what was committed while nobody listened, though it was never published", {
    begin: (log) => log.last("users")
  }),
  bus("looks once", "delivers to who waits what was committed and never published, one after another", {
    wait: (_, times) => (times > 1 ? Effect.never : anInterval)
  }),
  bus("looks for one name alone", "looks for every name", {
    wait: (name) => (name === "two" ? Effect.never : anInterval)
  }),
  bus("looks whatever the interval", "looks for nothing where there is no interval", {
    wait: () => Effect.sleep("5 millis")
  })
])
