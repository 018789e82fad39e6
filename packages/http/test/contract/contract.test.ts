/** The contract's own routes answer as effect's do; what they do better is in the tests of bodies. */
import * as Net from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Api as Popug } from "../../src/api/Api.ts"
import { Validation } from "../../src/api/middleware.ts"
import * as Problem from "../../src/api/Problem.ts"
import { Made, NotModified, Tagged } from "../../src/api/wire.ts"
import * as Answer from "../../src/server/contract/Answer.ts"
import * as Contract from "../../src/server/contract/Contract.ts"
import * as Payload from "../../src/server/contract/Payload.ts"
import * as Validate from "../../src/server/guard/Validation.ts"
import { Drain } from "../../src/server/platform/Drain.ts"
import * as NodeServer from "../../src/server/platform/NodeServer.ts"
import * as Platform from "../../src/server/platform/Platform.ts"

const Thing = Schema.Struct({ id: Schema.Int, at: Schema.DateTimeUtc, size: Schema.BigInt })

class Api extends HttpApi.make("things")
  .add(
    HttpApiGroup.make("things").add(
      HttpApiEndpoint.post("make", "/things", {
        headers: { "x-size": Schema.optionalKey(Schema.String.check(Schema.isMaxLength(3))) },
        payload: Thing,
        success: Made(Thing),
        error: [Problem.InvalidInput, Problem.UserNotFound]
      }),
      HttpApiEndpoint.get("read", "/things/:id", {
        params: { id: Schema.Int },
        query: { limit: Schema.optionalKey(Schema.Int) },
        success: [Tagged(Schema.Struct({ id: Schema.Int, limit: Schema.NullOr(Schema.Int) })), NotModified],
        error: [Problem.InvalidInput, Problem.UserNotFound]
      }),
      HttpApiEndpoint.delete("forget", "/things/:id", { params: { id: Schema.Int } }),
      HttpApiEndpoint.get("list", "/things", { success: Schema.Array(Schema.Int), error: Problem.InvalidInput })
    )
  )
  .middleware(Validation)
  .annotateMerge(Popug.annotations) {}

const handlers = HttpApiBuilder.group(Api, "things", (handlers) =>
  handlers.handleAll({
    make: ({ payload }) =>
      payload.id === 404
        ? Effect.fail(new Problem.UserNotFound({ id: "404", detail: "nobody" }))
        : payload.id === 500
          ? Effect.die(new Error("a defect"))
          : Effect.succeed(
              HttpApiSchema.withHeaders({ body: payload, headers: { etag: '"1"', location: "/things/1" } })
            ),
    read: ({ params: { id }, query: { limit = null } }) =>
      Effect.succeed(
        id === 304
          ? undefined
          : HttpApiSchema.withHeaders({ body: { id: id === 500 ? 0.5 : id, limit }, headers: { etag: `"${id}"` } })
      ),
    forget: () => Effect.void,
    list: () => Effect.succeed([1, 2, 3])
  })
)

/** The order of an answer's headers means nothing. */
const ordered = (answer: string): string =>
  answer
    .replace(/^date: .*\r\n/gimu, "")
    .split("\r\n\r\n")
    .map((part) => (part.startsWith("HTTP/1.1 ") ? part.split("\r\n").sort().join("\n") : part))
    .join("\n\n")

/** What a server answers to each request, sent as it is; `date` left out. */
const answersOf = (routes: Layer.Layer<never, never, unknown>, requests: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { address } = yield* HttpServer.HttpServer
    const port = "port" in address ? address.port : 0
    const ask = (request: string) =>
      Effect.promise(
        () =>
          new Promise<string>((resolve, reject) => {
            let text = ""
            const socket = Net.connect(port, "127.0.0.1", () => socket.write(request))
            socket.on("data", (chunk) => (text += chunk.toString()))
            socket.on("end", () => resolve(ordered(text)))
            socket.on("error", reject)
          })
      )
    return yield* Effect.forEach(requests, ask)
  }).pipe(
    Effect.provide(
      HttpRouter.serve(
        Layer.merge(routes, Platform.layer({ api: Api, compression: false, maxBodySize: 200_000 })).pipe(
          Layer.provide(handlers),
          Layer.provide(Validate.layer),
          Layer.provide(Drain.layer)
        ) as Layer.Layer<never, never, HttpRouter.HttpRouter>,
        { disableLogger: true, disableListenLog: true }
      ).pipe(Layer.provideMerge(NodeHttpServer.layer(() => NodeServer.make().server, { port: 0, host: "127.0.0.1" })))
    )
  )

const at = "2026-11-23T12:00:00.000Z"
const head = (line: string, ...fields: ReadonlyArray<string>) =>
  [`${line} HTTP/1.1`, "host: a", "x-request-id: r", "connection: close", ...fields, "", ""].join("\r\n")
const post = (body: string, ...fields: ReadonlyArray<string>) =>
  `${head("POST /things", "content-type: application/json", `content-length: ${Buffer.byteLength(body)}`, ...fields)}${body}`
const thing = (id: number | string, more = "") => `{"id":${id},"at":"${at}","size":"123456789012345678901"${more}}`
const chunked = (...chunks: ReadonlyArray<string>) =>
  `${head("POST /things", "content-type: application/json; charset=utf-8", "transfer-encoding: chunked")}${[
    ...chunks,
    ""
  ]
    .map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`)
    .join("")}`

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
