/**
 * A nats-server in trouble under a bus that works on: what is committed meanwhile comes once it is over.
 */
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, it } from "vitest"
import { natsServer } from "../../../scripts/nats.mjs"
import * as Proxy from "./server/Proxy.ts"
import { launch, type Server } from "./server/Server.ts"
import { build, connection, events, options, outsider, receivedOf, shelf, upTo } from "./support.ts"

type Out = Effect.Success<ReturnType<typeof outsider>>

/** What happens, and how it ends. */
const troubles: Record<
  string,
  (at: { server: Server; proxy: Proxy.Proxy; stream: string; out: Out }) => Promise<() => unknown>
> = {
  "is killed, and comes back with what it had": async ({ server }) => {
    await server.kill()
    return () => server.start()
  },
  "is killed, and comes back with nothing": async ({ server }) => {
    await server.kill()
    return () => server.start({ empty: true })
  },
  "stands still for a while": async ({ server }) => {
    server.pause()
    return () => server.resume()
  },
  "can't be reached for a while": async ({ proxy }) => {
    proxy.cut()
    return proxy.mend
  },
  "has lost its stream": async ({ out, stream }) => {
    await out.manager.streams.delete(stream)
    return () => undefined
  },
  "has lost all messages of its stream": async ({ out, stream }) => {
    await out.manager.streams.purge(stream)
    return () => undefined
  },
  "has lost its consumer": async ({ out, stream }) => {
    await out.manager.consumers.delete(stream, "billing_tasks")
    return () => undefined
  }
}

describe.skipIf(natsServer === undefined)("a bus whose server", () => {
  let server: Server
  let proxy: Proxy.Proxy
  beforeAll(async () => {
    server = await launch()
    proxy = await Proxy.open(server.port)
  })
  afterAll(async () => {
    await proxy?.stop()
    await server?.stop()
  })

  it.each(Object.entries(troubles))("%s: brings what comes then and later", { timeout: 60_000 }, (_, trouble) =>
    Effect.gen(function* () {
      const name = options().prefix!
      const given = options({
        servers: proxy.url,
        prefix: name,
        stream: { name, maxBytes: 2 ** 26 },
        connection: { reconnectTimeWait: 50 },
        timeout: "500 millis"
      })
      const bus = yield* build(shelf(), connection(given))
      const subscription = yield* bus.subscribe("billing", "tasks")
      yield* bus.publish(events("tasks", 1, 50))
      yield* receivedOf(subscription, upTo(50))
      yield* Effect.scoped(
        Effect.gen(function* () {
          const out = yield* outsider(server.url)
          const end = yield* Effect.promise(() => trouble({ server, proxy, stream: name, out }))
          yield* bus.publish(events("tasks", 51, 90))
          yield* Effect.sleep("300 millis")
          yield* Effect.promise(async () => end())
        })
      )
      yield* bus.publish(events("tasks", 91, 100))
      yield* receivedOf(subscription, upTo(100, 51))
    }).pipe(Effect.scoped, Effect.runPromise)
  )

  it("is not there yet comes to work once it is", { timeout: 60_000 }, () =>
    Effect.gen(function* () {
      const late = yield* Effect.promise(() => launch())
      yield* Effect.addFinalizer(() => Effect.promise(late.stop))
      yield* Effect.promise(late.kill)
      const bus = yield* build(shelf(), connection({ ...options(), servers: late.url }))
      const subscription = yield* bus.subscribe("billing", "tasks")
      yield* bus.publish(events("tasks", 1, 5))
      yield* Effect.promise(() => late.start())
      yield* receivedOf(subscription, upTo(5))
    }).pipe(Effect.scoped, Effect.runPromise)
  )
})
