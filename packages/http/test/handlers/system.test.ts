import { assert, it } from "@effect/vitest"
import { Catalog, EventLog, Readiness, StoreError, TaskStore } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { call, layer, write } from "../support/live.ts"

it.effect("the catalogue lists every event type with the schema of its data", () =>
  Effect.gen(function* () {
    const { body, status } = yield* call("olga", "/v1/events/catalog")
    assert.strictEqual(status, 200)
    assert.deepStrictEqual(
      body.data.map(({ type }: { readonly type: string }) => type),
      Object.keys(Catalog.catalog)
    )
    const updated = body.data.find(({ type }: { readonly type: string }) => type === "task.updated")
    assert.deepInclude(updated, { kind: "business", producer: "tasks", consumers: ["billing"], version: 2 })
    assert.strictEqual(updated.schema.$schema, "https://json-schema.org/draft/2020-12/schema")
    assert.includeMembers(updated.schema.required, ["id", "title", "assign"])
    assert.strictEqual((yield* call("nobody", "/v1/events/catalog")).status, 403)
  }).pipe(Effect.provide(layer()))
)

it.effect("events are listed from the last back, those of one user and of one task", () =>
  Effect.gen(function* () {
    yield* write(5)
    const seen = Effect.fnUntraced(function* (query: string) {
      const numbers: Array<number> = []
      for (let cursor = ""; ;) {
        const { body } = yield* call("max", `/v1/events?source=tasks&limit=2${query}${cursor}`)
        numbers.push(...body.data.map(({ number }: { readonly number: number }) => number))
        if (body.hasMore === false) return numbers
        cursor = `&cursor=${body.nextCursor}`
      }
    })
    const all = yield* seen("")
    assert.isAtLeast(all.length, 5)
    assert.deepStrictEqual(yield* seen("&order=newest"), all.toReversed())
    const [event] = yield* (yield* EventLog).read("tasks", 0, 1)
    const { id } = event!.data as { readonly id: string }
    const of = yield* seen(`&task=${id}`)
    assert.isTrue(of.includes(1) && of.length < all.length)
    const by = event!.actor === "system" ? "system" : event!.actor.slice("user:".length)
    assert.include(yield* seen(`&actor=${by}&order=newest`), 1)
    assert.deepStrictEqual(yield* seen("&actor=me&task=nothing"), [])
    assert.strictEqual((yield* call("max", "/v1/events?source=tasks&order=best")).status, 400)
    const newest = yield* call("max", "/v1/events?source=tasks&limit=2&order=newest")
    const mixed = yield* call("max", `/v1/events?source=tasks&limit=2&cursor=${newest.body.nextCursor}`)
    assert.strictEqual(mixed.status, 400)
  }).pipe(Effect.provide(layer()))
)

it.effect("the events of a context are listed in order, page by page, to the end", () =>
  Effect.gen(function* () {
    yield* write(5)
    const last = yield* (yield* EventLog).last("tasks")
    const seen: Array<number> = []
    for (let cursor = ""; ;) {
      const { body } = yield* call("max", `/v1/events?source=tasks&limit=3${cursor}`)
      seen.push(...body.data.map(({ number }: { readonly number: number }) => number))
      assert.isAtMost(body.data.length, 3)
      if (body.hasMore === false) {
        assert.isNull(body.nextCursor)
        break
      }
      cursor = `&cursor=${body.nextCursor}`
    }
    assert.deepStrictEqual(
      seen,
      Array.from({ length: last }, (_, index) => index + 1)
    )
    const first = (yield* call("max", "/v1/events?source=tasks&limit=1")).body.data[0]
    assert.deepInclude(first, { specversion: "1.0", id: "tasks-1", source: "/companies/popug/tasks", actor: "system" })
    assert.deepStrictEqual((yield* call("olga", "/v1/events?source=billing")).body.data, [])
    assert.strictEqual((yield* call("max", "/v1/events?source=tasks&cursor=!")).status, 400)
  }).pipe(Effect.provide(layer()))
)

