/** What fuzzing found: bodies that were read although nobody could have meant what was read. */
import * as Zlib from "node:zlib"
import { assert, it } from "@effect/vitest"
import { Actor, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import { Issuer } from "../support/issuer.ts"
import * as Server from "../support/server.ts"

interface Problem {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly instance: string
}

const send = Effect.fnUntraced(function* (body: Buffer, headers: Readonly<Record<string, string>> = {}) {
  const token = yield* (yield* Issuer).token("ann")
  const { url } = yield* Server.TestServer
  return yield* Effect.promise(async () => {
    const response = await fetch(`${url}/v1/tasks`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      body: new Uint8Array(body)
    })
    return { status: response.status, headers: response.headers, problem: (await response.json()) as Problem }
  })
})

const count = Effect.flatMap(Tasks, (tasks) =>
  Effect.map(tasks.list(Actor.system, {}, { limit: 10 }), ({ rows }) => rows.length)
)

it.effect("text that is not UTF-8 is refused, not kept with other characters in it", () =>
  Effect.gen(function* () {
    const broken = Buffer.concat([Buffer.from(`{"title":"Mend`), Buffer.of(0xe2, 0x82), Buffer.from(`"}`)])
    const { problem, status } = yield* send(broken)
    assert.strictEqual(status, 400)
    assert.deepInclude(problem, { status: 400, title: "Bad Request", instance: "/v1/tasks" })
    assert.strictEqual(yield* count, 0)
    assert.strictEqual((yield* send(Buffer.from(`{"title":"Größe 漢字 👩‍🔧"}`))).problem.title, "Größe 漢字 👩‍🔧")
  }).pipe(Effect.provide(Server.layerPopug()))
)

it.effect("a body that breaks a rule at thousands of places is answered with a hundred of them", () =>
  Effect.gen(function* () {
    const wrong = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1]))
    const { problem, status } = yield* send(Buffer.from(JSON.stringify(wrong)))
    assert.strictEqual(status, 400)
    assert.strictEqual((problem as Problem & { readonly errors: ReadonlyArray<unknown> }).errors.length, 100)
    assert.isBelow(JSON.stringify(problem).length, 20_000)
  }).pipe(Effect.provide(Server.layerPopug()))
)

it.effect("a compressed body is refused with what is taken instead", () =>
  Effect.gen(function* () {
    const plain = Buffer.from(`{"title":"Mend the roof"}`)
    const { headers, problem, status } = yield* send(Zlib.gzipSync(plain), { "content-encoding": "gzip" })
    assert.deepStrictEqual([status, problem.status, headers.get("accept-encoding")], [415, 415, "identity"])
    assert.strictEqual(yield* count, 0)
    assert.strictEqual((yield* send(plain, { "content-encoding": "identity" })).status, 201)
  }).pipe(Effect.provide(Server.layerPopug()))
)

it.effect("a key that was used before is refused without a word of how it is kept", () =>
  Effect.gen(function* () {
    const key = { "idempotency-key": "k1" }
    assert.strictEqual((yield* send(Buffer.from(`{"title":"One"}`), key)).status, 201)
    const { problem, status } = yield* send(Buffer.from(`{"title":"Two"}`), key)
    assert.strictEqual(status, 422)
    assert.notMatch(problem.detail, /http-|[0-9a-f]{16}/u)
    assert.strictEqual(yield* count, 1)
  }).pipe(Effect.provide(Server.layerPopug()))
)
