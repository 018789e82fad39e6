import { assert, it } from "@effect/vitest"
import { Actor, BillingStore, Consumers, StoreError, Tasks } from "@popug/core"
import { Memory } from "@popug/memory"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { call, layer, listen, write } from "../support/live.ts"

/** Every series by its name with labels. */
const scrape = Effect.gen(function* () {
  const { headers, status, text } = yield* call(null, "/metrics")
  assert.deepStrictEqual([status, headers["content-type"]], [200, "text/plain; version=0.0.4; charset=utf-8"])
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]))
})

const monday = DateTime.makeUnsafe("2026-11-23T12:00:00Z").epochMilliseconds

it.effect("requests are counted by method, template and status, never by what callers make up", () =>
  Effect.gen(function* () {
    const [id] = yield* write(1)
    yield* call("ann", `/v1/tasks/${id}`)
    yield* call("ann", `/v1/tasks/${id}?x=1`, { method: "HEAD" })
    yield* call("ann", "/v1/tasks/none-of-ours")
    yield* call("ann", "/made/up", { method: "PROPFIND" })
    const series = yield* scrape
    const count = (method: string, route: string, status: number) =>
      series.get(`http_server_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`)
    assert.strictEqual(count("GET", "/v1/tasks/:id", 200), 1)
    assert.strictEqual(count("GET", "/v1/tasks/:id", 404), 1)
    assert.strictEqual(count("_OTHER", "none", 404), 1)
    assert.strictEqual(series.get("http_server_active_requests"), 1)
    assert.isFalse([...series.keys()].some((key) => key.includes("made") || key.includes(id!)))
  }).pipe(Effect.provide(layer()))
)

it.effect("where the company stands can be read at any moment", () =>
  Effect.gen(function* () {
    const tasks = yield* Tasks
    const consumers = yield* Consumers
    yield* write(3)
    yield* consumers.settle
    yield* TestClock.setTime(monday + 86_400_000)
    yield* tasks.endRegistration(Actor.system)
    yield* write(1)
    yield* consumers.settle
    const stream = yield* listen("ann", "source=tasks")
    const series = yield* scrape
    const head = yield* (yield* BillingStore).head
    const expected = {
      popug_store_up: 1,
      popug_ledger_transfers: head.journal.number,
      popug_billing_open_period_start_timestamp_seconds: Date.UTC(2026, 10, 24) / 1000,
      popug_billing_last_closed_period_start_timestamp_seconds: Date.UTC(2026, 10, 23) / 1000,
      popug_billing_period_awaiting_close: 0,
      popug_notices_failing: 0,
      'popug_consumer_events_behind{consumer="billing",source="tasks"}': 0,
      'popug_consumer_stopped{consumer="billing",source="tasks"}': 0,
      'popug_consumer_failed_attempts{consumer="billing",source="tasks"}': 0,
      http_server_open_streams: 1
    }
    for (const [name, value] of Object.entries(expected)) assert.strictEqual(series.get(name), value, name)
    assert.isAbove(head.journal.number, 0)
    yield* stream.close
  }).pipe(Effect.scoped, Effect.provide(layer().pipe(Layer.provide(Layer.effectDiscard(TestClock.setTime(monday))))))
)

it.effect("commands are counted by the name they are recorded as, by use case and outcome", () =>
  Effect.gen(function* () {
    const create = (as: string, body: unknown) =>
      call(as, "/v1/tasks", {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" }
      })
    const made = yield* create("ann", { id: "one", title: "One" })
    assert.strictEqual(made.status, 201)
    yield* create("ann", { id: "one", title: "Another" })
    yield* create("nobody", { title: "One" })
    yield* call("olga", "/v1/tasks/shuffle", { method: "POST" })
    const series = yield* scrape
    const count = (call: string, command: string, outcome: string) =>
      series.get(`popug_commands_total{call="${call}",command="${command}",outcome="${outcome}"}`)
    assert.strictEqual(count("tasks.create", "task.create", "done"), 1)
    assert.strictEqual(count("tasks.create", "task.create", "TaskAlreadyExists"), 1)
    assert.strictEqual(count("tasks.create", "task.create", "UnknownActor"), 1)
    assert.strictEqual(count("tasks.shuffle", "task.assign", "NotAllowed"), 1)
  }).pipe(Effect.provide(layer()))
)

it.effect("a store that is away is told, and the rest is told all the same", () =>
  Effect.gen(function* () {
    const away = new StoreError({ reason: "Unavailable", retryable: true, committed: "no", message: "away" })
    let isAway = false
    const ports = Layer.effect(
      BillingStore,
      Effect.map(BillingStore, (store) => ({
        ...store,
        head: Effect.suspend(() => (isAway ? Effect.fail(away) : store.head))
      }))
    ).pipe(Layer.provideMerge(Memory.layer))
    yield* Effect.gen(function* () {
      assert.strictEqual((yield* scrape).get("popug_store_up"), 1)
      isAway = true
      const series = yield* scrape
      assert.strictEqual(series.get("popug_store_up"), 0)
      assert.strictEqual(series.get("http_server_active_requests"), 1)
    }).pipe(Effect.provide(layer({ ports })))
  })
)
