/**
 * A company in memory behind a server with the page in front of it, on a free port: what a journey begins with. The
 * development login is on, and the clock can be moved.
 */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Actor, Company, Consumers, Ids, type NewUser, Notifier, Popug, Tasks, Users } from "@popug/core"
import { Bell, DevClock, DevLogin, Drain, Oidc, PopugHttp } from "@popug/http/server"
import { Memory } from "@popug/memory"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Random from "effect/Random"
import { Dashboard } from "../../src/server/index.ts"
import { movedClock } from "./clock.ts"
import { audience, clientId } from "./provider.ts"

type Person = NewUser & { readonly id: string }

const people: ReadonlyArray<Person> = [
  { id: "anna", name: "Anna", roles: ["admin"] },
  { id: "masha", name: "Masha", roles: ["manager"] },
  { id: "anton", name: "Anton", roles: ["accountant"] },
  { id: "olga", name: "Olga", roles: ["worker"] },
  { id: "pavel", name: "Pavel", roles: ["worker"] }
]

export interface Options {
  readonly closing?: "automatic" | "by-hand"
  readonly currency?: string
  readonly people?: ReadonlyArray<Person>
  readonly more?: ReadonlyArray<Person>
  /** Where all is kept: to have something go wrong there. */
  readonly memory?: typeof Memory.layer
  /** When all begins: from then on time passes by hand alone, and chance is the same each time. */
  readonly from?: Date
  /** Whose tokens are taken, in place of the development login. */
  readonly issuer?: string
}

const limits = { perUser: null, perAddress: null }

/** For whom a provider of the tests speaks. */
const lettingIn = (issuer: string) =>
  PopugHttp.layer({
    limits,
    front: Dashboard.front({ signIn: { by: "oidc", issuer, clientId, parameters: { resource: audience } } })
  }).pipe(Layer.provide(Layer.orDie(Oidc.layer({ issuer, audience }))))

const lettingAnybodyIn = (advance: ReturnType<typeof movedClock>["advance"]) =>
  PopugHttp.layerDevelopment({ limits, front: Dashboard.front({ signIn: { by: "development" } }) }).pipe(
    Layer.provide([DevLogin.layer, Layer.succeed(DevClock, { movable: true, advance })])
  )

const sameEachTime = () => Effect.runSync(Random.withSeed(Random.Random, "popug"))

const serverOf = (
  { closing = "automatic", currency = "USD", from, issuer, memory = Memory.layer }: Options,
  { advance, clock }: ReturnType<typeof movedClock>
) => {
  const routes = issuer === undefined ? lettingAnybodyIn(advance) : lettingIn(issuer)
  const ports = Layer.mergeAll(
    memory,
    Company.layer({ secret: "a secret of the browser's tests", closing, currency }),
    Ids.layer,
    Notifier.layerLog
  )
  const around = Layer.provide(routes, [Drain.layer, Bell.layer])
  return HttpRouter.serve(around, { disableLogger: true, disableListenLog: true }).pipe(
    Layer.provideMerge(Layer.provideMerge(Popug.layer, ports)),
    Layer.provideMerge(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })),
    Layer.provide(Logger.layer([])),
    Layer.provideMerge(Layer.succeed(Clock.Clock, clock)),
    Layer.provideMerge(from === undefined ? Layer.empty : Layer.succeed(Random.Random, sameEachTime()))
  )
}

type Services = Layer.Success<ReturnType<typeof serverOf>>

/** Starts a company; `run` does something in it besides what the page does. */
export const startCompany = async (options: Options = {}) => {
  const moved = movedClock(options.from)
  const runtime = ManagedRuntime.make(serverOf(options, moved))
  const run = <A, E>(effect: Effect.Effect<A, E, Services>) => runtime.runPromise(effect)
  /** Waits until all that happened is booked. */
  const settle = () => run(Effect.flatMap(Consumers, (consumers) => consumers.settle))
  await run(
    Effect.flatMap(Users, (users) =>
      users.create(Actor.system, [...(options.people ?? people), ...(options.more ?? [])])
    )
  )
  await settle()
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
    completeTask: (user: string, id: string) =>
      run(Effect.flatMap(Tasks, (tasks) => tasks.complete(Actor.user(user), id))),
    /** Lets milliseconds pass. */
    pass: (millis: number) => run(moved.pass(millis)),
    passUntil: (then: Date) => run(moved.passUntil(then)),
    /** Lets days pass. */
    advance: (days: number) => run(moved.advance(days)),
    settle,
    /** Lets the day end, and has all of it booked. */
    endDay: async () => {
      await run(moved.advance(1))
      await run(Effect.flatMap(Tasks, (tasks) => tasks.endRegistration(Actor.user("anna"))))
      await settle()
    },
    stop: () => runtime.dispose()
  }
}

export type TestCompany = Awaited<ReturnType<typeof startCompany>>
