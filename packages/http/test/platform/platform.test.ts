import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as TimeLimit from "../../src/server/platform/TimeLimit.ts"
import { call, layer, raw } from "../support/live.ts"

/** Routes that go wrong in every way. */
const routes = Layer.mergeAll(
  HttpRouter.add("GET", "/boom", Effect.die(new Error("select secret from users"))),
  HttpRouter.add("GET", "/text", HttpServerResponse.text("plain", { status: 418 })),
  HttpRouter.add("GET", "/slow", Effect.as(Effect.sleep("1 minute"), HttpServerResponse.text("done"))),
  HttpRouter.add(
    "GET",
    "/thorough",
    Effect.andThen(TimeLimit.lift, Effect.as(Effect.sleep("1 hour"), HttpServerResponse.text("done")))
  ),
  HttpRouter.add("GET", "/same", HttpServerResponse.empty({ status: 304, headers: { etag: '"1"' } })),
  HttpRouter.add("GET", "/page", HttpServerResponse.html("<p>page</p>")),
  HttpRouter.add("GET", "/docs", HttpServerResponse.html("<script>1</script>")),
  HttpRouter.add("GET", "/big", HttpServerResponse.jsonUnsafe({ big: "x".repeat(5_000) })),
  HttpRouter.add(
    "GET",
    "/big/tagged",
    HttpServerResponse.jsonUnsafe({ big: "x".repeat(5_000) }, { headers: { etag: '"1"' } })
  ),
  HttpRouter.add(
    "GET",
    "/stream/error",
    HttpServerResponse.stream(Stream.make(new TextEncoder().encode("half")), { status: 502, contentType: "text/plain" })
  )
)

const post = (body: string, headers: Record<string, string> = { "content-type": "application/json" }) => ({
  method: "POST",
  body,
  headers
})

it.effect("whatever goes wrong is a problem with its path, and tells nothing of the inside", () =>
  Effect.gen(function* () {
    const cases = [
      { path: "/nothing?secret=1", status: 404, instance: "/nothing" },
      { path: "/v1/nothing", status: 404 },
      { path: "/v1/tasks", init: { method: "PUT" }, status: 405 },
      { path: "/v1/tasks", init: { method: "OPTIONS" }, status: 405 },
      { path: "/v1/tasks", init: post("{"), status: 400 },
      { path: "/v1/tasks", init: post("x", { "content-type": "text/plain" }), status: 415 },
      { path: "/v1/tasks", init: post(JSON.stringify({ title: "x".repeat(2 ** 20) })), status: 413 },
      { path: "/v1/tasks", init: post('{"title":1}'), status: 400 },
      { path: "/boom", status: 500 },
      { path: "/text", status: 418 }
    ]
    for (const { init, instance, path, status } of cases) {
      const answer = yield* call("ann", path, init)
      assert.deepStrictEqual([path, answer.status], [path, status])
      assert.strictEqual(answer.headers["content-type"], "application/problem+json", path)
      assert.deepInclude(answer.body, { status, instance: instance ?? path })
      assert.isString(answer.body.title)
      assert.isString(answer.body.type)
      assert.notMatch(answer.text, /secret|select|\.ts\b|node_modules|\bat \S+ \(/u)
    }
  }).pipe(Effect.provide(layer({ routes })))
)

it.effect("a host's own route has the limit of bodies too, whether they say how long they are or not", () =>
  Effect.gen(function* () {
    const large = "x".repeat(2 ** 20 + 1)
    const streamed = { ...post(""), body: new Blob([large]).stream(), duplex: "half" } as RequestInit
    for (const init of [post(large), streamed]) assert.strictEqual((yield* call("ann", "/own", init)).status, 413)
    assert.strictEqual((yield* call("ann", "/own", post(large.slice(1)))).status, 200)
  }).pipe(
    Effect.provide(
      layer({
        routes: HttpRouter.add(
          "POST",
          "/own",
          Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ text }) =>
            Effect.as(Effect.orDie(text), HttpServerResponse.text("read"))
          )
        )
      })
    )
  )
)

it.effect("a wrong method is told which ones there are", () =>
  Effect.gen(function* () {
    const allow = (path: string, method: string) =>
      Effect.map(call("ann", path, { method }), ({ headers }) => headers["allow"])
    assert.strictEqual(yield* allow("/v1/tasks", "DELETE"), "GET, HEAD, POST")
    assert.strictEqual(yield* allow("/v1/tasks/x?y=1", "PUT"), "GET, HEAD, PATCH")
    assert.strictEqual(yield* allow("/v1/tasks/shuffle", "DELETE"), "GET, HEAD, PATCH, POST")
    assert.isUndefined(yield* allow("/v1/nothing", "DELETE"))
  }).pipe(Effect.provide(layer()))
)

