import { assert, describe, it } from "@effect/vitest"
import { Consumer, Consumers, Cursor, type Envelope, EventBus, EventLog } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type { StreamEnd } from "../../src/api/services/Wire.ts"
import { Bell } from "../../src/bell/Bell.ts"
import { Offers } from "../../src/server/services/Offers.ts"
import { heads } from "../../src/services/heads.ts"
import type { Peer } from "../../src/services/Peer.ts"
import * as PollingBus from "../../src/services/PollingBus.ts"
import { Polls } from "../../src/services/Polls.ts"
import * as RemoteEventLog from "../../src/services/RemoteEventLog.ts"
import { grown, logOf } from "../support/logs.ts"
import { company, peerAt, serve, sha256, sources } from "../support/services.ts"
import { wayTo } from "../support/wire.ts"

const eventually = <A, E, R>(self: Effect.Effect<A, E, R>, is: (value: A) => boolean) =>
  Effect.repeat(Effect.delay(self, "5 millis"), { until: is })

/** A producer of some companies: their logs, and what was asked of it. */
const producer = Effect.fnUntraced(function* (ids: ReadonlyArray<string>) {
  const logs = new Map(ids.map((id) => [id, logOf([])]))
  const own = Context.get(yield* Layer.build(Layer.fresh(Bell.layer)), Bell)
  const asked = { looks: 0 }
  let listeners = 0
  const bell: Bell["Service"] = {
    ...own,
    listen: (ends) =>
      Effect.acquireRelease(
        Effect.sync(() => void (listeners += 1)),
        () => Effect.sync(() => void (listeners -= 1))
      ).pipe(Effect.andThen(own.listen(ends)))
  }
  const offers = Layer.succeed(Offers, {
    sources,
    of: (id) => Effect.succeed(logs.has(id) ? { log: { service: logs.get(id)!.service, sources } } : null),
    last: (streams) =>
      Effect.sync(() => {
        asked.looks += 1
        return streams.flatMap(({ company, source }) => {
          const log = logs.get(company)
          return log === undefined
            ? []
            : [{ company, source, number: source === "users" ? log.state.events.length : 0 }]
        })
      })
  })
  return {
    asked,
    /** How many wait for news. */
    listeners: () => listeners,
    /** Commits events, and tells whoever waits unless it is to be `silent`. */
    write: Effect.fnUntraced(function* (id: string, count: number, silent = false) {
      const { state } = logs.get(id)!
      state.events = grown(state.events, count)
      if (silent) return
      yield* own.ring([{ company: id, source: "users", number: state.events.length }])
    }),
    state: (id: string) => logs.get(id)!.state,
    serve: (options: Parameters<typeof serve>[1] = {}) =>
      serve(offers, { lookInterval: null, ...options, bell: Layer.succeed(Bell, bell) })
  }
})

/** A process that follows the users of others. */
const process = Effect.fnUntraced(function* (peer: Peer) {
  const context = yield* Layer.build(
    Layer.provideMerge(Polls.layer({ peers: { users: peer } }), Layer.fresh(Bell.layer))
  )
  return (id: string) =>
    Layer.build(
      Layer.fresh(PollingBus.layer).pipe(
        Layer.provideMerge(Layer.succeed(EventLog, RemoteEventLog.make(peer, id, sha256))),
        Layer.provide([Layer.succeedContext(context), company(id)])
      )
    )
})

/** Counts the questions of a kind that are under way, and all that there were. */
const counting = (peer: Peer) => {
  const polls = { now: 0, all: 0 }
  const counted: Peer = {
    ...peer,
    wait: (question, patience) =>
      Effect.suspend(() => {
        polls.now += 1
        polls.all += 1
        return Effect.ensuring(
          peer.wait(question, patience),
          Effect.sync(() => void (polls.now -= 1))
        )
      })
  }
  return { counted, polls }
}

const end = (id: string, number: number): StreamEnd => ({ company: id, source: "users", number })

