import { EventBus, UserStore } from "@popug/core"
import { HostileBus, Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { identity, saveUsers } from "./support.ts"

const harmless = { failPublish: 0, loseAcknowledgement: 0, duplicate: 0, delay: 0, withhold: 0, reorder: false }

const bus = (options: HostileBus.Options) => HostileBus.layer(options).pipe(Layer.provideMerge(Memory.layer))

const events = Effect.gen(function* () {
  const store = yield* UserStore
  yield* store.open(identity)
  return (yield* saveUsers(store, ...Array.from({ length: 200 }, (_, index) => `u${index}`))).events
})

/** Publishes, then takes for a while of virtual time; returns the numbers as they came. */
const deliveries = (options: HostileBus.Options, acknowledge = true) =>
  Effect.gen(function* () {
    const published = yield* events
    const bus = yield* EventBus
    const subscription = yield* bus.subscribe("one", "users")
    const failed = yield* Effect.exit(bus.publish(published))
    const numbers: Array<number> = []
    yield* Effect.forkScoped(
      Effect.forever(
        Effect.gen(function* () {
          for (const delivery of yield* subscription.take) {
            numbers.push(delivery.event.number)
            if (acknowledge) yield* delivery.acknowledge
          }
        })
      )
    )
    yield* TestClock.adjust(1)
    const atOnce = numbers.length
    yield* TestClock.adjust("1 minute")
    return { numbers, atOnce, failed: Exit.isFailure(failed) }
  }).pipe(
    Effect.scoped,
    Effect.provide(bus({ seed: "7", ...options })),
    Effect.provide(TestClock.layer()),
    Effect.runPromise
  )

const inOrder = Array.from({ length: 200 }, (_, index) => index + 1)
const ordered = (numbers: ReadonlyArray<number>) => [...numbers].sort((a, b) => a - b)

describe("a hostile bus", () => {
  it("is tame when nothing is asked of it", async () => {
    expect(await deliveries(harmless)).toEqual({ numbers: inOrder, atOnce: 200, failed: false })
  })

  it("delivers in any order", async () => {
    const { numbers } = await deliveries({ ...harmless, reorder: true })
    expect(numbers).not.toEqual(inOrder)
    expect(ordered(numbers)).toEqual(inOrder)
  })

  it("delivers twice", async () => {
    const { numbers } = await deliveries({ ...harmless, duplicate: 0.5 })
    expect(numbers.length).toBeGreaterThan(250)
    expect(numbers.length).toBeLessThan(350)
    expect([...new Set(numbers)]).toEqual(inOrder)
  })

  it("delivers late", async () => {
    const { atOnce, numbers } = await deliveries({ ...harmless, delay: 0.5, longestDelay: "10 seconds" })
    expect(atOnce).toBeGreaterThan(50)
    expect(atOnce).toBeLessThan(150)
    expect(ordered(numbers)).toEqual(inOrder)
  })

  it("holds everything back for a while", async () => {
    const { atOnce, numbers } = await deliveries({ ...harmless, withhold: 1 })
    expect(atOnce).toBe(0)
    expect(numbers).toEqual(inOrder)
  })

  it("loses acknowledgements, and delivers again until one comes through", async () => {
    const { numbers } = await deliveries({ ...harmless, loseAcknowledgement: 0.5 })
    expect(numbers.length).toBeGreaterThan(300)
    expect([...new Set(numbers)]).toEqual(inOrder)
  })

  it("refuses events, taken or not", async () => {
    const taken = new Set<number>()
    for (const seed of ["1", "2", "3", "4", "5", "6"]) {
      const { failed, numbers } = await deliveries({ ...harmless, failPublish: 1, seed })
      expect(failed).toBe(true)
      taken.add(numbers.length)
    }
    expect(ordered([...taken])).toEqual([0, 200])
  })

  it("does the same again with the same seed", async () => {
    const seeded = { longestDelay: "10 seconds" } as const
    expect(await deliveries(seeded)).toEqual(await deliveries(seeded))
    expect((await deliveries(seeded)).numbers).not.toEqual((await deliveries({ ...seeded, seed: "8" })).numbers)
  })

  it("draws from the Random around its layer without a seed", () => {
    const numbers = (seed: string) =>
      Effect.gen(function* () {
        const published = yield* events
        const bus = yield* EventBus
        const subscription = yield* bus.subscribe("one", "users")
        yield* bus.publish(published)
        return (yield* subscription.take).map(({ event }) => event.number)
      }).pipe(
        Effect.scoped,
        Effect.provide(bus({ ...harmless, reorder: true })),
        Random.withSeed(seed),
        Effect.runPromise
      )
    return Promise.all([numbers("a"), numbers("a"), numbers("b")]).then(([first, again, other]) => {
      expect(first).toEqual(again)
      expect(first).not.toEqual(other)
    })
  })
})
