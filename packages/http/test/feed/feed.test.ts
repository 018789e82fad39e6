import { assert, it } from "@effect/vitest"
import { Actor, type Envelope, EventLog, Tasks, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { Authorization } from "../../src/api/middleware.ts"
import { address, call, company, layer, listen, type Listening, Part, write } from "../support/live.ts"

const numbers = (messages: ReadonlyArray<{ readonly id: string }>) => messages.map(({ id }) => Number.parseInt(id, 10))
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index)

it.effect("a stream without a position starts now, and each event is a CloudEvent under its number", () =>
  Effect.gen(function* () {
    yield* write(3)
    const last = yield* (yield* EventLog).last("tasks")
    const stream = yield* listen("ann", "source=tasks")
    assert.deepInclude(stream.headers, {
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no"
    })
    assert.deepInclude(yield* stream.next, { event: "heartbeat", data: String(last) })
    const [id] = yield* write(1)
    const message = (yield* stream.next)!
    assert.match(message.id, new RegExp(`^${last + 1}\\.[0-9a-f]{12}$`, "u"))
    assert.strictEqual(message.event, "event")
    const event = JSON.parse(message.data) as Envelope.CloudEvent
    assert.deepInclude(event, {
      specversion: "1.0",
      number: last + 1,
      type: "task.updated",
      source: "/companies/popug/tasks"
    })
    assert.deepInclude(event.data as object, { id, change: "created" })
  }).pipe(Effect.scoped, Effect.provide(layer()))
)

it.effect("a stream goes on after a number, and after Last-Event-ID rather than that", () =>
  Effect.gen(function* () {
    yield* write(3)
    const last = yield* (yield* EventLog).last("tasks")
    const all = yield* listen("ann", "source=tasks&after=0")
    assert.deepStrictEqual(numbers(yield* all.take(last)), upTo(1, last))
    const some = yield* listen("ann", "source=tasks&after=0", { "last-event-id": String(last - 2) })
    assert.deepStrictEqual(numbers(yield* some.take(2)), [last - 1, last])
    yield* write(1)
    assert.deepStrictEqual(numbers(yield* all.take(1)), [last + 1])
    assert.deepStrictEqual(numbers(yield* some.take(1)), [last + 1])
  }).pipe(Effect.scoped, Effect.provide(layer()))
)

it.effect("what is no position is refused before the stream begins", () =>
  Effect.gen(function* () {
    for (const headers of [{ "last-event-id": "x" }, { "last-event-id": "-1" }, { "last-event-id": "1.5" }]) {
      const refused = yield* call("ann", "/v1/events/feed?source=tasks", { headers })
      assert.deepStrictEqual([refused.status, refused.body.type], [400, "urn:popug:problem:invalid-input"])
    }
    for (const query of ["source=tasks&after=-1", "source=tasks&after=x", "source=stars", ""]) {
      assert.strictEqual((yield* call("ann", `/v1/events/feed?${query}`)).status, 400)
    }
    const unknown = yield* call("nobody", "/v1/events/feed?source=tasks")
    assert.deepStrictEqual([unknown.status, unknown.body.type], [403, "urn:popug:problem:unknown-actor"])
    assert.strictEqual((yield* call(null, "/v1/events/feed?source=tasks")).status, 401)
  }).pipe(Effect.scoped, Effect.provide(layer()))
)

it.live("no event is lost or repeated on the way from the log to the ring, with writers running", () =>
  Effect.gen(function* () {
    yield* write(150)
    const total = 1_200
    const writers = yield* Effect.forEach(
      upTo(1, 4),
      () => Effect.forEach(upTo(1, 30), () => Effect.andThen(write(5), Effect.sleep("1 millis"))),
      { concurrency: "unbounded" }
    ).pipe(Effect.forkScoped)
    // Some begin at the start and have to catch up, some now, and they come while it goes on.
    const read = (stream: Listening) =>
      Effect.gen(function* () {
        const first = Number.parseInt((yield* stream.event)!.id, 10)
        const rest = yield* stream.take(total - first)
        return [first, ...numbers(rest)]
      })
    const seen = yield* Effect.forEach(
      upTo(1, 12),
      (index) =>
        Effect.sleep(index * 5).pipe(
          Effect.andThen(listen("max", index % 3 === 0 ? "source=tasks" : "source=tasks&after=0")),
          Effect.flatMap(read)
        ),
      { concurrency: "unbounded" }
    ).pipe(Effect.forkScoped)
    yield* Fiber.join(writers)
    while ((yield* (yield* EventLog).last("tasks")) < total) yield* write(5)
    for (const list of yield* Fiber.join(seen)) assert.deepStrictEqual(list, upTo(list[0]!, total))
    // A ring of 16 events and reads of 64 make for many switches between the two.
  }).pipe(Effect.scoped, Effect.provide(layer({ feed: { ringSize: 16, pollInterval: "5 millis" } })))
)

