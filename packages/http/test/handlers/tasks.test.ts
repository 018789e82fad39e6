/** Lists of tasks over the wire. */
import { assert, it } from "@effect/vitest"
import { Actor, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Server from "../support/server.ts"

const server = Server.layerPopug()
const get = (as: string, path: string) => Server.request("GET", path, { as })

it.effect("a list of tasks goes on by its cursor in the order and the search that it began with", () =>
  Effect.gen(function* () {
    const titles = ["Mend the roof", "Paint the door", "Mend the gate", "Mend the fence"]
    yield* (yield* Tasks).create(
      Actor.system,
      titles.map((title, index) => ({ id: `t${index}`, title }))
    )
    const query = "/v1/tasks?order=newest&search=MEND%20the&limit=2"
    const first = yield* get("max", query)
    const idsOf = ({ json }: Server.Answer) => json.data.map(({ id }: { readonly id: string }) => id)
    assert.deepStrictEqual([idsOf(first), first.json.hasMore], [["t3", "t2"], true])
    const second = yield* get("max", `${query}&cursor=${first.json.nextCursor}`)
    assert.deepStrictEqual([idsOf(second), second.json.hasMore, second.json.nextCursor], [["t0"], false, null])
    // A cursor is of the list with just these filters.
    for (const other of ["/v1/tasks?limit=2", "/v1/tasks?order=oldest&search=MEND%20the"]) {
      assert.strictEqual((yield* get("max", `${other}&cursor=${first.json.nextCursor}`)).status, 400, other)
    }
    for (const wrong of ["order=best", "search=", `search=${"x".repeat(201)}`]) {
      assert.strictEqual((yield* get("max", `/v1/tasks?${wrong}`)).status, 400, wrong)
    }
  }).pipe(Effect.provide(server))
)

it.effect("the numbers beside the filters are one's own, and those of all for whoever may see all", () =>
  Effect.gen(function* () {
    const tasks = yield* Tasks
    const { answer } = yield* tasks.create(Actor.system, [{ title: "Mend the roof" }, { title: "Paint the door" }])
    for (const { id } of answer) yield* tasks.assign(Actor.system, id, "olga")
    yield* tasks.complete(Actor.user("olga"), answer[0]!.id)
    const olgas = yield* get("olga", "/v1/tasks/counts")
    assert.deepStrictEqual(olgas.json, { mine: { open: 1, done: 1, upTo: 1_000 }, all: null })
    const maxs = yield* get("max", "/v1/tasks/counts")
    assert.deepStrictEqual(maxs.json, {
      mine: { open: 0, done: 0, upTo: 1_000 },
      all: { open: 1, done: 1, waiting: 0 }
    })
  }).pipe(Effect.provide(server))
)
