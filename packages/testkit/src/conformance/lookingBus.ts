/**
 * What an `EventBus` that looks into the log promises besides: whatever was committed comes, told of or not.
 */
import { EventBus, PollInterval, type UserStore } from "@popug/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { untilItWaits } from "./eventBus.ts"
import { same } from "./expect.ts"
import { open, save } from "./Kit.ts"
import * as Suite from "./Suite.ts"
import { kit } from "./userStore.ts"

/** How long it is listened for what must not come. */
const silence = "60 millis"

interface Listening {
  /** Waits until all events up to a number have come. */
  readonly upTo: (number: number) => Effect.Effect<void>
  /** The highest number that came so far, and in a while from now. */
  readonly inAWhile: Effect.Effect<number>
}

/** What a subscriber hears of users' events, with so long an interval; each is acknowledged. */
const listening = Effect.fnUntraced(function* (
  name: string,
  interval: Duration.Duration | null
): Effect.fn.Return<Listening, never, EventBus | Scope.Scope> {
  const { take } = yield* (yield* EventBus).subscribe(name, "users")
  const came = new Set<number>()
  const more = Effect.flatMap(take, (deliveries) =>
    Effect.forEach(
      deliveries,
      ({ acknowledge, event }) =>
        Effect.andThen(
          Effect.sync(() => came.add(event.number)),
          acknowledge
        ),
      { discard: true }
    )
  ).pipe(Effect.provideService(PollInterval, interval))
  const has = (number: number) => Array.from({ length: number }, (_, index) => index + 1).every((one) => came.has(one))
  const upTo = (number: number) =>
    Suite.waitingFor(
      () => `${name} waits for event ${number}, and has ${[...came].join(", ")}`,
      Effect.gen(function* () {
        while (!has(number)) yield* more
      })
    )
  const inAWhile = Effect.map(Effect.timeoutOption(Effect.forever(more), silence), () => Math.max(0, ...came))
  return { upTo, inAWhile }
})

const often = Duration.millis(5)

const offered = Effect.gen(function* () {
  const { looks } = yield* EventBus
  if (!looks) yield* Suite.notOffered("the bus does not look into the log: consumers do")
  yield* open(kit)
})

/** Commits an event of users that nobody is told of. */
const commit = (name: string): Effect.Effect<void, unknown, UserStore> => save(kit, name)

export const lookingBus = Suite.make("EventBus that looks", {
  "delivers what was committed while nobody listened, though it was never published": Effect.scoped(
    Effect.gen(function* () {
      yield* offered
      yield* commit("a")
      const { upTo } = yield* listening("one", often)
      yield* upTo(1)
    })
  ),

  "delivers to who waits what was committed and never published, one after another": Effect.scoped(
    Effect.gen(function* () {
      yield* offered
      const { upTo } = yield* listening("one", often)
      for (const [index, name] of ["a", "b", "c"].entries()) {
        const waiting = yield* Effect.forkChild(upTo(index + 1))
        yield* untilItWaits
        yield* commit(name)
        yield* Fiber.join(waiting)
      }
    })
  ),

  "looks for every name": Effect.scoped(
    Effect.gen(function* () {
      yield* offered
      const all = yield* Effect.forEach(["one", "two", "three"], (name) => listening(name, often))
      for (const [index, name] of ["a", "b", "c"].entries()) {
        const waiting = yield* Effect.forEach(all, ({ upTo }) => Effect.forkChild(upTo(index + 1)))
        yield* untilItWaits
        yield* commit(name)
        yield* Fiber.joinAll(waiting)
      }
    })
  ),

  "looks for nothing where there is no interval": Effect.scoped(
    Effect.gen(function* () {
      yield* offered
      yield* commit("a")
      const { inAWhile, upTo } = yield* listening("one", null)
      yield* upTo(1)
      const waiting = yield* Effect.forkChild(inAWhile)
      yield* untilItWaits
      yield* commit("b")
      same(yield* Fiber.join(waiting), 1, "the last event that came")
    })
  )
})
