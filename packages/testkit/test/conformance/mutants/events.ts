import { type CursorStore, type Delivery, type Envelope, EventBus, EventLog, type Ports, UserStore } from "@popug/core"
import { Memory } from "@popug/memory"
import { eventBus, eventLog } from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { mutants, over } from "./Mutant.ts"

const log = (
  name: string,
  promise: keyof (typeof eventLog)["promises"],
  mutilate: (log: EventLog["Service"]) => Partial<EventLog["Service"]>
) => ({ name, breaks: [promise], layer: over(EventLog, mutilate) })

const onEvents =
  (change: (events: ReadonlyArray<Envelope.Envelope>) => ReadonlyArray<Envelope.Envelope>) =>
  ({ read }: EventLog["Service"]): Partial<EventLog["Service"]> => ({
    read: (source, after, limit) => Effect.map(read(source, after, limit), change)
  })

export const eventLogs = mutants(eventLog, Memory.layer, [
  log(
    "loses the data of events",
    "returns events as they were saved",
    onEvents((events) => events.map((event) => ({ ...event, data: {} })))
  ),
  log(
    "loses an event",
    "returns the events above a number, in order",
    onEvents((events) => events.filter(({ number }) => number !== 8))
  ),
  log(
    "returns events in any order",
    "returns the events above a number, in order",
    onEvents((events) => events.toReversed())
  ),
  log("counts from the number itself", "returns the events above a number, in order", ({ read }) => ({
    read: (source, after, limit) => read(source, Math.max(after - 1, 0), limit)
  })),
  log("returns all there are", "returns no more events than asked for", ({ read }) => ({
    read: (source, after) => read(source, after, 1_000)
  })),
  log(
    "takes the events of a long page to be of one type",
    "returns the same events, however many are asked for at once",
    onEvents((events) => (events.length < 50 ? events : events.map((event) => ({ ...event, type: events[0]!.type }))))
  ),
  log(
    "takes the events of a long page to be of one instant",
    "returns the same events, however many are asked for at once",
    onEvents((events) => (events.length < 50 ? events : events.map((event) => ({ ...event, time: events[0]!.time }))))
  ),
  log(
    "loses what caused events",
    "returns what caused an event as it was written, and nothing where nobody traced it",
    onEvents((events) => events.map((event) => ({ ...event, trace: undefined })))
  ),
  log(
    "takes the events of a long page to have one cause",
    "returns what caused an event as it was written, and nothing where nobody traced it",
    onEvents((events) => (events.length < 50 ? events : events.map((event) => ({ ...event, trace: events[0]!.trace }))))
  ),
  log("counts from zero", "knows the number of the last event, zero before the first", ({ last }) => ({
    last: (source) => Effect.map(last(source), (number) => Math.max(number - 1, 0))
  })),
  {
    name: "shows what was rolled back",
    breaks: ["shows nothing of what was rolled back"],
    layer: over(UserStore, ({ transact }) => ({
      transact: (body) => transact((tx) => Effect.exit(body(tx))).pipe(Effect.flatten)
    }))
  },
  log("changes with time", "returns the same for ever", ({ last, read }) => ({
    read: (source, after, limit) =>
      Effect.flatMap(last(source), (number) =>
        Effect.map(read(source, after, limit), (events) => events.map((event) => ({ ...event, previous: `${number}` })))
      )
  })),
  log("mixes the streams", "keeps the streams apart", ({ read }) => ({
    read: (_, after, limit) => read("users", after, limit)
  }))
] as const)

type Bus = EventBus["Service"]

const bus = (
  name: string,
  breaks: ReadonlyArray<keyof (typeof eventBus)["promises"]>,
  mutilate: (bus: Bus) => Partial<Bus>
): { name: string; breaks: typeof breaks; layer: Layer.Layer<Ports | CursorStore> } => ({
  name,
  breaks,
  layer: over(EventBus, mutilate)
})