it.effect("what has no body gets none: 304, HEAD, and what has begun already", () =>
  Effect.gen(function* () {
    const same = yield* call("ann", "/same")
    assert.deepStrictEqual([same.status, same.text, same.headers["etag"]], [304, "", '"1"'])
    const head = yield* call("ann", "/nothing", { method: "HEAD" })
    assert.deepStrictEqual([head.status, head.text], [404, ""])
    const begun = yield* call("ann", "/stream/error")
    assert.deepStrictEqual([begun.status, begun.text], [502, "half"])
  }).pipe(Effect.provide(layer({ routes })))
)

it.effect("a defect is logged once, under the id that the caller gets", () =>
  Effect.gen(function* () {
    const logged: Array<{ readonly level: string; readonly text: string; readonly id: unknown }> = []
    const logger = Logger.make(({ cause, fiber, logLevel, message }) => {
      const id = fiber.getRef(References.CurrentLogAnnotations)["requestId"]
      if (id !== undefined) logged.push({ level: logLevel, text: `${String(message)} ${JSON.stringify(cause)}`, id })
    })
    yield* Effect.gen(function* () {
      const own = yield* call("ann", "/boom", { headers: { "x-request-id": "mine-1" } })
      assert.deepStrictEqual([own.headers["x-request-id"], own.body.requestId], ["mine-1", "mine-1"])
      const made = yield* call("ann", "/boom", { headers: { "x-request-id": "bad id" } })
      assert.match(made.headers["x-request-id"]!, /^[a-z0-9]+-[a-z0-9]+$/u)
      assert.deepStrictEqual(
        logged.map(({ id, level }) => [level, id]),
        [
          ["Error", "mine-1"],
          ["Debug", made.headers["x-request-id"]]
        ]
      )
      const fine = yield* call(null, "/livez")
      assert.isString(fine.headers["x-request-id"])
      assert.notStrictEqual(fine.headers["x-request-id"], made.headers["x-request-id"])
    }).pipe(
      Effect.provide(
        layer({ routes }).pipe(
          Layer.provide([Logger.layer([logger]), Layer.succeed(References.MinimumLogLevel, "Debug")])
        )
      )
    )
  })
)

class Wrong extends HttpApi.make("wrong")
  .add(
    HttpApiGroup.make("wrong").add(
      HttpApiEndpoint.get("get", "/wrong", { success: Schema.Struct({ count: Schema.Int }) })
    )
  )
  .middleware(HttpApiMiddleware.ProblemDetails) {}

it.effect("an answer that its schema can't write is logged, and tells nothing", () =>
  Effect.gen(function* () {
    const logged: Array<string> = []
    const logger = Logger.make(({ message }) => void logged.push(String(message)))
    const wrong = HttpApiBuilder.layer(Wrong).pipe(
      Layer.provide(
        HttpApiBuilder.group(Wrong, "wrong", (handlers) => handlers.handle("get", () => Effect.succeed({ count: 0.5 })))
      ),
      Layer.provide(HttpApiMiddleware.layerProblemDetails({ includeDetails: true }))
    )
    const answer = yield* Effect.provide(
      call("ann", "/wrong"),
      layer({ routes: wrong }).pipe(Layer.provide(Logger.layer([logger])))
    )
    assert.deepStrictEqual(logged, ["an answer of GET /wrong could not be written; the same again is said at Debug"])
    assert.deepInclude(answer.body, { status: 500, instance: "/wrong" })
    assert.notInclude(answer.text, "0.5")
  })
)

it.effect("responses say what browsers and caches must not do", () =>
  Effect.gen(function* () {
    const { headers } = yield* call(null, "/livez")
    assert.deepInclude(headers, {
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cache-control": "no-store"
    })
    assert.notProperty(headers, "strict-transport-security")
    assert.notProperty(headers, "access-control-allow-origin")
    assert.notProperty(headers, "x-powered-by")
    const page = (yield* call(null, "/page")).headers["content-security-policy"]!
    assert.include(page, "script-src 'self';")
    const docs = (yield* call(null, "/docs?x=1")).headers["content-security-policy"]!
    assert.include(docs, "script-src 'unsafe-inline';")
    for (const policy of [page, docs]) assert.include(policy, "frame-ancestors 'none'")
  }).pipe(Effect.provide(layer({ routes })))
)

it.effect("HSTS is sent when told", () =>
  Effect.gen(function* () {
    const { headers } = yield* call(null, "/livez")
    assert.strictEqual(headers["strict-transport-security"], "max-age=31536000")
  }).pipe(Effect.provide(layer({ platform: { security: { hsts: "365 days" } } })))
)