it.effect("a process is alive, and ready while the store answers", () =>
  Effect.gen(function* () {
    let asked = 0
    let fails = false
    const ports = Layer.effect(
      EventLog,
      Effect.map(EventLog, (log) => ({
        ...log,
        last: (source: Parameters<typeof log.last>[0]) =>
          Effect.suspend(() => {
            asked += 1
            return fails ? Effect.fail(unavailable) : log.last(source)
          })
      }))
    ).pipe(Layer.provideMerge(Memory.layer))
    yield* Effect.gen(function* () {
      const ready = () => Effect.map(call(null, "/readyz"), ({ body, status }) => [status, body.detail])
      asked = 0
      for (let index = 0; index < 5; index++) assert.deepStrictEqual(yield* ready(), [200, undefined])
      assert.strictEqual(asked, 1)
      fails = true
      assert.deepStrictEqual(yield* ready(), [200, undefined])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* ready(), [503, "the store does not answer"])
      const alive = yield* call(null, "/livez")
      assert.deepStrictEqual([alive.status, alive.body], [200, { status: "ok" }])
      fails = false
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* ready(), [200, undefined])
    }).pipe(Effect.provide(layer({ ports })))
  })
)

it.live("a store that does not answer at all is not waited for", () =>
  Effect.gen(function* () {
    let stuck = false
    const ports = Layer.effect(
      EventLog,
      Effect.map(EventLog, (log) => ({
        ...log,
        last: (source: Parameters<typeof log.last>[0]) =>
          Effect.suspend(() => (stuck ? Effect.never : log.last(source)))
      }))
    ).pipe(Layer.provideMerge(Memory.layer))
    yield* Effect.gen(function* () {
      stuck = true
      const answer = yield* call(null, "/readyz")
      assert.deepInclude(answer.body, { type: "urn:popug:problem:unavailable", instance: "/readyz" })
    }).pipe(Effect.provide(layer({ ports })))
  })
)

it.effect("a process whose store can only be read is not ready", () =>
  Effect.gen(function* () {
    let readOnly = true
    const readiness = Effect.suspend(() => (readOnly ? Effect.fail(unavailable) : Effect.void))
    const ports = Layer.merge(Memory.layer, Layer.succeed(Readiness, readiness))
    yield* Effect.gen(function* () {
      const ready = () => Effect.map(call(null, "/readyz"), ({ body, status }) => [status, body.detail])
      assert.deepStrictEqual(yield* ready(), [503, "the store takes no writes"])
      readOnly = false
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* ready(), [200, undefined])
    }).pipe(Effect.provide(layer({ ports })))
  })
)

it.effect("a process whose company has adopted other settings is not ready, and says why", () =>
  Effect.gen(function* () {
    const adopted = new StoreError({
      reason: "Mismatch",
      retryable: false,
      committed: "no",
      message: "the company was opened with secret 1, this host has 2"
    })
    const ports = Layer.merge(Memory.layer, Layer.succeed(Readiness, Effect.fail(adopted)))
    yield* Effect.gen(function* () {
      const { body, status } = yield* call(null, "/readyz")
      assert.deepStrictEqual([status, body.detail], [503, "the server has other settings than the company"])
    }).pipe(Effect.provide(layer({ ports })))
  })
)

it.effect("what the store refuses for good is no 503: nobody is told to try again", () =>
  Effect.gen(function* () {
    const errors = [
      new StoreError({ reason: "Conflict", retryable: false, committed: "no", message: "no room for it" }),
      new StoreError({ reason: "Unavailable", retryable: false, committed: "no", message: "no right" }),
      new StoreError({ reason: "Corrupt", retryable: false, committed: "no", message: "no table" }),
      new StoreError({ reason: "Mismatch", retryable: false, committed: "no", message: "other settings" }),
      unavailable
    ]
    let next: StoreError | undefined
    const ports = Layer.effect(
      TaskStore,
      Effect.map(TaskStore, (store) => ({
        ...store,
        list: (...asked: Parameters<typeof store.list>) =>
          next === undefined ? store.list(...asked) : Effect.fail(next)
      }))
    ).pipe(Layer.provideMerge(Memory.layer))
    yield* Effect.gen(function* () {
      const answers = []
      for (next of errors) {
        const { body, headers, status } = yield* call("max", "/v1/tasks")
        answers.push([status, body.type, headers["retry-after"]])
      }
      const broken = [500, "about:blank", undefined]
      assert.deepStrictEqual(answers, [broken, broken, broken, broken, [503, "urn:popug:problem:unavailable", "1"]])
    }).pipe(Effect.provide(layer({ ports })))
  })
)