describe("the question what is new", () => {
  it.live("is answered at once where there is news, for many companies, and says who is not there", () =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 2_500 }, (_, index) => `c${index}`)
      const { serve, write } = yield* producer(ids)
      yield* write("c7", 3)
      yield* write("c2400", 1)
      const peer = yield* peerAt(yield* serve())
      assert.deepStrictEqual(
        yield* heads(peer, [...ids.map((id) => end(id, 0)), end("nobody", 0)], { wait: "20 seconds" }),
        { heads: [end("c7", 3), end("c2400", 1)], unknown: [{ company: "nobody", source: "users" }] }
      )
      // An earlier end is news, too: the log was restored.
      assert.deepStrictEqual((yield* heads(peer, [end("c7", 5)], { wait: "20 seconds" })).heads, [end("c7", 3)])
    })
  )

  it.live("waits where there is none, until something is written or the time is over", () =>
    Effect.gen(function* () {
      const { serve, write } = yield* producer(["a", "b"])
      const peer = yield* peerAt(yield* serve())
      const waiting = yield* Effect.forkChild(heads(peer, [end("a", 0), end("b", 0)], { wait: "20 seconds" }))
      yield* Effect.sleep("50 millis")
      yield* write("b", 2)
      assert.deepStrictEqual((yield* Fiber.join(waiting)).heads, [end("b", 2)])
      assert.deepStrictEqual(yield* heads(peer, [end("a", 0), end("b", 2)], { wait: "50 millis" }), {
        heads: [],
        unknown: []
      })
    })
  )

  it.live("finds what nobody told of, by one look for all who wait", () =>
    Effect.gen(function* () {
      const { asked, serve, write } = yield* producer(["a"])
      const peer = yield* peerAt(yield* serve({ lookInterval: "50 millis" }))
      const waiting = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 10 }, () => heads(peer, [end("a", 0)], { wait: "20 seconds" })),
          { concurrency: "unbounded" }
        )
      )
      yield* eventually(
        Effect.sync(() => asked.looks),
        (looks) => looks >= 12
      )
      yield* write("a", 1, true)
      for (const found of yield* Fiber.join(waiting)) assert.deepStrictEqual(found.heads, [end("a", 1)])
      assert.isBelow(asked.looks, 25)
    })
  )

  it.live("is dropped when whoever asks goes away", () =>
    Effect.gen(function* () {
      const { listeners, serve } = yield* producer(["a"])
      const peer = yield* peerAt(yield* serve())
      const waiting = yield* Effect.forkChild(heads(peer, [end("a", 0)], { wait: "20 seconds" }))
      yield* eventually(Effect.sync(listeners), (count) => count === 1)
      yield* Fiber.interrupt(waiting)
      yield* eventually(Effect.sync(listeners), (count) => count === 0)
    })
  )

  it.live("does not hold up a service that goes down", () =>
    Effect.gen(function* () {
      const { listeners, serve } = yield* producer(["a"])
      const scope = yield* Scope.make()
      const peer = yield* peerAt(yield* Scope.provide(serve(), scope))
      const waiting = yield* Effect.forkChild(heads(peer, [end("a", 0)], { wait: "20 seconds" }))
      yield* eventually(Effect.sync(listeners), (now) => now === 1)
      yield* Effect.timeout(Scope.close(scope, Exit.void), "10 seconds")
      assert.deepStrictEqual((yield* Fiber.join(waiting)).heads, [])
    })
  )
})

describe("a bus of long polls", () => {
  it.live("has one poll under way for all companies and subscriptions of a process", () =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 100 }, (_, index) => `c${index}`)
      const { serve, write } = yield* producer(ids)
      const { counted, polls } = counting(yield* peerAt(yield* serve()))
      const busOf = yield* process(counted)
      const came = new Map<string, number>()
      for (const id of ids) {
        const bus = Context.get(yield* busOf(id), EventBus)
        for (const name of ["one", "two"]) {
          const { take } = yield* bus.subscribe(name, "users")
          yield* Effect.forkScoped(
            Effect.forever(
              Effect.map(take, (deliveries) => void came.set(`${id} ${name}`, deliveries.at(-1)!.event.number))
            )
          )
        }
      }
      yield* eventually(
        Effect.sync(() => polls),
        ({ all, now }) => now === 1 && all > 0
      )
      yield* Effect.sleep("100 millis")
      const before = polls.all
      assert.strictEqual(polls.now, 1)
      for (const id of ids) yield* write(id, 2)
      yield* eventually(
        Effect.sync(() => came),
        (all) => [...all.values()].filter((last) => last === 2).length === 200
      )
      assert.isAtMost(polls.now, 1)
      assert.isBelow(polls.all - before, 50)
    })
  )

  it.live("reads no more than its window for a subscriber who does not acknowledge", () =>
    Effect.gen(function* () {
      const { serve, write } = yield* producer(["a"])
      yield* write("a", 5_000)
      const busOf = yield* process(yield* peerAt(yield* serve()))
      const { take } = yield* Context.get(yield* busOf("a"), EventBus).subscribe("one", "users")
      const first = yield* take
      assert.strictEqual(first.length, 1_000)
      assert.isTrue(Option.isNone(yield* Effect.timeoutOption(take, "50 millis")))
      for (const { acknowledge } of first.slice(0, 10)) yield* acknowledge
      assert.deepStrictEqual(
        (yield* take).map(({ event }) => event.number),
        Array.from({ length: 10 }, (_, index) => 1_001 + index)
      )
    })
  )

  it.live("looks again for what it was told of and the log does not show yet", () =>
    Effect.gen(function* () {
      const { serve, state, write } = yield* producer(["a"])
      const busOf = yield* process(yield* peerAt(yield* serve()))
      const { take } = yield* Context.get(yield* busOf("a"), EventBus).subscribe("one", "users")
      const taken = yield* Effect.forkChild(take)
      yield* Effect.sleep("50 millis")
      state("a").shown = 0
      yield* write("a", 2)
      yield* eventually(
        Effect.sync(() => state("a").reads),
        (reads) => reads > 2
      )
      state("a").shown = 2
      assert.deepStrictEqual(
        (yield* Fiber.join(taken)).map(({ event }) => event.number),
        [1, 2]
      )
    })
  )

  it.live("does not read again what a subscriber has applied", () =>
    Effect.gen(function* () {
      const { serve, write } = yield* producer(["a"])
      yield* write("a", 5_000)
      const busOf = yield* process(yield* peerAt(yield* serve()))
      const bus = Context.get(yield* busOf("a"), EventBus)
      const { take } = yield* bus.subscribe("one", "users", { applied: Effect.succeed(4_990) })
      assert.deepStrictEqual(
        (yield* take).map(({ event }) => event.number),
        Array.from({ length: 10 }, (_, index) => 4_991 + index)
      )
    })
  )

  it.live("goes on when the way to the producer was cut, and when the producer was restarted", () =>
    Effect.gen(function* () {
      const { serve, write } = yield* producer(["a"])
      const scope = yield* Scope.make()
      const url = yield* Scope.provide(serve(), scope)
      const way = yield* wayTo(url)
      const busOf = yield* process(yield* peerAt(way.url, { timeout: "1 second" }))
      const { take } = yield* Context.get(yield* busOf("a"), EventBus).subscribe("one", "users")
      const next = Effect.map(take, (deliveries) => deliveries.map(({ event }) => event.number))
      yield* write("a", 1)
      assert.deepStrictEqual(yield* next, [1])
      const afterCut = yield* Effect.forkChild(next)
      yield* Effect.sleep("50 millis")
      yield* way.cut
      yield* write("a", 1)
      yield* Effect.sleep("50 millis")
      yield* way.mend
      assert.deepStrictEqual(yield* Fiber.join(afterCut), [2])
      const afterRestart = yield* Effect.forkChild(next)
      yield* Effect.sleep("50 millis")
      yield* Scope.close(scope, Exit.void)
      yield* write("a", 1, true)
      yield* serve({ port: Number(new URL(url).port) })
      assert.deepStrictEqual(yield* Fiber.join(afterRestart), [3])
    })
  )

  it.live("asks again for a company that its producer did not have, and holds up no other meanwhile", () =>
    Effect.gen(function* () {
      const { serve, write } = yield* producer(["a"])
      const peer = yield* peerAt(yield* serve())
      const context = yield* Layer.build(
        Layer.provideMerge(Polls.layer({ peers: { users: peer } }), Layer.fresh(Bell.layer))
      )
      const polls = Context.get(context, Polls)
      yield* polls.follow({ company: "late", source: "users" })
      yield* polls.follow({ company: "a", source: "users" })
      const listener = yield* Context.get(context, Bell).listen([end("a", 0)])
      yield* write("a", 1)
      assert.deepStrictEqual(yield* listener.take, [end("a", 1)])
    })
  )
})

