/**
 * What is between contexts that a trace is replayed in: HTTP between three services of this machine, each with what one
 * context tells the others, and NATS for events.
 */
import { randomBytes } from "node:crypto"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Digest } from "@popug/core"
import { Drain, NodeServer, type Offer, Offers, ServicesHttp } from "@popug/http/server"
import { Bell, Peer, Remote, RemoteEventLog } from "@popug/http/services"
import { Memory } from "@popug/memory"
import { Nats } from "@popug/nats"
import type { Replay } from "@popug/testkit/replay"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"

/** The company's id in a replay. */
const company = "replay"

const key = randomBytes(32).toString("hex")

const credential = {
  service: "replay",
  keys: [key],
  may: ["log:users", "log:tasks", "log:billing", "directory", "prices", "payouts"]
} as const

/** Serves what a context tells, on a free port; returns how it is asked. */
const serve = Effect.fnUntraced(function* (name: string, offer: Offer) {
  const node = NodeServer.make()
  const routes = ServicesHttp.layer({ credentials: [credential] })
  const server = Drain.onShutdown({ server: node }).pipe(
    Layer.provideMerge(HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })),
    Layer.provideMerge(NodeHttpServer.layer(() => node.server, { port: 0, host: "127.0.0.1" })),
    Layer.provide([Drain.layer, Bell.layer, Memory.layerDigest, Offers.one(company, offer)])
  )
  const context = yield* Layer.build(Layer.fresh(server))
  const url = yield* Effect.provideContext(
    HttpServer.addressFormattedWith((address) => Effect.succeed(address)),
    context
  )
  return yield* Peer.make({ name, url, key })
})

/** Contexts that reach one another over HTTP alone. */
const overHttp: NonNullable<Replay.Apart["reach"]> = (told) =>
  Effect.gen(function* () {
    const { sha256 } = yield* Digest.Digest
    const { directory, logs, payouts, prices } = told
    const users = yield* serve("users", { log: { service: logs.users, sources: ["users"] }, directory })
    const tasks = yield* serve("tasks", { log: { service: logs.tasks, sources: ["tasks"] } })
    const billing = yield* serve("billing", { log: { service: logs.billing, sources: ["billing"] }, payouts, prices })
    return {
      logs: {
        users: RemoteEventLog.make(users, company, sha256),
        tasks: RemoteEventLog.make(tasks, company, sha256),
        billing: RemoteEventLog.make(billing, company, sha256)
      },
      directory: Remote.directory(users, company),
      payouts: Remote.payouts(billing, company),
      prices: Remote.prices(billing, company)
    }
  }).pipe(Effect.provide([FetchHttpClient.layer, Memory.layerDigest]), Effect.orDie)

/**
 * Each context's bus on NATS, which sends on what the context writes: on a stream of its own for each replay, in the
 * server's memory, which stays there.
 */
const onNats = (servers: string): NonNullable<Replay.Apart["bus"]> => {
  const name = `POPUG_REPLAY_${randomBytes(6).toString("hex")}`
  return (context) =>
    Nats.layer({
      servers,
      prefix: name.toLowerCase(),
      stream: { name, storage: "memory", maxAge: "1 hour", maxBytes: 128 * 1_048_576 },
      relays: context === "reports" ? [] : [context]
    }).pipe(Layer.orDie)
}

/** What is asked for. */
export const between = (options: { readonly http: boolean; readonly nats: string | undefined }): Replay.Apart => ({
  ...(options.http ? { reach: overHttp } : {}),
  ...(options.nats === undefined ? {} : { bus: onNats(options.nats) })
})
