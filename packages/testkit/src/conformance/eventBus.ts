/**
 * The promises of `EventBus`. They hold for a hostile bus too: events may come twice, late and in any order.
 */
import { type Delivery, type Envelope, EventBus } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Data from "./Data.ts"
import { same } from "./expect.ts"
import * as Suite from "./Suite.ts"

/** The most that may be delivered and not acknowledged: what consumers keep of early events. */
const largestWindow = 10_000

/** How many more events there are than may be in flight. */
const beyond = 100

/** How long a quiet bus is listened to. */
const silence = "60 millis"

/**
 * Lets a fiber that takes come to where it waits: time for an adapter, and turns of the scheduler on a busy machine.
 */
export const untilItWaits = Effect.andThen(Effect.sleep("5 millis"), Effect.repeat(Effect.yieldNow, { times: 20 }))

/** A bus may refuse; the events are published all the same, some of them twice. */
const publish = Effect.fnUntraced(function* (events: ReadonlyArray<Envelope.Envelope>) {
  const bus = yield* EventBus
  yield* Effect.retry(bus.publish(events), Schedule.recurs(100))
})

const subscribe = (name: string, source: Envelope.Source = "users") =>
  Effect.flatMap(EventBus, (bus) => bus.subscribe(name, source))

type Subscription = Effect.Success<ReturnType<typeof subscribe>>

const count = (number: number) => number.toLocaleString("en")

/** Takes until all of the events have come, and acknowledges them; `acknowledge` false to leave that out. */
const receive = (subscription: Subscription, events: ReadonlyArray<Envelope.Envelope>, acknowledge = true) =>
  Effect.suspend(() => {
    const missing = new Set(events.map(({ number }) => number))
    const deliveries: Array<Delivery> = []
    const arrived = () =>
      `${count(events.length - missing.size)} of ${count(events.length)} arrived, event ${Math.min(...missing)} did not`
    const all = Effect.gen(function* () {
      while (missing.size > 0) {
        for (const delivery of yield* subscription.take) {
          deliveries.push(delivery)
          missing.delete(delivery.event.number)
          if (acknowledge) yield* delivery.acknowledge
        }
      }
      return deliveries
    })
    return Suite.waitingFor(arrived, all)
  })

/** Takes for a while, without acknowledging; returns the numbers that came. */
const listen = Effect.fnUntraced(function* (subscription: Subscription) {
  const numbers = new Set<number>()
  const more = Effect.map(subscription.take, (deliveries) => {
    for (const { event } of deliveries) numbers.add(event.number)
  })
  for (let quiet = false; !quiet;) quiet = (yield* Effect.timeoutOption(more, silence))._tag === "None"
  return numbers
})

/** Whatever there is room for. */
const promises = {
  "delivers every event, as it was published": Effect.scoped(
    Effect.gen(function* () {
      const events = Data.traced(Data.stream("users", 200))
      const subscription = yield* subscribe("one")
      yield* publish(events.slice(0, 120))
      yield* publish(events.slice(120))
      for (const { event } of yield* receive(subscription, events))
        same(event, events[event.number - 1], `event ${event.number}`)
    })
  ),

  "wakes a subscriber who waits": Effect.scoped(
    Effect.gen(function* () {
      const events = Data.stream("users", 3)
      const subscription = yield* subscribe("one")
      const waiting = yield* Effect.forkChild(receive(subscription, events))
      for (const event of events) {
        yield* untilItWaits
        yield* publish([event])
      }
      yield* Fiber.join(waiting)
    })
  ),

  "takes at least one delivery at a time": Effect.scoped(
    Effect.gen(function* () {
      const subscription = yield* subscribe("one")
      const taken = yield* Effect.forkChild(subscription.take)
      yield* untilItWaits
      yield* publish(Data.stream("users", 1))
      same((yield* Fiber.join(taken)).length > 0, true, "something was taken")
    })
  ),

  "a new name starts at number 1": Effect.gen(function* () {
    const events = Data.stream("users", 50)
    yield* publish(events)
    yield* Effect.scoped(Effect.flatMap(subscribe("first"), (subscription) => receive(subscription, events)))
    yield* Effect.scoped(Effect.flatMap(subscribe("later"), (subscription) => receive(subscription, events)))
  }),

  "delivers every event to every name": Effect.scoped(
    Effect.gen(function* () {
      const events = Data.stream("users", 100)
      const subscriptions = yield* Effect.forEach(["a", "b", "c"], (name) => subscribe(name))
      yield* publish(events)
      yield* Effect.forEach(subscriptions, (subscription) => receive(subscription, events), {
        concurrency: "unbounded"
      })
    })
  ),

  "what was not acknowledged comes to the next subscriber of the name": Effect.gen(function* () {
    const events = Data.stream("users", 20)
    yield* publish(events)
    yield* Effect.scoped(
      Effect.flatMap(subscribe("one"), (subscription) => receive(subscription, events.slice(0, 10), false))
    )
    yield* Effect.scoped(Effect.flatMap(subscribe("one"), (subscription) => receive(subscription, events)))
  }),

  "goes on for a name whose subscriber was away": Effect.gen(function* () {
    const events = Data.stream("users", 30)
    yield* publish(events.slice(0, 10))
    yield* Effect.scoped(Effect.flatMap(subscribe("one"), (subscription) => receive(subscription, events.slice(0, 10))))
    yield* publish(events.slice(10))
    yield* Effect.scoped(Effect.flatMap(subscribe("one"), (subscription) => receive(subscription, events.slice(10))))
  }),

  "delivers the events of one source alone": Effect.scoped(
    Effect.gen(function* () {
      const users = yield* subscribe("one", "users")
      const tasks = yield* subscribe("one", "tasks")
      yield* publish(Data.stream("tasks", 5))
      yield* publish(Data.stream("users", 10))
      const sources = (deliveries: ReadonlyArray<Delivery>) => [...new Set(deliveries.map(({ event }) => event.source))]
      same(
        sources(yield* receive(users, Data.stream("users", 10))),
        ["users"],
        "the sources that users' subscriber got"
      )
      same(sources(yield* receive(tasks, Data.stream("tasks", 5))), ["tasks"], "the sources that tasks' subscriber got")
    })
  )
}

/** Where there are more events than may be in flight. */
const promisesOf = (window: number) => ({
  "a name that does not acknowledge does not hold up another": Effect.scoped(
    Effect.gen(function* () {
      const events = Data.stream("users", window + beyond)
      const stuck = yield* subscribe("stuck")
      const fine = yield* subscribe("fine")
      yield* publish(events)
      yield* stuck.take
      yield* receive(fine, events)
    })
  ),

  "has no more events in flight for a name than it may": Effect.scoped(
    Effect.gen(function* () {
      const events = Data.stream("users", window + beyond)
      const subscription = yield* subscribe("one")
      yield* publish(events)
      const { size } = yield* listen(subscription)
      if (size > window) throw new Error(`${size} events are in flight`)
    })
  ),

  "acknowledging makes room for more": Effect.scoped(
    Effect.gen(function* () {
      const events = Data.stream("users", window + beyond)
      const subscription = yield* subscribe("one")
      yield* publish(events)
      yield* receive(subscription, events)
    })
  )
})

/**
 * The promises of a bus that has no more than so many events in flight for a name: a bus with less room than it may
 * take is tried with fewer events.
 */
export const eventBusWithin = (window: number) => Suite.make("EventBus", { ...promises, ...promisesOf(window) })

/** The promises of any bus. */
export const eventBus = eventBusWithin(largestWindow)
