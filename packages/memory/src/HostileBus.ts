/**
 * A bus that does everything that the contract of `EventBus` allows it to: it refuses events or takes them and says
 * that it did not, delivers twice, late, in any order, and loses acknowledgements. It makes a tame bus hostile, and is
 * the default in tests.
 */
import { BusError, type Delivery, EventBus } from "@popug/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"

/** How often it does what, from 0 for never to 1 for always. */
export interface Faults {
  /** `publish` fails; half of the time the events were taken all the same. */
  readonly failPublish: number
  /** An acknowledgement is lost, and the event comes again. */
  readonly loseAcknowledgement: number
  /** An event is delivered twice. */
  readonly duplicate: number
  /** An event is delivered late. */
  readonly delay: number
  /** Everything that arrives is held back, for up to ten times as long. */
  readonly withhold: number
  /** Whether what is delivered together is in any order. */
  readonly reorder: boolean
  /** How late at the most; default: 1 s, for virtual time. Use a few milliseconds where time is real. */
  readonly longestDelay: Duration.Input
}

export interface Options extends Partial<Faults> {
  /** Repeats the same faults for the same deliveries; without it they come from the `Random` around the layer. */
  readonly seed?: string
}

const often: Faults = {
  failPublish: 0.1,
  loseAcknowledgement: 0.1,
  duplicate: 0.1,
  delay: 0.1,
  withhold: 0.05,
  reorder: true,
  longestDelay: "1 second"
}

/** Makes the bus below it hostile. */
export const layer = ({ seed, ...options }: Options = {}): Layer.Layer<EventBus, never, EventBus> =>
  Layer.effect(
    EventBus,
    Effect.gen(function* () {
      const tame = yield* EventBus
      const random = yield* seed === undefined ? Random.Random : Random.withSeed(Random.Random, seed)
      return make(tame, { ...often, ...options }, () => random.nextDoubleUnsafe())
    })
  )

const make = (tame: EventBus["Service"], faults: Faults, chance: () => number): EventBus["Service"] => {
  const fail = Effect.fail(new BusError({ message: "a hostile bus" }))
  return EventBus.make({
    publish: (events) =>
      Effect.suspend(() => {
        if (chance() >= faults.failPublish) return tame.publish(events)
        return chance() < 0.5 ? fail : Effect.andThen(tame.publish(events), fail)
      }),
    subscribe: Effect.fnUntraced(function* (name, source) {
      const subscription = yield* tame.subscribe(name, source)
      const queue = yield* Queue.unbounded<Delivery>()
      const scope = yield* Effect.scope
      const mischief = troublemaker(faults, chance, scope, queue)
      yield* subscription.take.pipe(Effect.flatMap(mischief), Effect.forever, Effect.forkIn(scope))
      return { take: Queue.takeAll(queue) }
    })
  })
}

/** What happens to deliveries between the tame bus and the subscriber's queue. */
const troublemaker = (faults: Faults, chance: () => number, scope: Scope.Scope, queue: Queue.Queue<Delivery>) => {
  const longest = Duration.toMillis(faults.longestDelay)
  const later = (deliveries: ReadonlyArray<Delivery>, atMost: number) =>
    Effect.suspend(() => Effect.sleep(Duration.millis(Math.ceil(chance() * atMost)))).pipe(
      Effect.andThen(Queue.offerAll(queue, deliveries)),
      Effect.forkIn(scope),
      Effect.asVoid
    )

  // Lost acknowledgements come again together, so that a batch of them waits for one timer.
  let lost: Array<Delivery> = []
  const again = (delivery: Delivery) =>
    Effect.suspend(() => {
      lost.push(delivery)
      if (lost.length > 1) return Effect.void
      return Effect.sleep(Duration.millis(Math.ceil(chance() * longest))).pipe(
        Effect.andThen(
          Effect.suspend(() => {
            const batch = lost
            lost = []
            return Queue.offerAll(queue, batch)
          })
        ),
        Effect.forkIn(scope),
        Effect.asVoid
      )
    })

  return (deliveries: ReadonlyArray<Delivery>): Effect.Effect<void> => {
    const now: Array<Delivery> = []
    const late: Array<Delivery> = []
    for (const delivery of deliveries) {
      const forgetful: Delivery = {
        event: delivery.event,
        acknowledge: Effect.suspend(() =>
          chance() < faults.loseAcknowledgement ? again(forgetful) : delivery.acknowledge
        )
      }
      for (let copies = chance() < faults.duplicate ? 2 : 1; copies > 0; copies--) {
        ;(chance() < faults.delay ? late : now).push(forgetful)
      }
    }
    if (faults.reorder) shuffle(now, chance)
    const withheld = chance() < faults.withhold
    return Effect.andThen(
      late.length === 0 ? Effect.void : later(late, longest),
      withheld ? later(now, longest * 10) : Queue.offerAll(queue, now)
    ).pipe(Effect.asVoid)
  }
}

const shuffle = <A>(items: Array<A>, chance: () => number): void => {
  for (let index = items.length - 1; index > 0; index--) {
    const other = Math.floor(chance() * (index + 1))
    const item = items[index]!
    items[index] = items[other]!
    items[other] = item
  }
}