it.live("a client that does not read for a while gets everything then, and holds up nobody", () =>
  Effect.gen(function* () {
    const slow = yield* listen("ann", "source=tasks&after=0")
    yield* slow.pause
    const quick = yield* listen("ann", "source=tasks&after=0")
    for (let index = 0; index < 40; index++) yield* write(100)
    assert.deepStrictEqual(numbers(yield* quick.take(4_000)), upTo(1, 4_000))
    yield* slow.resume
    assert.deepStrictEqual(numbers(yield* slow.take(4_000)), upTo(1, 4_000))
  }).pipe(Effect.scoped, Effect.provide(layer({ feed: { ringSize: 64 } })))
)

it.effect("a worker sees own tasks alone, and resumes past what is hidden by the heartbeat", () =>
  Effect.gen(function* () {
    const tasks = yield* Tasks
    const stream = yield* listen("olga", "source=tasks&after=0")
    assert.strictEqual((yield* stream.next)!.event, "heartbeat")
    const ids = yield* write(20)
    const log = yield* EventLog
    const last = yield* log.last("tasks")
    const own = (yield* log.read("tasks", 0, last)).filter(
      ({ data }) => (data as { readonly assign: string | null }).assign === "olga"
    )
    assert.isTrue(own.length > 0 && own.length < ids.length)
    assert.deepStrictEqual(
      numbers(yield* stream.take(own.length)),
      own.map(({ number }) => number)
    )
    yield* TestClock.adjust("15 seconds")
    assert.deepInclude(yield* stream.next, { event: "heartbeat", data: String(last) })
    yield* TestClock.adjust("15 seconds")
    assert.strictEqual((yield* stream.next)!.data, String(last))
    const again = yield* listen("olga", "source=tasks", { "last-event-id": String(last) })
    const { answer } = yield* tasks.create(
      Actor.system,
      Array.from({ length: 20 }, () => ({ title: "more" }))
    )
    const mine = answer.find(({ assignee }) => assignee === "olga")!
    assert.strictEqual(JSON.parse((yield* again.event)!.data).data.id, mine.id)
  }).pipe(Effect.scoped, Effect.provide(layer()))
)

it.effect(
  "who had a task hears that some were taken, at once and after they come again, and not which or by whom",
  () =>
    Effect.gen(function* () {
      const tasks = yield* Tasks
      const { answer } = yield* tasks.create(Actor.system, [{ title: "Mend the roof" }])
      const [task] = answer
      const [from, to] = task!.assignee === "olga" ? ["olga", "will"] : [task!.assignee!, "olga"]
      const [had, manager] = [yield* listen(from, "source=tasks"), yield* listen("max", "source=tasks")]
      const first = (yield* had.next)!
      assert.strictEqual((yield* manager.next)!.event, "heartbeat")
      yield* tasks.assign(Actor.system, task!.id, to)
      const last = yield* (yield* EventLog).last("tasks")
      const told = (yield* had.next)!
      assert.deepInclude(told, { event: "reassigned", data: String(last) })
      assert.match(told.id, new RegExp(`^${last}\\.[0-9a-f]{12}$`, "u"))
      // Whoever sees the event needs no word of it; nor does anybody of a first assignment.
      assert.strictEqual((yield* manager.next)!.event, "event")
      const again = yield* listen(from, "source=tasks", { "last-event-id": first.id })
      assert.strictEqual((yield* again.next)!.event, "reassigned")
      yield* write(1)
      assert.strictEqual((yield* manager.next)!.event, "event")
    }).pipe(Effect.scoped, Effect.provide(layer()))
)

it.effect("who is deactivated hears nothing more at once, whatever they listen to", () =>
  Effect.gen(function* () {
    const users = yield* Users
    const streams = [yield* listen("olga", "source=tasks"), yield* listen("olga", "source=users")]
    const other = yield* listen("will", "source=users")
    yield* users.update(Actor.system, { id: "olga", status: "deactivated" })
    for (const stream of streams) assert.deepStrictEqual(yield* stream.take(1), [])
    yield* users.update(Actor.system, { id: "will", name: "William" })
    assert.strictEqual(JSON.parse((yield* other.event)!.data).data.name, "William")
    assert.strictEqual((yield* call("olga", "/v1/events/feed?source=tasks")).status, 403)
  }).pipe(Effect.scoped, Effect.provide(layer()))
)

