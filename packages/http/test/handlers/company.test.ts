/** The company as its people see it: what days and amounts are, and what holds for the caller. */
import { assert, it } from "@effect/vitest"
import { Assignment, CreationLimit, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import manifest from "../../package.json" with { type: "json" }
import { DevClock } from "../../src/server/development/DevClock.ts"
import * as Server from "../support/server.ts"

const company = { id: "aurora", timeZone: "Asia/Tokyo", cutoff: "06:00", currency: "JPY", closing: "by-hand" } as const

const policies = Layer.mergeAll(
  Layer.succeed(Assignment.AssignmentByHand, false),
  Layer.succeed(CreationLimit, ({ roles }) => (roles.includes("admin") ? null : 7.9))
)

it.effect("everybody active sees the company's money, calendar and day, and their own limit", () =>
  Effect.gen(function* () {
    const { json, status } = yield* Server.request("GET", "/v1/company", { as: "olga" })
    assert.strictEqual(status, 200)
    const { version, ...rest } = json
    // A constant of the code, written by each release.
    assert.strictEqual(version, manifest.version)
    assert.deepStrictEqual(rest, {
      id: "aurora",
      currency: "JPY",
      digits: 0,
      timeZone: "Asia/Tokyo",
      cutoff: "06:00",
      closing: "by-hand",
      // Nine in the evening there; the day ends at six in the morning.
      period: "2026-11-23",
      endsAt: "2026-11-23T21:00:00.000Z",
      now: "2026-11-23T12:00:00.000Z",
      assignmentByHand: false,
      creationLimit: 7,
      movableClock: false
    })
    const admins = yield* Server.request("GET", "/v1/company", { as: "ann" })
    assert.isNull(admins.json.creationLimit)
    assert.strictEqual((yield* Server.request("GET", "/v1/company", { as: "dead" })).status, 403)
    assert.strictEqual((yield* Server.request("GET", "/v1/company")).status, 401)
  }).pipe(Effect.provide(Server.layerPopug({ company, policies })))
)

it.effect("the day is the one that a task created now falls into, before anybody has ended the one before", () =>
  Effect.gen(function* () {
    yield* Server.toDay(2)
    const { json } = yield* Server.request("GET", "/v1/company", { as: "olga" })
    assert.deepInclude(json, { period: "2026-11-25", endsAt: "2026-11-26T00:00:00.000Z" })
    yield* (yield* Tasks).create({ _tag: "System" }, [{ title: "Mend the roof" }])
    // A clock that goes back opens no day again.
    yield* Server.toDay(1)
    const later = yield* Server.request("GET", "/v1/company", { as: "olga" })
    assert.deepInclude(later.json, { period: "2026-11-25", now: "2026-11-24T12:00:00.000Z" })
  }).pipe(Effect.provide(Server.layerPopug()))
)

it.effect("a page is told whether it may offer to move the clock", () =>
  Effect.gen(function* () {
    const login = yield* Server.request("POST", "/dev/login", { body: { user: "olga" } })
    const { json } = yield* Server.request("GET", "/v1/company", { token: login.json.token })
    assert.isTrue(json.movableClock)
  }).pipe(
    Effect.provide(Server.layerDevelopment(Layer.succeed(DevClock, { movable: true, advance: () => Effect.die("no") })))
  )
)
