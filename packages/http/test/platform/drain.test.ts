import * as Net from "node:net"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { Drain } from "../../src/server/platform/Drain.ts"
import { address, call, layer, listen, type Options, write } from "../support/live.ts"

/** A server in a scope of its own, which the test closes. */
const start = Effect.fnUntraced(function* (options: Options) {
  const scope = yield* Scope.make()
  const context = yield* Layer.buildWithScope(layer(options), scope)
  return { context, stop: Scope.close(scope, Exit.void) }
})

/** A connection that sends nothing more. */
const connect = Effect.fnUntraced(function* (bytes: string) {
  const { port } = (yield* HttpServer.HttpServer).address as { readonly port: number }
  return yield* Effect.callback<Net.Socket>((resume) => {
    const socket: Net.Socket = Net.connect(port, "127.0.0.1", () => {
      socket.write(bytes)
      resume(Effect.succeed(socket))
    })
    socket.on("error", () => undefined)
  })
})

it.effect("going down ends streams, finishes requests and closes idle connections", () =>
  Effect.gen(function* () {
    const entered = yield* Latch.make(false)
    const release = yield* Latch.make(false)
    const routes = HttpRouter.add(
      "GET",
      "/slow",
      Effect.as(Effect.andThen(entered.open, release.await), HttpServerResponse.text("done"))
    )
    const { context, stop } = yield* start({ routes, drain: { readinessDelay: "10 seconds" } })
    yield* Effect.gen(function* () {
      const drain = yield* Drain
      const idle = [yield* connect(""), yield* connect("GET /v1/")]
      const streams = [yield* listen("ann", "source=tasks&after=0"), yield* listen("ann", "source=users")]
      const slow = yield* Effect.forkChild(call(null, "/slow"))
      yield* entered.await
      assert.strictEqual((yield* call(null, "/readyz")).status, 200)
      const stopping = yield* Effect.forkChild(stop)
      while (!drain.isDraining()) yield* Effect.yieldNow
      const ready = yield* call(null, "/readyz")
      assert.deepStrictEqual([ready.status, ready.headers["connection"]], [503, "close"])
      assert.strictEqual((yield* call(null, "/livez")).status, 200)
      yield* TestClock.adjust("10 seconds")
      for (const stream of streams) assert.isBelow((yield* stream.take(100)).length, 100)
      assert.isUndefined(stopping.pollUnsafe())
      yield* release.open
      const finished = yield* Fiber.join(slow)
      assert.deepStrictEqual([finished.status, finished.text], [200, "done"])
      yield* Fiber.join(stopping)
      for (const socket of idle) {
        yield* Effect.callback<void>((resume) =>
          socket.closed ? resume(Effect.void) : void socket.once("close", () => resume(Effect.void))
        )
      }
      const url = yield* address
      assert.isTrue(Exit.isFailure(yield* Effect.exit(Effect.tryPromise(() => fetch(`${url}/livez`)))))
    }).pipe(Effect.scoped, Effect.provide(context))
  })
)

it.live("a request that does not end in time, and a client that does not read, hold up nobody", () =>
  Effect.gen(function* () {
    const routes = HttpRouter.add("GET", "/never", Effect.never)
    const { context, stop } = yield* start({ routes, drain: { limit: "200 millis" } })
    yield* Effect.gen(function* () {
      yield* write(2_000)
      const url = new URL(yield* address)
      const deaf = yield* connect(
        `GET /v1/events/feed?source=tasks&after=0 HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: Bearer ann\r\n\r\n`
      )
      deaf.pause()
      const never = yield* Effect.forkChild(Effect.promise(() => fetch(`${url.origin}/never`).catch(() => "cut")))
      while (!(yield* call(null, "/metrics")).text.includes("http_server_open_streams 1"));
      yield* Effect.timeout(stop, "5 seconds")
      assert.strictEqual(yield* Fiber.join(never), "cut")
      deaf.destroy()
    }).pipe(Effect.scoped, Effect.provide(context))
  })
)
