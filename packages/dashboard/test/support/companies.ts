/**
 * Two companies in memory behind one server, each with the page in front of it: by its path, or by a claim of the
 * token.
 */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Actor, Companies, Consumers, Notifier, Users } from "@popug/core"
import { Bell, CompaniesHttp, DevClock, DevLogin, Drain, Oidc } from "@popug/http/server"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { Dashboard } from "../../src/server/index.ts"
import { audience, clientId } from "./provider.ts"

const limits = { perUser: null, perAddress: null }

const byPath = CompaniesHttp.layerDevelopment({
  companies: "path",
  limits,
  front: Dashboard.front({ signIn: { by: "development" }, isOfMany: true })
}).pipe(Layer.provide([DevLogin.layerTokens, DevClock.layerOff]))

const byClaim = (issuer: string) =>
  CompaniesHttp.layer({
    companies: { claim: "org" },
    limits,
    front: Dashboard.front({
      signIn: { by: "oidc", issuer, clientId, parameters: { resource: audience } },
      isOfMany: true
    })
  }).pipe(Layer.provide(Layer.orDie(Oidc.layerTokens({ issuer, audience }))))

/** Starts them: `acme` and `zoo`, each with a manager Masha. */
export const startCompanies = async ({ issuer }: { readonly issuer?: string } = {}) => {
  const shelf = Memory.shelf()
  const host = Companies.layer({
    databases: { main: Bell.layerHome(Memory.layerShelf(shelf)) },
    defaultDatabase: "main",
    notifier: () => Notifier.layerLog
  }).pipe(
    Layer.provide(Memory.layerShelf(shelf)),
    Layer.provide(Memory.layerSecrets(Redacted.make("a key of the browser's tests"))),
    Layer.provideMerge(Memory.layerDigest)
  )
  const routes = issuer === undefined ? byPath : byClaim(issuer)
  const runtime = ManagedRuntime.make(
    HttpRouter.serve(Layer.provide(routes, Drain.layer), { disableLogger: true, disableListenLog: true }).pipe(
      Layer.provideMerge(Layer.provideMerge(host, Bell.layer)),
      Layer.provideMerge(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })),
      Layer.provide(Logger.layer([]))
    )
  )
  const staff = Effect.gen(function* () {
    yield* (yield* Users).create(Actor.system, [{ id: "masha", name: "Masha", roles: ["manager"] }])
    yield* (yield* Consumers).settle
  })
  const ids = ["acme", "zoo"]
  await runtime.runPromise(
    Effect.gen(function* () {
      yield* (yield* Companies).open(ids.map((id) => ({ id })))
      yield* Effect.forEach(ids, (id) => Companies.within(id, staff))
    })
  )
  return {
    url: await runtime.runPromise(HttpServer.addressFormattedWith((address) => Effect.succeed(address))),
    stop: () => runtime.dispose()
  }
}
