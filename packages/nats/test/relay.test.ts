/**
 * What is sent on to NATS: all that the log has, once and in order, whoever sends it.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import type * as Scope from "effect/Scope"
import { expect, it } from "vitest"
import { build, carried, connection, events, options, outsider, shelf, upTo } from "./support.ts"

const run = <A>(effect: Effect.Effect<A, unknown, Scope.Scope>) => Effect.runPromise(Effect.scoped(effect))

it("sends on what the log has, and not what it was handed", () =>
  run(
    Effect.gen(function* () {
      const own = shelf()
      const given = options()
      const bus = yield* build(own, connection(given))
      own.commit(events("tasks", 1, 299))
      yield* bus.publish(events("tasks", 300, 300))
      expect(yield* carried(yield* outsider(given.servers), given, 300)).toEqual(upTo(300))
    })
  ))

it("reads the log once for what is published, and not again to find that there is no more", () =>
  run(
    Effect.gen(function* () {
      const own = shelf()
      const given = options()
      let reads = 0
      const counted: typeof own = {
        ...own,
        log: {
          ...own.log,
          read: (...asked) => {
            reads += 1
            return own.log.read(...asked)
          }
        }
      }
      const out = yield* outsider(given.servers)
      const bus = yield* build(counted, connection(given), undefined, { relays: ["tasks"] })
      for (let number = 1; number <= 20; number++) {
        yield* bus.publish(events("tasks", number, number))
        yield* carried(out, given, number)
      }
      // As it begins, it looks what nobody told it of.
      expect(reads).toBeLessThan(24)
    })
  ))

it("sends on what was committed and never published, once it begins", () =>
  run(
    Effect.gen(function* () {
      const own = shelf()
      const given = options()
      own.commit(events("tasks", 1, 20))
      yield* build(own, connection(given))
      expect(yield* carried(yield* outsider(given.servers), given, 20)).toEqual(upTo(20))
    })
  ))

it("goes on behind the last message of its subject", () =>
  run(
    Effect.gen(function* () {
      const own = shelf()
      const given = options({ backlog: 5 })
      const out = yield* outsider(given.servers)
      own.commit(events("tasks", 1, 20))
      yield* Effect.scoped(Effect.andThen(build(own, connection(given)), carried(out, given, 5)))
      own.commit(events("tasks", 21, 40))
      yield* build(own, connection(given))
      // Of what was before there was any subject, no more than the backlog.
      expect(yield* carried(out, given, 25)).toEqual(upTo(40, 16))
    })
  ))

it("keeps the order, and has each event once, where several send on at once and others write between", () =>
  run(
    Effect.gen(function* () {
      const own = shelf()
      const given = options()
      const out = yield* outsider(given.servers)
      const others = Effect.gen(function* () {
        const log = shelf()
        const bus = yield* build(log, connection(given), "other")
        for (let number = 1; number <= 300; number += 3) yield* bus.publish(events("tasks", number, number + 2))
      })
      const senders = Effect.gen(function* () {
        const bus = yield* build(own, connection(given))
        for (let number = 1; number <= 1_000; number += 10) {
          yield* bus.publish(events("tasks", number, number + 9))
          yield* Effect.yieldNow
        }
      })
      yield* Effect.all([senders, senders, senders, others], { concurrency: "unbounded" })
      expect(yield* carried(out, given, 1_000)).toEqual(upTo(1_000))
      expect(yield* carried(out, given, 300, "other.tasks")).toEqual(upTo(300))
    })
  ))

it("leaves out an event that is too large, and goes on", () =>
  run(
    Effect.gen(function* () {
      const own = shelf()
      const given = options()
      const bus = yield* build(own, connection(given))
      const large = events("tasks", 1, 9).map((event) =>
        event.number === 4 ? { ...event, data: "x".repeat(2 ** 20) } : event
      )
      yield* bus.publish(large)
      expect(yield* carried(yield* outsider(given.servers), given, 8)).toEqual([1, 2, 3, 5, 6, 7, 8, 9])
    })
  ))

it("goes on with what is new where the subject was purged, or the stream is gone", () =>
  run(
    Effect.gen(function* () {
      const own = shelf()
      const given = options()
      const out = yield* outsider(given.servers)
      const bus = yield* build(own, connection(given))
      yield* bus.publish(events("tasks", 1, 20))
      yield* carried(out, given, 20)
      yield* Effect.promise(() => out.manager.streams.purge(given.stream!.name!))
      yield* bus.publish(events("tasks", 21, 30))
      expect(yield* carried(out, given, 10)).toEqual(upTo(30, 21))
      yield* Effect.promise(() => out.manager.streams.delete(given.stream!.name!))
      yield* bus.publish(events("tasks", 31, 40))
      expect(yield* carried(out, given, 10)).toEqual(upTo(40, 31))
    })
  ))

it("sends nothing behind a message that the log does not have, and says so, until it is gone", () => {
  const log: Array<string> = []
  const logger = Logger.make<unknown, void>(({ cause, message }) => {
    log.push([message].flat().map(String).join(" ") + Cause.pretty(cause))
  })
  return run(
    Effect.gen(function* () {
      const own = shelf()
      const given = options()
      const out = yield* outsider(given.servers)
      own.commit(events("tasks", 1, 9))
      yield* Effect.scoped(Effect.andThen(build(own, connection(given)), carried(out, given, 9)))
      // The log goes back to an earlier moment, and on from there.
      const restored = shelf()
      restored.commit(events("tasks", 1, 5))
      const bus = yield* build(restored, connection(given))
      yield* bus.publish(events("tasks", 6, 12).map((event) => ({ ...event, previous: "f".repeat(64) })))
      while (!log.some((line) => line.includes("restored to an earlier moment"))) yield* Effect.sleep("5 millis")
      expect(yield* carried(out, given, 9)).toEqual(upTo(9))
      yield* Effect.promise(() => out.manager.streams.purge(given.stream!.name!))
      // For a while the server knows the others as what it had.
      expect(yield* carried(out, given, 3)).toEqual(upTo(12, 10))
    }).pipe(Effect.provide(Logger.layer([logger])))
  )
})
