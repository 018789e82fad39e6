/**
 * The consumer: makes order out of what a bus delivers, fills gaps from the producer's log, and has each event applied
 * once, in number order, in the transaction of its effects.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Latch from "effect/Latch"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { Digest } from "../values/Digest.ts"
import type { StoreError } from "../values/StoreError.ts"
import { Consumers, type Handle, type Status, StreamStopped } from "./Consumers.ts"
import { drain, type Running, type Waiter } from "./draining.ts"
import { EventBus, type Subscription } from "./EventBus.ts"
import { EventLog } from "./EventLog.ts"
import type { Subscriber } from "./Subscriber.ts"
import * as Trouble from "./Trouble.ts"

/**
 * How often somebody looks into the log for what nobody was told of: the bus for all that it delivers to, where it does
 * so (`EventBus`), otherwise each consumer. `null` for never, as under virtual time.
 */
export const PollInterval = Context.Reference<Duration.Duration | null>("@popug/core/PollInterval", {
  defaultValue: () => Duration.seconds(1)
})

/** Starts a consumer; it runs until the scope closes, and `Consumers` knows it by its name. */
export const start = Effect.fnUntraced(function* (
  subscriber: Subscriber
): Effect.fn.Return<Handle, never, EventBus | EventLog | Consumers | Digest | Scope.Scope> {
  const { name, source } = subscriber
  const bus = yield* EventBus
  const consumers = yield* Consumers
  const pollInterval = yield* PollInterval
  const running: Running = {
    subscriber,
    log: yield* EventLog,
    sha256: (yield* Digest).sha256,
    clock: yield* Clock.Clock,
    parked: new Map(),
    waiters: new Set(),
    known: undefined,
    shortSince: undefined,
    told: undefined,
    failing: null,
    leftOver: false,
    last: undefined,
    uneasy: yield* Latch.make(true)
  }
  const subscription = yield* bus.subscribe(name, source, { applied: appliedBy(running) })
  const trouble = Trouble.make(`consumer ${name} could not go on`)
  const one = yield* Semaphore.make(1)
  const draining = (look: boolean) =>
    Semaphore.withPermit(
      one,
      drain(running, look).pipe(
        Effect.tap(() => trouble.over),
        Effect.ensuring(Effect.sync(() => reckon(running)))
      )
    )
  const drainOnce = draining(true)
  const patiently = Trouble.untilItWorks(drainOnce, trouble)
  const delivered = Trouble.untilItWorks(draining(false), trouble)
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(receiving(running, subscription), delivered)))
  if (pollInterval !== null) {
    const interval = Effect.sleep(pollInterval)
    const again = bus.looks ? Effect.andThen(running.uneasy.await, interval) : interval
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(patiently, again)))
  }
  const handle: Handle = {
    name,
    source,
    drain: drainOnce,
    applied: appliedBy(running),
    awaitApplied: (number) => awaitApplied(running, drainOnce, number),
    status: statusOf(running)
  }
  yield* consumers.register(handle)
  return handle
})

/** How far the consumer is, as this process knows it. */
const appliedBy = (running: Running): Effect.Effect<number, StoreError> =>
  Effect.suspend(() =>
    Effect.map(
      running.known === undefined ? running.subscriber.cursor : Effect.succeed(running.known),
      ({ number }) => number
    )
  )

/**
 * Whether a consumer has to look for itself, whoever looks for new events: for what another process may do meanwhile
 * without an event of its own. An operator may let a stopped stream go on or approve a close; and somebody who waits
 * for a number is told of it though another process has applied it.
 */
const isUneasy = ({ failing, known, leftOver, waiters }: Running): boolean =>
  known?.stopped !== null || failing !== null || leftOver || waiters.size > 0

const reckon = (running: Running): void => {
  if (isUneasy(running)) running.uneasy.openUnsafe()
  else running.uneasy.closeUnsafe()
}

/** Parks what the bus delivers, once around. A bus that breaks keeps nothing from being read in the log. */
const receiving = (running: Running, subscription: Subscription): Effect.Effect<void> => {
  const { name } = running.subscriber
  const deliveries = Trouble.make(`consumer ${name} could not take what the bus delivers, and reads the log`)
  let refused = 0
  return Effect.gen(function* () {
    const exit = yield* Effect.exit(take(running, subscription))
    if (Exit.isSuccess(exit)) {
      refused = 0
      return yield* deliveries.over
    }
    refused += 1
    yield* deliveries.met(exit.cause)
    yield* Effect.sleep(Trouble.waitMillis(refused))
  })
}

const take = Effect.fnUntraced(function* (running: Running, subscription: Subscription) {
  const { parked } = running
  for (const delivery of yield* subscription.take) {
    const { number } = delivery.event
    const same = parked.get(number)
    if (running.known !== undefined && number <= running.known.number) yield* delivery.acknowledge
    else if (same !== undefined) same.push(delivery)
    else parked.set(number, [delivery])
  }
})

const awaitApplied = (
  running: Running,
  drainOnce: Effect.Effect<void, StoreError>,
  number: number
): Effect.Effect<void, StreamStopped | StoreError> => {
  const { subscriber, waiters } = running
  return Effect.acquireUseRelease(
    Effect.sync(() => {
      const waiter: Waiter = { number, done: Deferred.makeUnsafe() }
      waiters.add(waiter)
      reckon(running)
      return waiter
    }),
    Effect.fnUntraced(function* (waiter) {
      yield* drainOnce
      const cursor = yield* subscriber.cursor
      if (cursor.number >= number) return
      if (cursor.stopped !== null) {
        return yield* new StreamStopped({ consumer: subscriber.name, ...cursor.stopped })
      }
      // What is still missing comes by the bus or by looking, and wakes the waiter.
      return yield* Deferred.await(waiter.done)
    }),
    (waiter) =>
      Effect.sync(() => {
        waiters.delete(waiter)
        reckon(running)
      })
  )
}

const statusOf = (running: Running): Effect.Effect<Status, StoreError> =>
  Effect.gen(function* () {
    const { log, subscriber } = running
    const cursor = yield* subscriber.cursor
    const asked = yield* Effect.result(log.last(subscriber.source))
    if (Result.isSuccess(asked)) running.last = asked.success
    // Whom a context follows may be in another process, which is away: what is known here is told all the same.
    const away = Result.isSuccess(asked)
      ? null
      : { since: yield* DateTime.now, attempts: 1, message: asked.failure.message }
    return {
      consumer: subscriber.name,
      source: subscriber.source,
      number: cursor.number,
      behind: (running.last ?? cursor.number) - cursor.number,
      stopped: cursor.stopped,
      failing: running.failing ?? away
    }
  })