it.effect("nothing that was recorded after a deactivation is shown, even if both are found in one look", () =>
  Effect.gen(function* () {
    // What happens while the hub reads the tasks' log; others read more at once.
    let meanwhile: Effect.Effect<unknown, unknown> = Effect.void
    const ports = Layer.effect(
      EventLog,
      Effect.map(EventLog, (log) => ({
        ...log,
        read: (...[source, after, limit]: Parameters<typeof log.read>) =>
          Effect.suspend(() => {
            if (source !== "tasks" || limit >= 10_000) return log.read(source, after, limit)
            const act = meanwhile
            meanwhile = Effect.void
            return Effect.andThen(Effect.orDie(act), log.read(source, after, limit))
          })
      }))
    ).pipe(Layer.provideMerge(Memory.layer))
    yield* Effect.gen(function* () {
      const users = yield* Users
      const context = yield* Effect.context<Tasks>()
      const stream = yield* listen("max", "source=tasks")
      meanwhile = users
        .update(Actor.system, { id: "max", status: "deactivated" })
        .pipe(Effect.andThen(write(1)), Effect.provideContext(context))
      yield* write(1)
      assert.deepStrictEqual(yield* stream.take(1), [])
    }).pipe(Effect.scoped, Effect.provide(layer({ ports })))
  })
)

it.effect("who gets another role sees what that role sees, from the next event on", () =>
  Effect.gen(function* () {
    const users = yield* Users
    const stream = yield* listen("olga", "source=users")
    yield* users.update(Actor.system, { id: "will", name: "Will I" })
    yield* users.update(Actor.system, { id: "olga", roles: ["manager"] })
    assert.strictEqual(JSON.parse((yield* stream.event)!.data).data.id, "olga")
    yield* users.update(Actor.system, { id: "will", name: "Will II" })
    assert.strictEqual(JSON.parse((yield* stream.event)!.data).data.name, "Will II")
    yield* users.update(Actor.system, { id: "olga", roles: ["worker"] })
    yield* users.update(Actor.system, { id: "will", name: "Will III" })
    yield* users.update(Actor.system, { id: "olga", name: "Olga I" })
    assert.deepStrictEqual(
      (yield* stream.take(2)).map(({ data }) => JSON.parse(data).data.id),
      ["olga", "olga"]
    )
  }).pipe(Effect.scoped, Effect.provide(layer()))
)

it.effect("what another process writes is found by looking into the log", () =>
  Effect.gen(function* () {
    const disk = yield* Effect.sync(Memory.disk)
    yield* Effect.gen(function* () {
      const stream = yield* listen("ann", "source=tasks")
      // A connection of its own, whose bus wakes nobody here.
      yield* Effect.provide(write(1), company(Memory.layerOn(disk)), { local: true })
      yield* TestClock.adjust("250 millis")
      assert.strictEqual((yield* stream.take(1)).length, 1)
    }).pipe(Effect.scoped, Effect.provide(layer({ ports: Memory.layerOn(disk) })))
  })
)

it.effect("nothing is read while nobody listens", () =>
  Effect.gen(function* () {
    let reads = 0
    const counting = Layer.effect(
      EventLog,
      Effect.map(EventLog, (log) => ({
        ...log,
        read: (...of: Parameters<typeof log.read>) => Effect.tap(log.read(...of), () => Effect.sync(() => (reads += 1)))
      }))
    ).pipe(Layer.provideMerge(Memory.layer))
    yield* Effect.gen(function* () {
      const scope = yield* Scope.make()
      const stream = yield* Scope.provide(listen("ann", "source=tasks"), scope)
      yield* write(1)
      yield* stream.next
      yield* Scope.close(scope, Exit.void)
      yield* Effect.callback<void>((resume) => void setImmediate(() => setImmediate(() => resume(Effect.void))))
      const metrics = yield* call(null, "/metrics")
      assert.include(metrics.text, "http_server_open_streams 0")
      const before = reads
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(reads, before)
    }).pipe(Effect.provide(layer({ ports: counting })))
  })
)

it.effect("a stream ends after its time, to come again with a token that holds", () =>
  Effect.gen(function* () {
    const stream = yield* listen("ann", "source=tasks")
    yield* TestClock.adjust("59 minutes")
    assert.strictEqual((yield* stream.next)!.event, "heartbeat")
    yield* TestClock.adjust("1 minutes")
    while ((yield* stream.next) !== null);
  }).pipe(Effect.scoped, Effect.provide(layer()))
)

it.live("the typed client reads the feed", () =>
  Effect.gen(function* () {
    const client = yield* HttpApiClient.make(Part, { baseUrl: yield* address })
    const body = yield* client.events.feed({ headers: {}, query: { source: "users", after: "0" } })
    const [first] = yield* Stream.runCollect(Stream.take(body, 1))
    assert.match(first!.id!, /^1\.[0-9a-f]{12}$/u)
    assert.strictEqual(first!.event, "event")
    assert.deepInclude(first!.data, { id: "users-1", type: "user.created" })
  }).pipe(
    Effect.scoped,
    Effect.provide([
      layer(),
      FetchHttpClient.layer,
      HttpApiMiddleware.layerClient(Authorization, ({ next, request }) =>
        next(HttpClientRequest.bearerToken(request, "ann"))
      )
    ])
  )
)
