/** The development login, and days that pass on request. */
import * as Http from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Actor, Books, Tasks, UserId, Users } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Api } from "../../src/api/Api.ts"
import { Development } from "../../src/api/Development.ts"
import { Validation } from "../../src/api/middleware.ts"
import { Users as UsersGroup } from "../../src/api/Users.ts"
import * as Contract from "../../src/server/contract/Contract.ts"
import { DevClock } from "../../src/server/development/DevClock.ts"
import * as DevelopmentHandlers from "../../src/server/development/DevelopmentHandlers.ts"
import * as DevLogin from "../../src/server/development/DevLogin.ts"
import * as UsersHandlers from "../../src/server/handlers/UsersHandlers.ts"
import * as Server from "../support/server.ts"

class Part extends HttpApi.make("popug")
  .add(Development)
  .add(UsersGroup)
  .middleware(Validation)
  .annotateMerge(Api.annotations) {}

const moving = Layer.succeed(DevClock, {
  movable: true,
  advance: (days) =>
    Effect.andThen(
      TestClock.adjust(`${days} days`),
      Effect.map(DateTime.now, (now) => ({ now }))
    )
})

const server = (clock = DevClock.layerOff) =>
  Server.layerWith(
    DevLogin.layer,
    Contract.layer(Part).pipe(Layer.provide([DevelopmentHandlers.layer, UsersHandlers.layer]), Layer.provide(clock))
  )

const login = (user: string) => Server.request("POST", "/dev/login", { body: { user } })
const advance = (days: unknown) => Server.request("POST", "/dev/clock", { body: { days } })

describe("the development login", () => {
  it.effect("shows whom one can log in as", () =>
    Effect.gen(function* () {
      const answer = yield* Server.request("GET", "/dev/users")
      assert.strictEqual(answer.status, 200)
      assert.deepStrictEqual(
        answer.json.data.map(({ id }: { id: string }) => id),
        ["acc", "ann", "dead", "dora", "max", "olga", "will"]
      )
      assert.deepInclude(answer.json.data, { id: "dead", name: "Dead", roles: ["worker"], status: "deactivated" })
    }).pipe(Effect.provide(server()))
  )

  it.effect("shows the first hundred of many", () =>
    Effect.gen(function* () {
      const users = yield* Users
      yield* users.create(
        Actor.system,
        Array.from({ length: 100 }, (_, index) => ({ name: `Popug ${index}`, roles: ["worker"] }))
      )
      assert.strictEqual((yield* Server.request("GET", "/dev/users")).json.data.length, 100)
    }).pipe(Effect.provide(server()))
  )

  it.effect("gives a token that the API takes", () =>
    Effect.gen(function* () {
      const answer = yield* login("will")
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.json.expiresAt, "2026-11-24T00:00:00.000Z")
      const me = yield* Server.request("GET", "/v1/users/me", { token: answer.json.token })
      assert.strictEqual(me.json.id, "will")
    }).pipe(Effect.provide(server()))
  )

  it.effect("gives none to strangers, to the deactivated and to what is no user", () =>
    Effect.gen(function* () {
      const unknown = yield* login("nobody")
      assert.deepInclude(unknown.json, { type: "urn:popug:problem:user-not-found", status: 404, id: "nobody" })
      const deactivated = yield* login("dead")
      assert.deepInclude(deactivated.json, { type: "urn:popug:problem:deactivated-actor", status: 403 })
      assert.strictEqual((yield* login("no such id")).status, 400)
      // A word that stands for the company itself is nobody's id.
      assert.strictEqual((yield* login("system")).status, 400)
    }).pipe(Effect.provide(server()))
  )
})

describe("the clock", () => {
  it.effect("of the world does not move", () =>
    Effect.gen(function* () {
      const answer = yield* advance(1)
      assert.deepInclude(answer.json, { type: "urn:popug:problem:clock-off", status: 409 })
    }).pipe(Effect.provide(server()))
  )

  it.effect("of a demonstration moves, and the days that are over are closed when the answer comes", () =>
    Effect.gen(function* () {
      const tasks = yield* Tasks
      const books = yield* Books
      yield* tasks.create(Actor.user("max"), [{ id: "roof", title: "Mend the roof" }])
      const answer = yield* advance(1)
      assert.strictEqual(answer.status, 200)
      assert.deepStrictEqual(answer.json, { now: "2026-11-24T12:00:00.000Z", period: "2026-11-24" })
      const first = yield* books.period(Actor.system, "2026-11-23")
      assert.strictEqual(first.earnings, 1000n)
      yield* advance(30)
      const { rows } = yield* books.periods(Actor.system, {}, { limit: 100 })
      assert.strictEqual(rows.length, 31)
    }).pipe(Effect.provide(server(moving)))
  )

  it.effect("may move on when more days have passed than a clock that jumps is believed", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("20 days")
      const answer = yield* advance(31)
      assert.strictEqual(answer.status, 200)
      const books = yield* Books
      assert.strictEqual((yield* books.periods(Actor.system, {}, { limit: 100 })).rows.length, 51)
    }).pipe(Effect.provide(server(moving)))
  )

  it.effect("moves by whole days up to 31", () =>
    Effect.gen(function* () {
      for (const days of [-1, 32, 1.5, "1", null]) assert.strictEqual((yield* advance(days)).status, 400)
    }).pipe(Effect.provide(server(moving)))
  )
})

/** A request with headers that fetch does not let one set. */
const raw = (headers: Record<string, string>) =>
  Effect.flatMap(Server.TestServer, ({ url }) =>
    Effect.callback<number>((resume) => {
      const request = Http.request(`${url}/dev/users`, { headers, setHost: false, agent: false }, (response) => {
        response.resume()
        response.on("end", () => resume(Effect.succeed(response.statusCode ?? 0)))
      })
      request.end()
    })
  )

it.effect("nothing of it answers under a foreign name, or to a foreign page", () =>
  Effect.gen(function* () {
    const { url } = yield* Server.TestServer
    const port = new URL(url).port
    for (const host of ["localhost", `localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, "LOCALHOST"]) {
      assert.strictEqual(yield* raw({ host }), 200, host)
    }
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      "localhost.evil.example",
      "localhost@evil.example",
      "192.168.0.1",
      "",
      "[::1",
      "evil.example#localhost"
    ]) {
      assert.strictEqual(yield* raw({ host }), 403, host)
    }
    const host = `localhost:${port}`
    assert.strictEqual(yield* raw({ host, origin: "http://localhost:5173" }), 200)
    for (const origin of ["https://evil.example", "null", "http://localhost.evil.example"]) {
      assert.strictEqual(yield* raw({ host, origin }), 403, origin)
    }
    const answer = yield* Server.request("POST", "/dev/login", {
      body: { user: UserId.make("ann") },
      headers: { origin: "https://evil.example" }
    })
    assert.deepInclude(answer.json, { type: "urn:popug:problem:not-loopback", status: 403 })
  }).pipe(Effect.provide(server()))
)