describe("a consumer of another service's events", () => {
  /** A consumer that counts, with its cursor in memory. */
  const counter = () => {
    const state = { cursor: Cursor.start("counter", "users"), times: 0 }
    return {
      state,
      subscriber: {
        name: "counter",
        source: "users",
        cursor: Effect.sync(() => state.cursor),
        apply: (after: number, events: ReadonlyArray<Envelope.Envelope>, held?: Envelope.Envelope | null) =>
          Effect.sync(() => {
            state.times += 1
            const admitted = Cursor.admit(sha256, state.cursor, after, events, held)
            state.cursor = Cursor.after(state.cursor, admitted, admitted.events.length, admitted.stop)
            return state.cursor
          })
      } as const
    }
  }

  it.live("applies a long log once, in order, and then what comes", () =>
    Effect.gen(function* () {
      const { serve, state, write } = yield* producer(["a"])
      yield* write("a", 25_000)
      const context = yield* (yield* process(yield* peerAt(yield* serve())))("a")
      const { state: own, subscriber } = counter()
      const handle = yield* Consumer.start(subscriber).pipe(
        Effect.provideContext(context),
        Effect.provide([Consumers.layer, Memory.layerDigest])
      )
      yield* handle.awaitApplied(25_000)
      const reads = state("a").reads
      assert.isBelow(reads, 12)
      yield* write("a", 10)
      yield* handle.awaitApplied(25_010)
      assert.strictEqual(own.cursor.stopped, null)
    })
  )

  it.live("stops when the producer's log has another event in the place of the one it stands at", () =>
    Effect.gen(function* () {
      const { serve, state, write } = yield* producer(["a"])
      yield* write("a", 10)
      const context = yield* (yield* process(yield* peerAt(yield* serve({ lookInterval: "10 millis" }))))("a")
      const { state: own, subscriber } = counter()
      const handle = yield* Consumer.start(subscriber).pipe(
        Effect.provideContext(context),
        Effect.provide([Consumers.layer, Memory.layerDigest])
      )
      yield* handle.awaitApplied(10)
      const log = state("a")
      log.events = grown(log.events.slice(0, 5), 10, (number) => ({ other: number }))
      yield* eventually(
        Effect.sync(() => own.cursor),
        ({ stopped }) => stopped !== null
      )
      assert.strictEqual(own.cursor.stopped!.reason, "BrokenDigest")
      assert.strictEqual(own.cursor.number, 10)
    })
  )
})
