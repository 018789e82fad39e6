/** The development login of many companies, and what one company may ask of a server. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Many from "../support/many.ts"
import { request } from "../support/server.ts"

const login = (company: string, user = "ann") =>
  Effect.map(request("POST", `/c/${company}/dev/login`, { body: { user } }), ({ json }) => json.token as string)

it.effect("a token of the development login is good in its company alone", () =>
  Effect.gen(function* () {
    const token = yield* login("acme")
    assert.strictEqual((yield* request("GET", "/c/acme/v1/users/me", { token })).json.name, "Ann of acme")
    for (const company of ["zoo", "nap", "fog"]) {
      const refused = yield* request("GET", `/c/${company}/v1/users/me`, { token })
      assert.strictEqual(refused.status, 401)
      assert.strictEqual(refused.json.detail, "the signature does not hold")
    }
    assert.strictEqual(
      (yield* request("GET", "/c/zoo/v1/users/me", { token: yield* login("zoo") })).json.name,
      "Ann of zoo"
    )
  }).pipe(Effect.provide(Many.layerDevelopment()))
)

it.effect("the development login of a company that rests is like that of one that is not there", () =>
  Effect.gen(function* () {
    for (const [method, path] of [
      ["GET", "users"],
      ["POST", "login"]
    ] as const) {
      const of = (company: string) =>
        request(method, `/c/${company}/dev/${path}`, method === "POST" ? { body: { user: "ann" } } : {})
      const [nap, fog] = [yield* of("nap"), yield* of("fog")]
      assert.strictEqual(nap.status, 404)
      assert.strictEqual(nap.text.replaceAll("nap", "fog"), fog.text)
    }
    const { json } = yield* request("GET", "/c/zoo/dev/users")
    assert.include(
      json.data.map(({ id }: { id: string }) => id),
      "only-zoo"
    )
  }).pipe(Effect.provide(Many.layerDevelopment()))
)

it.effect("a company that has used up its requests does not use up those of another", () =>
  Effect.gen(function* () {
    const statuses = (company: string, as: string, count: number) =>
      Effect.forEach(Array.from({ length: count }), () =>
        Effect.map(request("GET", `/c/${company}/v1/company`, { as }), ({ status }) => status)
      )
    assert.deepStrictEqual(yield* statuses("acme", "ann", 3), [200, 200, 429])
    assert.deepStrictEqual(yield* statuses("acme", "max", 3), [200, 200, 429])
    // Four of the company's five are used up.
    assert.deepStrictEqual(yield* statuses("acme", "acc", 2), [200, 429])
    assert.deepStrictEqual(yield* statuses("zoo", "ann", 3), [200, 200, 429])
  }).pipe(Effect.provide(Many.layer({ limits: { perUser: 2, perAddress: null, perCompany: 5 } })))
)

it.effect("an address has its limit over all companies, and those that are not there", () =>
  Effect.gen(function* () {
    const statuses = yield* Effect.forEach(["acme", "zoo", "fog", "acme"], (company) =>
      Effect.map(request("GET", `/c/${company}/v1/company`, { as: "ann" }), ({ status }) => status)
    )
    assert.deepStrictEqual(statuses, [200, 200, 403, 429])
  }).pipe(Effect.provide(Many.layer({ limits: { perUser: null, perAddress: 3 } })))
)