it.effect("pages of the configured origins may call, and others may not", () =>
  Effect.gen(function* () {
    const origin = "https://popug.example"
    const asked = { origin, "access-control-request-method": "POST", "access-control-request-headers": "if-match" }
    const preflight = yield* call(null, "/v1/tasks", { method: "OPTIONS", headers: asked })
    assert.strictEqual(preflight.status, 204)
    assert.deepInclude(preflight.headers, { "access-control-allow-origin": origin, vary: "Origin" })
    for (const header of ["authorization", "idempotency-key", "if-match", "last-event-id"]) {
      assert.include(preflight.headers["access-control-allow-headers"], header)
    }
    const problem = yield* call(null, "/v1/tasks", { headers: { origin } })
    assert.deepStrictEqual([problem.status, problem.headers["access-control-allow-origin"]], [401, origin])
    for (const header of ["etag", "location", "retry-after", "x-request-id"]) {
      assert.include(problem.headers["access-control-expose-headers"], header)
    }
    const other = yield* call(null, "/livez", { headers: { origin: "https://evil.example" } })
    assert.notProperty(other.headers, "access-control-allow-origin")
  }).pipe(Effect.provide(layer({ platform: { origins: ["https://popug.example"] } })))
)

it.effect("long answers are compressed for who takes it, but not what has a strong tag", () =>
  Effect.gen(function* () {
    const headers = { "accept-encoding": "gzip" }
    const big = yield* call(null, "/big", { headers })
    assert.deepStrictEqual([big.headers["content-encoding"], big.body.big.length], ["gzip", 5_000])
    const tagged = yield* call(null, "/big/tagged", { headers })
    assert.notProperty(tagged.headers, "content-encoding")
    assert.strictEqual(tagged.headers["etag"], '"1"')
    assert.notProperty((yield* call(null, "/livez", { headers })).headers, "content-encoding")
  }).pipe(Effect.provide(layer({ routes })))
)

it.effect("a handler that takes too long is interrupted", () =>
  Effect.gen(function* () {
    const asked = yield* Effect.forkChild(call(null, "/slow"))
    // The request has to arrive first; the clock stands until then.
    while (!(yield* call(null, "/metrics")).text.includes("http_server_active_requests 2"));
    yield* TestClock.adjust("40 seconds")
    const answer = yield* Fiber.join(asked)
    assert.deepStrictEqual([answer.status, answer.headers["retry-after"]], [503, "1"])
    assert.deepInclude(answer.body, { type: "urn:popug:problem:unavailable", status: 503, instance: "/slow" })
    const again = yield* call(null, "/metrics")
    assert.include(again.text, "http_server_active_requests 1")
    assert.match(again.text, /http_server_request_duration_seconds_count\{.*route="\/slow".*status="503".*\} 1/u)
  }).pipe(Effect.provide(layer({ routes })))
)

it.effect("a handler that says so takes as long as it takes", () =>
  Effect.gen(function* () {
    const asked = yield* Effect.forkChild(call(null, "/thorough"))
    while (!(yield* call(null, "/metrics")).text.includes("http_server_active_requests 2"));
    yield* TestClock.adjust("1 hour")
    const answer = yield* Fiber.join(asked)
    assert.deepStrictEqual([answer.status, answer.text], [200, "done"])
  }).pipe(Effect.provide(layer({ routes })))
)

it.live("what is no HTTP, too large or too late is refused with a problem before there is a request", () =>
  Effect.gen(function* () {
    const cases = [
      { bytes: "nonsense\r\n\r\n", status: "400 Bad Request" },
      {
        bytes: `GET / HTTP/1.1\r\nhost: x\r\nbig: ${"x".repeat(20_000)}\r\n\r\n`,
        status: "431 Request Header Fields Too Large"
      },
      { bytes: "GET / HTTP/1.1\r\nhost: x\r\nexpect: magic\r\n\r\n", status: "417 Expectation Failed" },
      { bytes: "GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n", status: "400 Bad Request" },
      { bytes: "GET /livez HTTP/1.1\r\nhost: a\r\nHost: b\r\nconnection: close\r\n\r\n", status: "400 Bad Request" }
    ]
    for (const { bytes, status } of cases) {
      const answer = yield* raw(bytes)
      assert.include(answer, `HTTP/1.1 ${status}`)
      assert.match(answer.toLowerCase(), /content-type: application\/problem\+json/u)
      assert.strictEqual(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))).status, Number(status.slice(0, 3)))
    }
    const late = yield* raw("GET / HTTP/1.1\r\nhost: x\r\n", false)
    assert.include(late, "HTTP/1.1 408 Request Timeout")
  }).pipe(Effect.provide(layer({ server: { headersTimeout: "500 millis", requestTimeout: "500 millis" } })))
)
