/** Paths are what they are written as, documents are kept, and callers' mistakes are not ours. */
import * as Http from "node:http"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Server from "../support/server.ts"

const server = Server.layerPopug()

/** Sends a path as it is: `fetch` would put it right. */
const raw = Effect.fnUntraced(function* (path: string, headers: Record<string, string> = {}) {
  const { url } = yield* Server.TestServer
  return yield* Effect.promise(
    () =>
      new Promise<{ status: number; headers: Http.IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
        const request = Http.request(url, { path, headers, agent: false }, (response) => {
          const chunks: Array<Buffer> = []
          response.on("data", (chunk: Buffer) => chunks.push(chunk))
          response.on("end", () =>
            resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) })
          )
        })
        request.on("error", reject).end()
      })
  )
})

it.effect("a path that is not written as the contract has it is not found", () =>
  Effect.gen(function* () {
    for (const path of ["/metrics", "/docs", "/livez", "/readyz", "/openapi.json", "/livez?x=1"]) {
      assert.strictEqual((yield* raw(path)).status, 200, path)
    }
    const misspelt =
      "/METRICS /Metrics /metrics/ //metrics /%6Detrics /%6detrics /metrics;x /metrics#x /LIVEZ /Docs /docs/ " +
      "/OpenAPI.json /V1/users /v1//users /v1/users/ /v1/users/?limit=1 /v1/%75sers /v1/Users/me /v1/users/%6De " +
      "/./metrics /x/../metrics /%2e/metrics /%2Fmetrics"
    for (const path of misspelt.split(" ")) assert.strictEqual((yield* raw(path)).status, 404, path)
    // What has to be encoded is, and is no id.
    const encoded = yield* Server.request("GET", "/v1/users/%C3%A9", { as: "ann" })
    assert.strictEqual(encoded.status, 400)
  }).pipe(Effect.provide(server))
)

it.effect("documents are packed once and not sent to those who have them", () =>
  Effect.gen(function* () {
    for (const path of ["/docs", "/openapi.json"]) {
      const plain = yield* raw(path)
      const packed = yield* raw(path, { "accept-encoding": "gzip, br" })
      assert.deepStrictEqual([packed.status, packed.headers["content-encoding"]], [200, "gzip"])
      assert.isBelow(packed.body.length, plain.body.length / 2)
      const etag = plain.headers.etag!
      assert.strictEqual(packed.headers.etag, etag)
      assert.strictEqual(plain.headers["cache-control"], "no-cache")
      const known = yield* raw(path, { "if-none-match": etag })
      assert.deepStrictEqual([known.status, known.body.length], [304, 0])
      assert.strictEqual((yield* raw(path, { "accept-encoding": "gzip;q=0" })).headers["content-encoding"], undefined)
    }
  }).pipe(Effect.provide(server))
)

it.effect("documents count for the limit of an address", () =>
  Effect.gen(function* () {
    const statuses = [yield* raw("/docs"), yield* raw("/openapi.json"), yield* raw("/docs")].map(({ status }) => status)
    assert.deepStrictEqual(statuses, [200, 200, 429])
  }).pipe(Effect.provide(Server.layerPopug({ limits: { perUser: null, perAddress: 2 } })))
)

it.effect("what callers send wrongly is no error in our log", () => {
  const lines: Array<string> = []
  const logger = Logger.make(({ logLevel, message }) => void lines.push(`${logLevel} ${String(message)}`))
  return Effect.gen(function* () {
    const { url } = yield* Server.TestServer
    const post = (body: string | Uint8Array<ArrayBuffer>, type = "application/json") =>
      Effect.flatMap(Server.request("GET", "/v1/users/me", { as: "ann" }), () =>
        Effect.promise(async () => {
          const answer = await fetch(`${url}/v1/tasks`, { method: "POST", headers: { "content-type": type }, body })
          await answer.text()
          return answer.status
        })
      )
    const sent = [yield* post("{"), yield* post(new Uint8Array([255])), yield* post("x".repeat(2 ** 21))]
    for (const status of sent) assert.oneOf(status, [400, 401, 413])
    assert.strictEqual(
      (yield* Server.request("POST", "/v1/tasks", { as: "ann", body: "x".repeat(2 ** 21) })).status,
      413
    )
    assert.deepStrictEqual(
      lines.filter((line) => /^(Error|Fatal)/u.test(line)),
      []
    )
  }).pipe(Effect.provide(server.pipe(Layer.provide(Logger.layer([logger])))))
})
