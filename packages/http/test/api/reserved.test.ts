/** Words of the paths and aliases can't be ids, and `me` is whoever asks. */
import { assert, it } from "@effect/vitest"
import { TaskId, UserId } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as Schema from "effect/Schema"
import { DevelopmentApi } from "../../src/api/Api.ts"
import * as Server from "../support/server.ts"

const server = Server.layerPopug()

/** The words that stand in the contract where an id of a user or task may stand. */
const words = () => {
  const paths: Array<ReadonlyArray<string>> = []
  HttpApi.reflect(DevelopmentApi, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint }) => void paths.push(endpoint.path.split("/").filter((segment) => segment !== ""))
  })
  const found = new Set<string>(["me"])
  for (const path of paths) {
    const place = path.findIndex((segment) => segment === ":id" || segment === ":owner")
    if (place === -1) continue
    const before = path.slice(0, place).join("/")
    for (const other of paths) {
      const word = other[place]
      if (other.slice(0, place).join("/") === before && word !== undefined && !word.startsWith(":")) found.add(word)
    }
  }
  return [...found]
}

it("every word that stands at an id's place in the contract is refused as an id, however it is spelt", () => {
  const all = words()
  assert.includeMembers(all, ["me", "batch", "shuffle", "complete", "registration"])
  for (const word of all) {
    for (const spelt of [word, word.toUpperCase(), word[0]!.toUpperCase() + word.slice(1)]) {
      assert.isFalse(Schema.is(UserId)(spelt), spelt)
      assert.isFalse(Schema.is(TaskId)(spelt), spelt)
    }
    assert.isTrue(Schema.is(UserId)(`${word}-1`))
  }
})

it.effect("a user or task of such an id can't be made", () =>
  Effect.gen(function* () {
    for (const id of ["me", "Me", "batch", "system"]) {
      const user = yield* Server.request("POST", "/v1/users", { as: "ann", body: { id, name: "X", roles: ["worker"] } })
      assert.deepStrictEqual([user.status, user.json.type], [400, "urn:popug:problem:invalid-input"])
      const task = yield* Server.request("POST", "/v1/tasks", { as: "ann", body: { id, title: "X" } })
      assert.strictEqual(task.status, 400)
      assert.include(task.json.detail, "a word with a meaning of its own")
    }
  }).pipe(Effect.provide(server))
)

it.effect("`me` in a path is the caller, for changes as for reads", () =>
  Effect.gen(function* () {
    const changed = yield* Server.request("PATCH", "/v1/users/me", { as: "ann", body: { name: "Anna" } })
    assert.deepStrictEqual([changed.status, changed.json.id, changed.json.name], [200, "ann", "Anna"])
    assert.strictEqual((yield* Server.request("GET", "/v1/users/me", { as: "ann" })).json.name, "Anna")
    const refused = yield* Server.request("PATCH", "/v1/users/me", { as: "will", body: { name: "Bill" } })
    assert.deepStrictEqual([refused.status, refused.json.type], [403, "urn:popug:problem:not-allowed"])
    assert.strictEqual((yield* Server.request("PATCH", "/v1/users/ME", { as: "ann", body: {} })).status, 400)
  }).pipe(Effect.provide(server))
)
