/** The contract's own routes answer as effect's do; what they do better is in the tests of bodies. */
import * as Net from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { Api as Popug } from "../../src/api/Api.ts"
import * as Answer from "../../src/server/contract/Answer.ts"
import * as Contract from "../../src/server/contract/Contract.ts"
import * as Payload from "../../src/server/contract/Payload.ts"
import * as Validate from "../../src/server/guard/Validation.ts"
import * as NodeServer from "../../src/server/platform/NodeServer.ts"
import { answersOf, Api, chunked, handlers, head, post, thing } from "./things.ts"

const requests = {
  "what is right": post(thing(1)),
  "a media type with parameters": chunked(thing(1)),
  "a body in pieces": chunked(thing(1).slice(0, 9), thing(1).slice(9)),
  "a body of many packets": post(thing(1, `,"more":"${"x".repeat(190_000)}"`)),
  "a byte order mark": post(`\ufeff${thing(1)}`),
  "what is wrong at several places": post(`{"id":0.5,"size":"x","more":1}`),
  "a header that breaks a rule": post(thing(1), "x-size: 4444"),
  "what is no JSON": post("{"),
  "an empty body": post(""),
  "no body": head("POST /things"),
  "another media type": post(thing(1)).replace("application/json", "Text/Plain"),
  "an error of the contract": post(thing(404)),
  "a defect": post(thing(500)),
  "a body that is too large": post(thing(1, `,"more":"${"x".repeat(200_000)}"`)),
  "a body that is waited for": post(thing(1), "expect: 100-continue"),
  "a read": head("GET /things/7?limit=3"),
  "a read by HEAD": head("HEAD /things/7"),
  "what is known": head("GET /things/304"),
  "an id that is none": head("GET /things/seven"),
  "a query that is none": head("GET /things/7?limit=x&limit=y"),
  "an answer that breaks the contract": head("GET /things/500"),
  "an answer of nothing": head("DELETE /things/7"),
  "a list": head("GET /things"),
  "what is not there": head("GET /nothing")
}

it.effect("whatever is asked, the answer is the same to the byte as that of effect's own routes", () =>
  Effect.gen(function* () {
    const names = Object.keys(requests)
    const [ours, theirs] = yield* Effect.all([
      answersOf(Contract.layer(Api), Object.values(requests)),
      answersOf(HttpApiBuilder.layer(Api), Object.values(requests))
    ])
    for (const [index, name] of names.entries()) assert.strictEqual(ours[index], theirs[index], name)
    assert.include(ours[0], "HTTP/1.1 201 Created\n")
  })
)

it.effect("a body that is waited for or cut off leaves nothing behind", () =>
  Effect.gen(function* () {
    const cut = post(thing(1)).slice(0, -5)
    const { address } = yield* HttpServer.HttpServer
    const port = "port" in address ? address.port : 0
    yield* Effect.promise(
      () =>
        new Promise<void>((resolve) => {
          const socket = Net.connect(port, "127.0.0.1", () => socket.write(cut, () => socket.destroy()))
          socket.on("close", () => resolve())
        })
    )
    const answer = yield* Effect.promise(() => fetch(`http://127.0.0.1:${port}/things`))
    assert.deepStrictEqual(yield* Effect.promise(() => answer.json()), [1, 2, 3])
  }).pipe(
    Effect.provide(
      HttpRouter.serve(
        Contract.layer(Api).pipe(Layer.provide(handlers), Layer.provide(Validate.layer)) as Layer.Layer<
          never,
          never,
          HttpRouter.HttpRouter
        >,
        { disableLogger: true, disableListenLog: true }
      ).pipe(Layer.provideMerge(NodeHttpServer.layer(() => NodeServer.make().server, { port: 0, host: "127.0.0.1" })))
    )
  )
)

it("every endpoint of popug's but the feed and the downloads is served by the contract's own routes", () => {
  const left = Object.values(Popug.groups).flatMap(({ endpoints }) =>
    Object.values(endpoints as Readonly<Record<string, HttpApiEndpoint.Top>>).filter(
      (endpoint) =>
        Answer.compile(endpoint, undefined, undefined) === undefined || Payload.compile(endpoint, {}) === undefined
    )
  )
  assert.deepStrictEqual(
    left.map(({ identifier }) => identifier),
    ["auditLogCsv", "balancesCsv", "journal", "feed"]
  )
})
