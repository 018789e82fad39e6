/**
 * A server of many companies in memory on a free port, on the test clock: `acme` and `zoo`, with the same people by the
 * same ids in both, `nap`, which rests, and nothing called `fog`. Tokens are those of the test's own provider.
 */
import * as Http from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import {
  Actor,
  Companies,
  CompanyDirectory,
  CompanyHome,
  Consumers,
  type NewCompany,
  Notifier,
  PollInterval,
  Tasks,
  Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Bell } from "../../src/bell/Bell.ts"
import * as CompaniesHttp from "../../src/server/CompaniesHttp.ts"
import { DevClock } from "../../src/server/development/DevClock.ts"
import * as DevLogin from "../../src/server/development/DevLogin.ts"
import * as Oidc from "../../src/server/guard/auth/Oidc.ts"
import { Drain } from "../../src/server/platform/Drain.ts"
import { audience, Issuer, layer as layerIssuer } from "./issuer.ts"
import { layerTestServer, toDay } from "./server.ts"

/** The operator's token. */
export const operator = "the operator of the test"

/** Runs something among the services of a company. */
export const within = <A, E, R>(company: string, effect: Effect.Effect<A, E, R>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const services = yield* (yield* Companies).get(company)
      return yield* Effect.provideContext(effect, services as Context.Context<R>)
    })
  )

/** Opens companies, without anybody in them. */
export const open = (companies: ReadonlyArray<NewCompany>) => Effect.flatMap(Companies, ({ open }) => open(companies))

/** Puts a company to rest, as another node of the host would: this one has not heard of it. */
export const restElsewhere = (company: string) => Effect.flatMap(CompanyHome, (home) => home.rest([company]))

/** Has the directory say that a company lives in a database that the server does not have. */
export const loseDatabaseOf = (company: string) =>
  Effect.flatMap(CompanyDirectory, (directory) => directory.change([company], { database: "moon" }))

/** Has a company apply everything. */
export const settle = (company: string) =>
  within(
    company,
    Effect.flatMap(Consumers, (consumers) => consumers.settle)
  )

/** Ends the days that are over, in one company. */
export const endDay = (company: string) =>
  within(
    company,
    Effect.gen(function* () {
      yield* (yield* Tasks).endRegistration(Actor.system)
      yield* (yield* Consumers).settle
    })
  )

const staff = (company: string) =>
  within(
    company,
    Effect.gen(function* () {
      yield* (yield* Users).create(Actor.system, [
        { id: "acc", name: `Acc of ${company}`, roles: ["accountant"] },
        { id: "ann", name: `Ann of ${company}`, roles: ["admin"] },
        { id: "max", name: `Max of ${company}`, roles: ["manager"] },
        { id: "olga", name: `Olga of ${company}`, roles: ["worker"] },
        // Of this company alone.
        { id: `only-${company}`, name: `One of ${company}`, roles: ["admin"] }
      ])
      yield* (yield* Consumers).settle
    })
  )

const populate = Layer.effectDiscard(
  Effect.gen(function* () {
    const companies = yield* Companies
    yield* companies.open([{ id: "acme", closing: "by-hand" }, { id: "zoo", currency: "EUR" }, { id: "nap" }])
    yield* Effect.forEach(["acme", "zoo", "nap"], staff)
    yield* companies.rest(["nap"])
  })
)

/** The records of companies whose ids begin with `odd-` can't be read by whoever lists them. */
const layerDamaged = Layer.effect(
  CompanyDirectory,
  Effect.map(CompanyDirectory, (own) =>
    CompanyDirectory.of({
      ...own,
      list: (paging) =>
        Effect.map(own.list(paging), ({ rows, ...page }) => ({
          ...page,
          rows: rows.map((row) => (row.id.startsWith("odd-") ? { id: row.id, unreadable: "no such zone" } : row))
        }))
    })
  )
)

const layerHost = Effect.sync(() => Memory.shelf()).pipe(
  Effect.map((shelf) =>
    Companies.layer({
      databases: {
        main: Bell.layerHome(Memory.layerShelf(shelf)),
        // Nothing of memory can be dumped: whoever is to move there is refused.
        attic: Bell.layerHome(Memory.layerHomeOver(Memory.attach(Memory.shelf())))
      },
      defaultDatabase: "main",
      notifier: () => Notifier.layerLog
    }).pipe(
      Layer.provideMerge(
        Layer.mergeAll(
          Layer.provideMerge(layerDamaged, Memory.layerShelf(shelf)),
          Memory.layerSecrets(Redacted.make("the key of the test")),
          Memory.layerDigest
        )
      )
    )
  ),
  Layer.unwrap
)

const usual: Omit<CompaniesHttp.Options, "companies"> = {
  limits: { perUser: null, perAddress: null },
  operator: CompaniesHttp.fingerprint(operator),
  ready: { lookEvery: null },
  feed: { heartbeat: "1 second" },
  // The clock stands still.
  timeLimit: null
}

type Options = Partial<CompaniesHttp.Options>

const serve = <E, R>(routes: Layer.Layer<never, E, R>) =>
  layerTestServer.pipe(
    Layer.provideMerge(HttpRouter.serve(Layer.orDie(routes), { disableLogger: true, disableListenLog: true })),
    Layer.provideMerge(NodeHttpServer.layer(() => Http.createServer(), { port: 0, host: "127.0.0.1" })),
    Layer.provideMerge(populate),
    Layer.provideMerge(Layer.mergeAll(layerHost, Drain.layer).pipe(Layer.provideMerge(Bell.layer))),
    Layer.provideMerge(layerIssuer),
    Layer.provide(Layer.succeed(PollInterval, null)),
    Layer.provide(Layer.effectDiscard(toDay(0)))
  )

const tokens = Layer.unwrap(
  Effect.map(Issuer, ({ jwksUri, url }) => Oidc.layerTokens({ issuer: url, audience, jwksUri }))
)

/** A server of many. */
export const layer = (options: Options = {}) =>
  serve(CompaniesHttp.layer({ companies: "path", ...usual, ...options }).pipe(Layer.provide(tokens)))

/** The same with the development login. */
export const layerDevelopment = (options: Omit<Options, "companies"> = {}) =>
  serve(
    CompaniesHttp.layerDevelopment({ ...usual, ...options, companies: "path" }).pipe(
      Layer.provide(DevLogin.layerTokens),
      Layer.provide(DevClock.layerOff)
    )
  )