it.effect("requests that fail in one way fill no log: the first is an error, and the end has the count", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const logger = Logger.make<unknown, void>(({ message }) => void log.push(String([message].flat()[0])))
    let failure: StoreError | undefined = new StoreError({
      reason: "Unavailable",
      retryable: false,
      committed: "no",
      message: "permission denied for table tasks"
    })
    const ports = Layer.effect(
      TaskStore,
      Effect.map(TaskStore, (store) => ({
        ...store,
        list: (...asked: Parameters<typeof store.list>) =>
          Effect.suspend(() => (failure === undefined ? store.list(...asked) : Effect.fail(failure)))
      }))
    ).pipe(Layer.provideMerge(Memory.layer))
    yield* Effect.gen(function* () {
      for (let times = 0; times < 30; times++) yield* call("max", "/v1/tasks")
      failure = new StoreError({ ...failure!, reason: "Corrupt", message: "no such table" })
      yield* call("max", "/v1/tasks")
      failure = undefined
      yield* call("max", "/v1/tasks")
      yield* TestClock.adjust("1 minute")
      yield* call("max", "/v1/tasks")
      yield* call("max", "/v1/tasks")
      const failed = "GET /v1/tasks failed"
      assert.deepStrictEqual(
        log.filter((line) => line.includes(failed)),
        [
          `${failed}; the same again is said at Debug`,
          `${failed}; the same again is said at Debug`,
          `it works again after 31 failures: ${failed}`
        ]
      )
    }).pipe(Effect.provide(layer({ ports }).pipe(Layer.provideMerge(Logger.layer([logger])))))
  })
)

const unavailable = new StoreError({ reason: "Unavailable", retryable: true, committed: "no", message: "away" })

it.effect("each server says the outages of its own store, though others run in the process", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const logger = Logger.make<unknown, void>(({ message }) => void log.push(String([message].flat()[0])))
    const ports = Layer.effect(
      TaskStore,
      Effect.map(TaskStore, (store) => ({ ...store, list: () => Effect.fail(unavailable) }))
    ).pipe(Layer.provideMerge(Memory.layer))
    const asked = Effect.repeat(call("max", "/v1/tasks"), { times: 2 })
    for (let servers = 0; servers < 2; servers++) {
      yield* asked.pipe(Effect.provide(layer({ ports }).pipe(Layer.provideMerge(Logger.layer([logger])))))
    }
    const away = "requests could not be served; it is tried again until it works"
    assert.deepStrictEqual(
      log.filter((line) => line.includes("requests could not be served")),
      [away, away]
    )
  })
)

it.effect("an outage of the store that requests meet is said once, and once when it is over", () =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const logger = Logger.make<unknown, void>(({ message }) => void log.push(String([message].flat()[0])))
    let fails = false
    const ports = Layer.effect(
      TaskStore,
      Effect.map(TaskStore, (store) => ({
        ...store,
        list: (...asked: Parameters<typeof store.list>) => (fails ? Effect.fail(unavailable) : store.list(...asked))
      }))
    ).pipe(Layer.provideMerge(Memory.layer))
    yield* Effect.gen(function* () {
      const ask = (isAway: boolean) => {
        fails = isAway
        return call("max", "/v1/tasks")
      }
      for (let times = 0; times < 20; times++) yield* ask(true)
      // Another was served meanwhile: it is not over yet.
      yield* ask(false)
      for (let times = 0; times < 20; times++) yield* ask(true)
      yield* TestClock.adjust("10 seconds")
      yield* ask(false)
      yield* ask(false)
      const away = "requests could not be served"
      assert.deepStrictEqual(
        log.filter((line) => line.includes(away)),
        [`${away}; it is tried again until it works`, `it works again after 40 failures: ${away}`]
      )
    }).pipe(Effect.provide(layer({ ports }).pipe(Layer.provideMerge(Logger.layer([logger])))))
  })
)
