/**
 * A company in memory behind a server with the page in front of it, on a free port: what a journey begins with. The
 * development login is on, and the clock can be moved.
 */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Actor, Company, Consumers, Ids, Notifier, Popug, Tasks, Users } from "@popug/core"
import { DevClock, DevLogin, Drain, PopugHttp, Wake } from "@popug/http/server"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { Dashboard } from "../../src/server/index.ts"

const people = [
  { id: "anna", name: "Anna", roles: ["admin"] },
  { id: "masha", name: "Masha", roles: ["manager"] },
  { id: "anton", name: "Anton", roles: ["accountant"] },
  { id: "olga", name: "Olga", roles: ["worker"] },
  { id: "pavel", name: "Pavel", roles: ["worker"] }
]

const routes = PopugHttp.layerDevelopment({
  limits: { perUser: null, perAddress: null },
  front: Dashboard.front({ signIn: { by: "development" } })
}).pipe(Layer.provide([DevLogin.layer, DevClock.layerOff, Drain.layer, Wake.layer]))

const ports = Layer.mergeAll(
  Memory.layer,
  Company.layer({ secret: "a secret of the browser's tests" }),
  Ids.layer,
  Notifier.layerLog
)

const server = HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
  Layer.provideMerge(Layer.provideMerge(Popug.layer, ports)),
  Layer.provideMerge(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })),
  Layer.provide(Logger.layer([]))
)

type Services = Layer.Success<typeof server>

/** Starts a company; `run` does something in it besides what the page does. */
export const startCompany = async () => {
  const runtime = ManagedRuntime.make(server)
  const run = <A, E>(effect: Effect.Effect<A, E, Services>) => runtime.runPromise(effect)
  await run(Effect.flatMap(Users, (users) => users.create(Actor.system, people)))
  await run(Effect.flatMap(Consumers, (consumers) => consumers.settle))
  return {
    url: await run(HttpServer.addressFormattedWith((address) => Effect.succeed(address))),
    run,
    /** Creates tasks as the manager, and returns them as they fell. */
    createTasks: (titles: ReadonlyArray<string>) =>
      run(
        Effect.flatMap(Tasks, (tasks) =>
          tasks.create(
            Actor.user("masha"),
            titles.map((title) => ({ title }))
          )
        )
      ).then(({ answer }) => answer),
    stop: () => runtime.dispose()
  }
}

export type TestCompany = Awaited<ReturnType<typeof startCompany>>
