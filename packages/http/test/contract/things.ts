/**
 * A small API, served by the contract's own routes or by effect's, and what either answers to bytes as they are.
 */
import * as Net from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
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
import * as Validate from "../../src/server/guard/Validation.ts"
import { Drain } from "../../src/server/platform/Drain.ts"
import * as NodeServer from "../../src/server/platform/NodeServer.ts"
import * as Platform from "../../src/server/platform/Platform.ts"

const Thing = Schema.Struct({ id: Schema.Int, at: Schema.DateTimeUtc, size: Schema.BigInt })

export class Api extends HttpApi.make("things")
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

export const handlers = HttpApiBuilder.group(Api, "things", (handlers) =>
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
const ordered = (answers: string): string =>
  answers.replaceAll(/HTTP\/1\.1 [^]*?\r\n\r\n/gu, (head) =>
    head
      .replaceAll(/^date: .*\r\n/gimu, "")
      .trim()
      .split("\r\n")
      .sort()
      .join("\n")
      .concat("\n\n")
  )

/** Bytes of a request; pieces of it go out one turn after another. */
export type Sent = string | ReadonlyArray<string>

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** What a server answers to each request, sent as it is; `date` left out. */
export const answersOf = (routes: Layer.Layer<never, never, unknown>, requests: ReadonlyArray<Sent>) =>
  Effect.gen(function* () {
    const { address } = yield* HttpServer.HttpServer
    const port = "port" in address ? address.port : 0
    const ask = (request: Sent) =>
      Effect.promise(
        () =>
          new Promise<string>((resolve, reject) => {
            let text = ""
            const socket = Net.connect(port, "127.0.0.1", async () => {
              for (const piece of [request].flat()) {
                socket.write(piece)
                await nextTurn()
              }
            })
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
export const kept = (line: string, ...fields: ReadonlyArray<string>) =>
  [`${line} HTTP/1.1`, "host: a", "x-request-id: r", ...fields, "", ""].join("\r\n")
/** The last request of its connection. */
export const head = (line: string, ...fields: ReadonlyArray<string>) => kept(line, "connection: close", ...fields)
export const post = (body: string, ...fields: ReadonlyArray<string>) =>
  `${head("POST /things", "content-type: application/json", `content-length: ${Buffer.byteLength(body)}`, ...fields)}${body}`
export const thing = (id: number | string, more = "") =>
  `{"id":${id},"at":"${at}","size":"123456789012345678901"${more}}`
export const chunked = (...chunks: ReadonlyArray<string>) =>
  `${head("POST /things", "content-type: application/json; charset=utf-8", "transfer-encoding: chunked")}${[
    ...chunks,
    ""
  ]
    .map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`)
    .join("")}`
