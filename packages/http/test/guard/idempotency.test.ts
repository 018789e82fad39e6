/** Commands that are sent again under the same key, over the wire. */
import { assert, it } from "@effect/vitest"
import { Actor, TaskStore, UserStore, Users as Users_ } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as OpenApi from "effect/http-api/OpenApi"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import { Api } from "../../src/api/Api.ts"
import { Validation } from "../../src/api/middleware.ts"
import { openapi } from "../../src/api/openapi/documented.ts"
import { Tasks } from "../../src/api/Tasks.ts"
import { Users } from "../../src/api/Users.ts"
import * as Contract from "../../src/server/contract/Contract.ts"
import * as TasksHandlers from "../../src/server/handlers/TasksHandlers.ts"
import * as UsersHandlers from "../../src/server/handlers/UsersHandlers.ts"
import * as Server from "../support/server.ts"

class Part extends HttpApi.make("popug").add(Tasks).add(Users).middleware(Validation).annotateMerge(Api.annotations) {}

const routes = Contract.layer(Part).pipe(Layer.provide([TasksHandlers.layer, UsersHandlers.layer]))
const server = Server.layer(routes)

const post = (as: string, path: string, key: string | undefined, body: unknown = undefined) =>
  Server.request("POST", path, { as, body, headers: key === undefined ? {} : { "idempotency-key": key } })
const create = (as: string, key: string | undefined, title = "Mend the roof") => post(as, "/v1/tasks", key, { title })
const tasks = Effect.map(Server.request("GET", "/v1/tasks", { as: "ann" }), (answer) => answer.json.data.length)

it.effect("the same key and content get the same answer, and the command is done once", () =>
  Effect.gen(function* () {
    const first = yield* create("will", "k1")
    assert.strictEqual(first.status, 201)
    for (let again = 0; again < 3; again++) {
      const next = yield* create("will", "k1")
      assert.strictEqual(next.status, 201)
      assert.strictEqual(next.text, first.text)
      assert.strictEqual(next.headers.get("location"), first.headers.get("location"))
      assert.strictEqual(next.headers.get("etag"), first.headers.get("etag"))
    }
    assert.strictEqual(yield* tasks, 1)
  }).pipe(Effect.provide(server))
)

it.effect("the same key with other content is refused, whatever command it is for", () =>
  Effect.gen(function* () {
    yield* create("max", "k1")
    const other = yield* create("max", "k1", "Paint the fence")
    assert.strictEqual(other.status, 422)
    assert.strictEqual(other.json.type, "urn:popug:problem:command-conflict")
    // The core's own name for the command says nothing to the caller.
    assert.notInclude(other.text, `"commandId"`)
    assert.strictEqual((yield* post("max", "/v1/tasks/shuffle", "k1")).status, 422)
    assert.strictEqual(yield* tasks, 1)
  }).pipe(Effect.provide(server))
)

it.effect("whoever may not do it now gets no answer of then", () =>
  Effect.gen(function* () {
    const users = yield* Users_
    const shuffled = yield* post("max", "/v1/tasks/shuffle", "k1")
    const made = yield* create("will", "k1")
    assert.deepStrictEqual([shuffled.status, made.status], [200, 201])
    yield* users.update(Actor.system, { id: "max", roles: ["worker"] })
    yield* users.update(Actor.system, { id: "will", status: "deactivated" })
    const demoted = yield* post("max", "/v1/tasks/shuffle", "k1")
    assert.deepStrictEqual([demoted.status, demoted.json.type], [403, "urn:popug:problem:not-allowed"])
    const gone = yield* create("will", "k1")
    assert.deepStrictEqual([gone.status, gone.json.type], [403, "urn:popug:problem:deactivated-actor"])
    yield* users.update(Actor.system, { id: "max", roles: ["manager"] })
    assert.strictEqual((yield* post("max", "/v1/tasks/shuffle", "k1")).text, shuffled.text)
    assert.strictEqual(yield* tasks, 1)
  }).pipe(Effect.provide(server))
)

it.effect("two users may choose the same key", () =>
  Effect.gen(function* () {
    const mine = yield* create("will", "k1")
    const yours = yield* create("olga", "k1", "Paint the fence")
    assert.deepStrictEqual([mine.status, yours.status], [201, 201])
    assert.notStrictEqual(mine.json.id, yours.json.id)
  }).pipe(Effect.provide(server))
)

it.effect("without a key every request is a command of its own", () =>
  Effect.gen(function* () {
    yield* create("will", undefined)
    yield* create("will", undefined)
    assert.strictEqual(yield* tasks, 2)
  }).pipe(Effect.provide(server))
)

