/** A company in memory for the tests of use cases: settled by hand, on the test clock. */
import {
  Actor,
  Assignment,
  Company,
  Consumers,
  type Envelope,
  EventBus,
  EventLog,
  Ids,
  Notifier,
  PollInterval,
  Popug,
  Pricing,
  Tasks,
  Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"

/** Noon of a Monday in UTC. */
const monday = DateTime.makeUnsafe("2026-11-23T12:00:00Z").epochMilliseconds
const day = 86_400_000

export const admin = Actor.user("ann")
export const manager = Actor.user("max")
export const accountant = Actor.user("acc")
export const worker = Actor.user("will")
export const other = Actor.user("olga")

/** A price that tests can reckon with: 10.00 to take a task, 30.00 for doing it. */
export const flatPrices = Layer.succeed(Pricing.Pricing, () => ({ fee: 1000n, award: 3000n }))

/** Everything falls on the first candidate by id. */
export const firstCandidate = Layer.succeed(Assignment.ChooseAssignee, ({ candidates }) => candidates[0]!)

/** Moves the clock to a number of days after Monday noon. */
export const toDay = (days: number) => TestClock.setTime(monday + days * day)

/** All services of a company, with its ports; it is opened so many days after that Monday. */
export const layer = (
  options: Partial<Parameters<typeof Company.layer>[0]> = {},
  ports: typeof Memory.layer = Memory.layer,
  opened = 0
) =>
  Popug.layer.pipe(
    Layer.provideMerge(ports),
    Layer.provideMerge(Company.layer({ secret: "tests", ...options })),
    Layer.provide([Ids.layer, Notifier.layerLog]),
    Layer.provideMerge(Ids.layer),
    Layer.provide(Layer.succeed(PollInterval, null)),
    Layer.provide(Layer.effectDiscard(toDay(opened)))
  )

/** A company whose bookings can be reckoned: flat prices, and all tasks fall on the first candidate, Olga. */
export const predictable = (ports?: typeof Memory.layer) =>
  Layer.provide(layer({}, ports), [flatPrices, firstCandidate])

/** Memory whose log can be tampered with, under a bus that carries nothing. */
export const tampered = (
  rewrite: (source: Envelope.Source, events: ReadonlyArray<Envelope.Envelope>) => ReadonlyArray<Envelope.Envelope>
): typeof Memory.layer =>
  Layer.effect(
    EventLog,
    Effect.map(EventLog, (log) => ({
      ...log,
      read: (source: Envelope.Source, after: number, limit: number) =>
        Effect.map(log.read(source, after, limit), (events) => rewrite(source, events))
    }))
  ).pipe(Layer.merge(EventBus.layerNone), Layer.provideMerge(Memory.layer))

/** The tag of the error that an effect fails with. */
export const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), (error) => error._tag)

/** Waits until all consumers have applied everything. */
export const settle = Effect.flatMap(Consumers, (consumers) => consumers.settle)

/** An admin, a manager, an accountant and two workers, at Monday noon. */
export const staff = Effect.gen(function* () {
  const users = yield* Users
  yield* users.create(Actor.system, [
    { id: "ann", name: "Ann", roles: ["admin"] },
    { id: "max", name: "Max", roles: ["manager"] },
    { id: "acc", name: "Acc", roles: ["accountant", "manager"] },
    { id: "olga", name: "Olga", roles: ["worker"] },
    { id: "will", name: "Will", roles: ["worker"] }
  ])
  yield* settle
})

/** The manager has a task made, `roof`. */
export const createRoof = Effect.flatMap(Tasks, (tasks) =>
  tasks.create(manager, [{ id: "roof", title: "Mend the roof" }])
)

/** How far a consumer is. */
export const statusOf = (name: string) =>
  Effect.flatMap(Consumers, ({ status }) => Effect.map(status, (all) => all.find(({ consumer }) => consumer === name)!))

/** Ends the day that is over, and has it closed. */
export const endDay = Effect.gen(function* () {
  const tasks = yield* Tasks
  const ended = yield* tasks.endRegistration(Actor.system)
  yield* settle
  return ended.answer.ended
})
