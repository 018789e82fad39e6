/**
 * The four contexts, each over its own store, and what it asks of the others.
 */
import { join } from "node:path"
import * as Company from "@popug-examples/server/Company"
import { people } from "@popug-examples/server/demo/people"
import { admin, unexpected } from "@popug-examples/server/server"
import {
  Actor,
  AuditTrail,
  CommandRetention,
  Company as PopugCompany,
  Directory,
  EventLog,
  IdentityDirectory,
  Ids,
  Lease,
  Payouts,
  Popug,
  Prices,
  Schedule,
  Users
} from "@popug/core"
import { type Offer, Offers } from "@popug/http/server"
import { type Peer, Remote, RemoteEventLog } from "@popug/http/services"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { bus, peer, type Producers } from "./asking.ts"
import type { Settings } from "./settings.ts"

/** A context's own store: a database of its own, or a folder of its own among those of the others. */
const store = (settings: Settings) =>
  Company.ports({ ...settings, POPUG_DATA_DIR: join(settings.POPUG_DATA_DIR, settings.POPUG_SERVICE) })

/** The logs that a context reads, and the bus: of all other contexts it has what they answer, and nothing of theirs. */
const around = (settings: Settings, secret: string, producers: Producers) =>
  bus(settings, producers).pipe(
    Layer.provideMerge(RemoteEventLog.layer(producers)),
    Layer.provideMerge(store(settings)),
    Layer.provideMerge(Company.company(settings, secret)),
    Layer.provideMerge(Ids.layer)
  )

const retention = (settings: Settings) => Layer.succeed(CommandRetention, Duration.days(settings.POPUG_COMMANDS_DAYS))

/** Who acts, asked of users and believed for a few seconds. */
const directory = (users: Peer.Peer) => Lease.layer(Remote.layerDirectory(users))

/** What a context answers the others, of its company. */
const offering = <R>(offer: Effect.Effect<Offer, never, R>) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { settings } = yield* PopugCompany
      return Offers.one(settings.id, yield* offer)
    })
  )

/** Who is there before the first request: without an admin, nobody could make anybody. */
const bootstrap = (settings: Settings) =>
  Effect.gen(function* () {
    yield* admin(settings)
    if (!settings.POPUG_DEMO) return
    const users = yield* Users
    const { rows } = yield* users.list(Actor.system, {}, { limit: 1 })
    if (rows.length === 0) yield* users.create(Actor.system, people)
  }).pipe(Effect.catch(unexpected))

export const users = (settings: Settings, secret: string) =>
  offering(
    Effect.gen(function* () {
      return {
        log: { service: yield* EventLog, sources: ["users"] },
        directory: yield* Directory,
        identities: yield* IdentityDirectory
      }
    })
  ).pipe(
    Layer.merge(Schedule.layerUsers.pipe(Layer.provide(retention(settings)))),
    Layer.merge(Layer.effectDiscard(bootstrap(settings))),
    Layer.provideMerge(Popug.users),
    Layer.provideMerge(around(settings, secret, {}))
  )

export const tasks = (settings: Settings, secret: string) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const [ofUsers, ofBilling] = [yield* peer(settings, "users"), yield* peer(settings, "billing")]
      return offering(Effect.map(EventLog, (service): Offer => ({ log: { service, sources: ["tasks"] } }))).pipe(
        Layer.merge(Schedule.layerTasks.pipe(Layer.provide(retention(settings)))),
        Layer.provideMerge(Popug.tasks),
        Layer.provide(Company.creationLimit(settings)),
        Layer.provideMerge(directory(ofUsers)),
        Layer.provide(Remote.layerPrices(ofBilling)),
        Layer.provideMerge(around(settings, secret, { users: ofUsers }))
      )
    })
  )

export const billing = (settings: Settings, secret: string) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const [ofUsers, ofTasks] = [yield* peer(settings, "users"), yield* peer(settings, "tasks")]
      return offering(
        Effect.gen(function* () {
          return {
            log: { service: yield* EventLog, sources: ["billing"] },
            prices: yield* Prices,
            payouts: yield* Payouts,
            auditTrail: yield* AuditTrail
          }
        })
      ).pipe(
        Layer.merge(Schedule.layerBilling.pipe(Layer.provide(retention(settings)))),
        Layer.provide(AuditTrail.layer),
        Layer.provideMerge(Popug.billing),
        Layer.provideMerge(directory(ofUsers)),
        Layer.provideMerge(around(settings, secret, { users: ofUsers, tasks: ofTasks }))
      )
    })
  )

export const reports = (settings: Settings, secret: string) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const [ofUsers, ofBilling] = [yield* peer(settings, "users"), yield* peer(settings, "billing")]
      return offering(Effect.succeed({})).pipe(
        Layer.provideMerge(Popug.reports),
        Layer.provide(Layer.provide(Company.notifierApart(settings), Remote.layerAuditTrail(ofBilling))),
        Layer.provideMerge(directory(ofUsers)),
        Layer.provide(Remote.layerPayouts(ofBilling)),
        Layer.provideMerge(around(settings, secret, { billing: ofBilling }))
      )
    })
  )