/** Does something to what is taken. */
const onTake =
  (change: (deliveries: ReadonlyArray<Delivery>) => Effect.Effect<ReadonlyArray<Delivery>>) =>
  ({ subscribe }: Bus): Partial<Bus> => ({
    subscribe: (name, source) =>
      Effect.map(subscribe(name, source), ({ take }) => ({ take: Effect.flatMap(take, change) }))
  })

/** Takes what is there at once, or something else. */
const onlyWhatIsThere =
  (otherwise: Effect.Effect<ReadonlyArray<Delivery>>) =>
  ({ subscribe }: Bus): Partial<Bus> => ({
    subscribe: (name, source) =>
      Effect.map(subscribe(name, source), ({ take }) => ({
        take: Effect.gen(function* () {
          const taking = yield* Effect.forkDetach(take)
          yield* Effect.yieldNow
          return yield* taking.pollUnsafe() ?? otherwise
        })
      }))
  })

const startsNow = ({ publish, subscribe }: Bus): Partial<Bus> => {
  const published = new Set<Envelope.Envelope>()
  let names = 0
  return {
    publish: (events) =>
      Effect.tap(publish(events), () => Effect.sync(() => events.forEach((event) => published.add(event)))),
    subscribe: (name, source) =>
      Effect.suspend(() => {
        const before = new Set(published)
        return Effect.map(subscribe(`${name}${names++}`, source), ({ take }) => ({
          take: Effect.flatMap(take, (deliveries) =>
            Effect.forEach(
              deliveries.filter(({ event }) => before.has(event)),
              ({ acknowledge }) => acknowledge
            ).pipe(Effect.as(deliveries.filter(({ event }) => !before.has(event))))
          ).pipe(Effect.repeat({ until: (deliveries) => deliveries.length > 0 }))
        }))
      })
  }
}

export const eventBuses = mutants(eventBus, Memory.layer, [
  bus("loses an event", ["delivers every event, as it was published"], ({ publish }) => ({
    publish: (events) => publish(events.filter(({ number }) => number !== 77))
  })),
  bus(
    "mangles events",
    ["delivers every event, as it was published"],
    onTake((deliveries) =>
      Effect.succeed(deliveries.map((delivery) => ({ ...delivery, event: { ...delivery.event, data: null } })))
    )
  ),
  bus(
    "loses what caused events",
    ["delivers every event, as it was published"],
    onTake((deliveries) =>
      Effect.succeed(deliveries.map((delivery) => ({ ...delivery, event: { ...delivery.event, trace: undefined } })))
    )
  ),
  bus(
    "does not wake who waits",
    ["wakes a subscriber who waits", "takes at least one delivery at a time"],
    onlyWhatIsThere(Effect.never)
  ),
  bus("takes nothing", ["takes at least one delivery at a time"], onlyWhatIsThere(Effect.succeed([]))),
  bus(
    "starts at what is published next",
    [
      "a new name starts at number 1",
      "what was not acknowledged comes to the next subscriber of the name",
      "goes on for a name whose subscriber was away"
    ],
    startsNow
  ),
  bus(
    "delivers to one name only",
    ["delivers every event to every name", "a name that does not acknowledge does not hold up another"],
    ({ subscribe }) => ({ subscribe: (_, source) => subscribe("everybody", source) })
  ),
  bus(
    "acknowledges what it delivers",
    [
      "what was not acknowledged comes to the next subscriber of the name",
      "has no more events in flight for a name than it may"
    ],
    onTake((deliveries) =>
      Effect.as(
        Effect.forEach(deliveries, ({ acknowledge }) => acknowledge, { discard: true }),
        deliveries
      )
    )
  ),
  bus(
    "loses every acknowledgement",
    ["acknowledging makes room for more"],
    onTake((deliveries) => Effect.succeed(deliveries.map(({ event }) => ({ event, acknowledge: Effect.void }))))
  ),
  bus("mixes the sources", ["delivers the events of one source alone"], ({ subscribe }) => ({
    subscribe: (name, source) => subscribe(name, source === "users" ? "tasks" : "users")
  }))
])
