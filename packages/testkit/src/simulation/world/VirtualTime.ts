/**
 * Time and scheduling that a seed repeats: of the tasks that are ready a drawn one goes next, and the clock moves when
 * none is ready, to the earliest sleeper.
 *
 * Effect's own `TestClock` waits for timers and scheduler turns of the real world at every step. This one runs to the
 * end in one go, and gives each node a clock that may be wrong.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type * as Scheduler from "effect/Scheduler"
import type { Chance } from "./Chance.ts"
import { Heap } from "./Heap.ts"

interface Sleeper {
  readonly at: number
  /** Drawn, so that those who wake in the same millisecond go in any order. */
  readonly order: number
  wake: (() => void) | undefined
}

/** Nothing is ready and nobody sleeps, or it goes on for ever: the run can't end. */
export class Stuck extends Error {
  override readonly name = "Stuck"
}

export interface Options {
  /** Those who wake in the same millisecond do so in the order in which they fell asleep, not in any. */
  readonly inOrder: boolean
}

/** Operations of a fiber before another gets its turn, and tasks of a run before it counts as endless. */
const operations = 2_048
const endless = 10_000_000

/** How long a call of the real world may take, in real time. */
const patienceMillis = 60_000

export class VirtualTime {
  readonly #chance: Chance
  readonly #ready: Array<() => void> = []
  readonly #sleepers = new Heap<Sleeper>((a, b) => (a.at === b.at ? a.order < b.order : a.at < b.at))
  readonly #start: number
  readonly #inOrder: boolean
  #now: number
  #tasks = 0
  #slept = 0
  /** Calls of the real world that are not answered. */
  #outside = 0
  #heard: () => void = () => undefined

  constructor(start: number, chance: Chance, options: Options = { inOrder: false }) {
    this.#chance = chance
    this.#start = start
    this.#now = start
    this.#inOrder = options.inOrder
  }

  /** Epoch milliseconds. */
  get now(): number {
    return this.#now
  }

  /** How many tasks were run: a measure of the work that a run takes. */
  get tasks(): number {
    return this.#tasks
  }

  readonly #dispatcher: Scheduler.SchedulerDispatcher = {
    scheduleTask: (task) => {
      this.#ready.push(task)
      this.#heard()
    },
    flush: () => undefined
  }

  readonly scheduler: Scheduler.Scheduler = {
    executionMode: "async",
    shouldYield: (fiber) => fiber.currentOpCount >= operations,
    makeDispatcher: () => this.#dispatcher
  }

  /** A clock that is wrong by what `skew` says. Who sleeps on it wakes up only while `alive`. */
  clock(skew: () => number = () => 0, alive: () => boolean = () => true): Clock.Clock {
    const millis = () => this.#now + skew()
    const nanos = () => BigInt(millis()) * 1_000_000n
    const monotonic = () => BigInt(this.#now - this.#start) * 1_000_000n
    return {
      currentTimeMillisUnsafe: millis,
      currentTimeMillis: Effect.sync(millis),
      currentTimeNanosUnsafe: nanos,
      currentTimeNanos: Effect.sync(nanos),
      monotonicTimeNanosUnsafe: monotonic,
      monotonicTimeNanos: Effect.sync(monotonic),
      sleep: (duration) => this.sleepUntil(() => this.#now + Math.ceil(Duration.toMillis(duration)), alive)
    }
  }

  /** Sleeps until an instant, or not at all when it has passed. */
  sleepUntil(at: () => number, alive: () => boolean = () => true): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const instant = at()
      if (instant <= this.#now) return resume(Effect.void)
      return this.#push(instant, () => {
        if (alive()) resume(Effect.void)
      })
    })
  }

  /** Goes on when nothing more can happen at this instant, by those who slept before. */
  readonly settled: Effect.Effect<void> = Effect.callback<void>((resume) =>
    this.#push(this.#now, () => resume(Effect.void))
  )

  #push(at: number, wake: () => void): Effect.Effect<void> {
    this.#slept += 1
    const sleeper: Sleeper = { at, order: this.#inOrder ? this.#slept : this.#chance.next(), wake }
    this.#sleepers.push(sleeper)
    return Effect.sync(() => void (sleeper.wake = undefined))
  }

  /** A call of the real world: time stands still until it is answered. */
  outside<A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.suspend(() => {
      this.#outside += 1
      return Effect.onExit(call, () =>
        Effect.sync(() => {
          this.#outside -= 1
          this.#heard()
        })
      )
    })
  }

  /** Runs until the fiber has ended, with all that others do meanwhile. */
  run<A, E>(fiber: Fiber.Fiber<A, E>): Exit.Exit<A, E> {
    const limit = this.#tasks + endless
    for (let exit = fiber.pollUnsafe(); ; exit = fiber.pollUnsafe()) {
      if (exit !== undefined) return exit
      if (this.#tasks >= limit) throw new Stuck("the run goes on for ever")
      this.#step()
    }
  }

  /** The same where some of it calls the real world, which time waits for. */
  async drive<A, E>(fiber: Fiber.Fiber<A, E>): Promise<Exit.Exit<A, E>> {
    const limit = this.#tasks + endless
    for (let exit = fiber.pollUnsafe(); ; exit = fiber.pollUnsafe()) {
      if (exit !== undefined) return exit
      if (this.#tasks >= limit) throw new Stuck("the run goes on for ever")
      if (this.#ready.length > 0 || this.#outside === 0) this.#step()
      else await this.#answer()
    }
  }

  /** Something happens, or one of the calls of the real world is over. */
  #answer(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Stuck("a store does not answer")), patienceMillis)
      this.#heard = () => {
        clearTimeout(timer)
        this.#heard = () => undefined
        resolve()
      }
    })
  }

  #step(): void {
    const ready = this.#ready
    if (ready.length > 0) {
      const index = ready.length === 1 ? 0 : Math.floor(this.#chance.next() * ready.length)
      const task = ready[index]!
      ready[index] = ready.at(-1)!
      ready.pop()
      this.#tasks += 1
      task()
      return
    }
    const sleeper = this.#sleepers.pop()
    if (sleeper === undefined) throw new Stuck("nothing is ready and nobody sleeps")
    if (sleeper.wake === undefined) return
    this.#now = Math.max(this.#now, sleeper.at)
    sleeper.wake()
  }
}
