import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Server from "../support/server.ts"

it.effect("users are found by name and id, among those that a filter leaves", () =>
  Effect.gen(function* () {
    const found = (query: string) =>
      Effect.map(Server.request("GET", `/v1/users?${query}`, { as: "max" }), ({ json }) =>
        json.data.map(({ id }: { readonly id: string }) => id)
      )
    assert.deepStrictEqual(yield* found("search=A"), ["acc", "ann", "dead", "dora", "max", "olga"])
    assert.deepStrictEqual(yield* found("search=A&role=designer"), ["dora"])
    assert.deepStrictEqual(yield* found("search=DEAD&status=active"), [])
    const first = yield* Server.request("GET", "/v1/users?search=a&limit=4", { as: "max" })
    assert.deepStrictEqual(yield* found(`search=a&limit=4&cursor=${first.json.nextCursor}`), ["max", "olga"])
    const other = yield* Server.request("GET", `/v1/users?search=b&cursor=${first.json.nextCursor}`, { as: "max" })
    assert.deepInclude(other.json, { status: 400, type: "urn:popug:problem:invalid-input" })
    assert.strictEqual((yield* Server.request("GET", "/v1/users?search=", { as: "max" })).status, 400)
    assert.strictEqual((yield* Server.request("GET", "/v1/users?search=a", { as: "will" })).status, 403)
  }).pipe(Effect.provide(Server.layerPopug()))
)
