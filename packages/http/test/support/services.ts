/**
 * Services on 127.0.0.1, and those who ask them: over real connections, each side with nothing of the other's.
 */
import { hash } from "node:crypto"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Company, type Digest, type Envelope } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import { Bell } from "../../src/bell/Bell.ts"
import { Drain } from "../../src/server/platform/Drain.ts"
import * as NodeServer from "../../src/server/platform/NodeServer.ts"
import type { Offers } from "../../src/server/services/Offers.ts"
import type { Credential } from "../../src/server/services/ServiceKeys.ts"
import * as ServicesHttp from "../../src/server/services/ServicesHttp.ts"
import * as Peer from "../../src/services/Peer.ts"

/** A key for each service, and one more that none has. */
export const keyOf = (service: string): string => `${service}-`.padEnd(40, "0123456789")

/** A service that may ask everything. */
const all: Credential = {
  service: "everything",
  keys: [keyOf("everything")],
  may: ["log:users", "log:tasks", "log:billing", "directory", "identities", "prices", "payouts", "audit-log"]
}

const credentials: ReadonlyArray<Credential> = [
  all,
  ...["users", "tasks", "billing", "reports"].map((service) => ({ service, keys: [keyOf(service)] }))
]

/** Where the server of a layer is. */
export const address = HttpServer.addressFormattedWith((url) => Effect.succeed(url))

/** A service on a free port, or on the one given, that answers from what it offers. */
export const layerService = (options: Partial<ServicesHttp.Options> & { readonly port?: number } = {}) =>
  Layer.suspend(() => serving(options))

const serving = (options: Partial<ServicesHttp.Options> & { readonly port?: number }) => {
  const node = NodeServer.make()
  const { port = 0, ...others } = options
  const routes = ServicesHttp.layer({ credentials, lookInterval: "20 millis", ...others })
  return Drain.onShutdown({ server: node }).pipe(
    Layer.provideMerge(HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })),
    Layer.provideMerge(NodeHttpServer.layer(() => node.server, { port, host: "127.0.0.1" })),
    Layer.provideMerge(Drain.layer),
    Layer.provide(Memory.layerDigest),
    Layer.provide(Layer.succeed(Metric.MetricRegistry, new Map()))
  ) satisfies Layer.Layer<HttpServer.HttpServer, unknown, Offers | Bell>
}

/** A service with what it offers, until the scope closes: its address. */
export const serve = Effect.fnUntraced(function* (
  offers: Layer.Layer<Offers>,
  options: Parameters<typeof layerService>[0] & { readonly bell?: Layer.Layer<Bell> } = {}
): Effect.fn.Return<string, unknown, Scope.Scope> {
  const { bell = Bell.layer, ...others } = options
  const context = yield* Layer.build(layerService(others).pipe(Layer.provide([offers, bell]), Layer.fresh))
  return yield* Effect.provideContext(address, context)
})

/** Another service, asked with the key of one that may ask everything. */
export const peerAt = (url: string, options: Partial<Peer.Options> = {}) =>
  Peer.make({ name: "users", url, key: keyOf("everything"), ...options }).pipe(Effect.provide(FetchHttpClient.layer))

export const company = (id: string): Layer.Layer<Company> => Layer.orDie(Company.layer({ id, secret: "tests" }))

/** All three sources. */
export const sources: ReadonlyArray<Envelope.Source> = ["users", "tasks", "billing"]

export const sha256: Digest.Sha256 = (text) => hash("sha256", text, "hex")