it.effect("a key is 1-255 visible ASCII characters", () =>
  Effect.gen(function* () {
    for (const key of ["x".repeat(256), "two words", "caf\u00e9", "tab\there"]) {
      const answer = yield* create("will", key)
      assert.strictEqual(answer.status, 400, key)
      assert.strictEqual(answer.json.type, "urn:popug:problem:invalid-input")
    }
    for (const key of ["!", "~".repeat(255), `"8e03978e-40d5-43dd-bc93-6894a57f9324"`]) {
      assert.strictEqual((yield* create("will", key)).status, 201, key)
    }
    assert.strictEqual(yield* tasks, 3)
  }).pipe(Effect.provide(server))
)

it("every command of the contract takes a key", () => {
  const commands = Object.entries(openapi(Api).paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, OpenApi.OpenAPISpecOperation>)
      .filter(([method]) => method !== "get")
      .map(([method, { parameters }]) => ({
        name: `${method} ${path}`,
        keys: parameters.filter(({ name }) => name === "idempotency-key").length
      }))
  )
  assert.isAbove(commands.length, 10)
  assert.deepStrictEqual(
    commands.filter(({ keys }) => keys !== 1),
    []
  )
})

it.effect("a refused command leaves its key to be used again", () =>
  Effect.gen(function* () {
    const refused = yield* post("will", "/v1/tasks/shuffle", "k1")
    assert.strictEqual(refused.json.type, "urn:popug:problem:not-allowed")
    assert.strictEqual((yield* post("will", "/v1/tasks", "k1", { title: 7 })).status, 400)
    assert.strictEqual((yield* create("will", "k1")).status, 201)
  }).pipe(Effect.provide(server))
)

/** A company whose tasks are not committed before a latch is open. */
const held = () => {
  const latch = Latch.makeUnsafe(true)
  let closed = false
  const arrived = Deferred.makeUnsafe<void>()
  const ports: typeof Memory.layer = Layer.effect(
    TaskStore,
    Effect.map(TaskStore, (store) => ({
      ...store,
      transact: (body) =>
        Effect.suspend(() => {
          if (closed) Deferred.doneUnsafe(arrived, Effect.void)
          return Effect.andThen(latch.await, store.transact(body))
        })
    }))
  ).pipe(Layer.provideMerge(Memory.layer))
  const close = Effect.andThen(
    Effect.sync(() => void (closed = true)),
    latch.close
  )
  return { arrived: Deferred.await(arrived), close, open: latch.open, server: Server.layer(routes, { ports }) }
}

it.effect("while the first request is under way a second one with its key is told to wait", () => {
  const { arrived, close, open, server } = held()
  return Effect.gen(function* () {
    yield* close
    const first = yield* Effect.forkChild(create("will", "k1"))
    yield* arrived
    const second = yield* create("will", "k1")
    assert.strictEqual(second.status, 409)
    assert.strictEqual(second.json.type, "urn:popug:problem:command-in-flight")
    assert.strictEqual(second.headers.get("retry-after"), "1")
    // Nobody else has to wait for that, nor for another key.
    const others = yield* Effect.forkChild(Effect.all([create("olga", "k1"), create("will", "k2")], { concurrency: 2 }))
    yield* open
    const answer = yield* Fiber.join(first)
    assert.strictEqual(answer.status, 201)
    assert.deepStrictEqual(
      (yield* Fiber.join(others)).map(({ status }) => status),
      [201, 201]
    )
    assert.strictEqual((yield* create("will", "k1")).text, answer.text)
    assert.strictEqual(yield* tasks, 3)
  }).pipe(Effect.provide(server))
})

it.effect("a caller that gives up changes nothing about a command already taken", () => {
  const { arrived, close, open, server } = held()
  return Effect.gen(function* () {
    yield* close
    const first = yield* Effect.forkChild(create("will", "k1"))
    yield* arrived
    yield* Fiber.interrupt(first)
    // The key is free as soon as the server has noticed, though the command is still to be committed.
    const invalid = post("will", "/v1/tasks", "k1", { title: 7 })
    yield* Effect.repeat(invalid, { while: ({ status }) => status === 409, times: 1_000 })
    assert.strictEqual((yield* invalid).status, 400)
    const again = yield* Effect.forkChild(create("will", "k1"))
    yield* open
    const answer = yield* Fiber.join(again)
    assert.strictEqual(answer.status, 201)
    assert.strictEqual(yield* tasks, 1)
    assert.strictEqual((yield* create("will", "k1")).text, answer.text)
  }).pipe(Effect.provide(server))
})

it.effect("users are made once too, even those that are given an id by the server", () =>
  Effect.gen(function* () {
    const body = { users: [{ name: "Zoe", roles: ["worker"] }] }
    const first = yield* post("ann", "/v1/users/batch", "k1", body)
    const second = yield* post("ann", "/v1/users/batch", "k1", body)
    assert.strictEqual(first.status, 201)
    assert.strictEqual(second.text, first.text)
    const store = yield* UserStore
    const { rows } = yield* store.list({}, { limit: 100 })
    assert.strictEqual(rows.filter(({ name }) => name === "Zoe").length, 1)
  }).pipe(Effect.provide(server))
)
