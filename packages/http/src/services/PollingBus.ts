/**
 * `EventBus` without a broker: subscribers read the producers' logs, and long polls (`Polls`) tell them when to. What
 * this process publishes wakes its own subscribers, and the polls of others that it answers, by the `Bell`.
 */
import {
  Company,
  type Delivery,
  type Envelope,
  EventBus,
  EventLog,
  PollInterval,
  type StoreError,
  type SubscribeOptions,
  Trouble,
  DeliveryWindow
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { Bell, endsOf, type Listener } from "../bell/Bell.ts"
import { Polls } from "./Polls.ts"

type Source = Envelope.Source

/** What is delivered to a subscriber and not acknowledged is never more than this: consumers that lag read the log. */
const windowSize = 1_000

/** The bus of a company, over its producers' logs (`RemoteEventLog`). */
export const layer: Layer.Layer<EventBus, never, EventLog | Company | Bell | Polls> = Layer.effect(
  EventBus,
  Effect.gen(function* () {
    const inside: Inside = {
      company: (yield* Company).settings.id,
      log: yield* EventLog,
      bell: yield* Bell,
      polls: yield* Polls,
      names: new Map()
    }
    return EventBus.make({
      looks: true,
      publish: (events) => inside.bell.ring(endsOf(inside.company, events)),
      subscribe: (name, source, options) => subscribe(inside, name, source, options)
    })
  })
)

interface Inside {
  readonly company: string
  readonly log: EventLog["Service"]
  readonly bell: Bell["Service"]
  readonly polls: Polls["Service"]
  /** How far each name has acknowledged. Nothing of it outlives the process: consumers say how far they are. */
  readonly names: Map<string, number>
}

/** A subscriber, and what it has heard. */
class Subscriber extends DeliveryWindow {
  /** The number that was heard of last: the log has it, or will show it soon. */
  heard = 0
  /** What it said to have applied, and the log did not hold. */
  doubted: number | undefined = undefined
  /** Whether the log ended with what was delivered last, when it was read. */
  isAtEnd = false
  /** Open when there may be room again. */
  readonly hasRoom = Latch.makeUnsafe(true)

  constructor(start: number) {
    super(windowSize, start)
  }

  override acknowledge(number: number): void {
    super.acknowledge(number)
    this.hasRoom.openUnsafe()
  }

  override skip(number: number): void {
    super.skip(number)
    this.hasRoom.openUnsafe()
  }
}

/** A subscription by a name: what is not acknowledged when it ends is given to the next of that name. */
const subscribe = Effect.fnUntraced(function* (
  inside: Inside,
  name: string,
  source: Source,
  { applied }: SubscribeOptions = {}
) {
  const { bell, company, names } = inside
  const key = `${source} ${name}`
  let subscriber = new Subscriber(names.get(key) ?? 0)
  const scope = yield* Effect.scope
  const listener = yield* bell.listen([{ company, source, number: 0 }])
  yield* Effect.addFinalizer(() => Effect.sync(() => names.set(key, subscriber.acknowledged)))
  const trouble = Trouble.make(`subscription ${name} could not read the log`)
  const waiting = yield* waitFor(inside, source, listener, scope)
  const take = Effect.gen(function* () {
    const deliveries = yield* next(inside, source, subscriber, { applied, waiting, listener })
    if (deliveries !== null) return deliveries
    yield* Effect.logWarning(
      `subscription ${name} begins again: the log of ${source} ends before event ${subscriber.delivered}, which was given`
    )
    const { doubted } = subscriber
    subscriber = new Subscriber(0)
    subscriber.doubted = doubted
    // What the log has now comes with the next take. It may be nothing, which whoever takes must look for themselves.
    return []
  })
  return { take: Trouble.untilItWorks(take, trouble) }
})

interface Ways {
  readonly applied: SubscribeOptions["applied"]
  readonly listener: Listener
  readonly waiting: Effect.Effect<number | undefined>
}

/** What follows in the log, as soon as there is something and room for it; null where the log ends before. */
const next = (
  { company, log }: Inside,
  source: Source,
  subscriber: Subscriber,
  { applied, listener, waiting }: Ways
): Effect.Effect<ReadonlyArray<Delivery> | null, StoreError> =>
  Effect.gen(function* () {
    for (let looks = 1; ; looks += 1) {
      const has = applied === undefined ? 0 : yield* applied
      if (has !== subscriber.doubted) subscriber.skip(has)
      const after = subscriber.delivered
      const { room } = subscriber
      if (subscriber.isAtEnd && (yield* PollInterval) !== null) {
        // What comes from now on is told of.
        subscriber.isAtEnd = false
        listener.has({ company, source, number: after })
        subscriber.heard = (yield* waiting) ?? subscriber.heard
        continue
      }
      if (room <= 0) {
        subscriber.hasRoom.closeUnsafe()
        yield* subscriber.hasRoom.await
        continue
      }
      // One read from the last event given on, since between two the log may move.
      const read = yield* log.read(source, Math.max(0, after - 1), room + Math.min(1, after))
      if (after > 0 && read.length === 0) {
        if (has === after) subscriber.doubted = has
        return null
      }
      const events = read.filter(({ number }) => number > after)
      if (events.length > 0) {
        subscriber.delivered = events.at(-1)!.number
        subscriber.isAtEnd = events.length < room && subscriber.delivered >= subscriber.heard
        return events.map((event) => ({
          event,
          acknowledge: Effect.sync(() => subscriber.acknowledge(event.number))
        }))
      }
      listener.has({ company, source, number: after })
      // What is not shown yet is not told of again.
      const late =
        subscriber.heard > after ? Effect.as(Effect.sleep(Trouble.waitMillis(looks)), undefined) : Effect.never
      subscriber.heard = (yield* Effect.raceFirst(waiting, late)) ?? subscriber.heard
    }
  })

/**
 * Waits for a ring, and returns the number it was about: by a poll of the service that writes the events, otherwise
 * besides until it is time to look.
 */
const waitFor = Effect.fnUntraced(function* (
  { company, polls }: Inside,
  source: Source,
  listener: Listener,
  scope: Scope.Scope
) {
  const isRemote = polls.isRemote(source)
  const follow = yield* Effect.cached(Scope.provide(polls.follow({ company, source }), scope))
  return Effect.flatMap(PollInterval, (interval) => {
    const rung = Effect.map(listener.take, (ends) => ends.at(-1)?.number)
    if (interval === null) return rung
    return isRemote
      ? Effect.andThen(follow, rung)
      : Effect.raceFirst(rung, Effect.as(Effect.sleep(interval), undefined))
  })
})
