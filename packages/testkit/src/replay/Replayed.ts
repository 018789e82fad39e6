/**
 * The company that a trace is replayed in.
 */
import {
  Company,
  type CompanyMismatch,
  CreationLimit,
  EventBus,
  EventLog,
  Ids,
  type InvalidInput,
  Notifier,
  PollInterval,
  Popug,
  type Ports,
  type StoreError,
  type Tasks,
  type Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Contexts from "../apart/Contexts.ts"
import * as Joined from "../apart/Joined.ts"

/** What a company is made of. */
export interface Settings {
  /** Decides all chance: the draws and the ids; default: `popug`. */
  readonly seed?: string
  /** The company's id; default: `replay`. */
  readonly company?: string
  /**
   * Keys the draws of assignees and prices; default: made from the seed. With a company's id and secret, tasks fall as
   * they fell in that company.
   */
  readonly secret?: string
  /** Default: UTC. */
  readonly timeZone?: string
  /** When a business day starts, `HH:MM`; default: midnight. */
  readonly cutoff?: string
  /** Default: USD. */
  readonly currency?: string
  /** The ports to replay over, empty ones, which are given the replay's `Company`; default: in memory. */
  readonly ports?: Layer.Layer<Ports, StoreError, Company>
  /**
   * Whether each context runs alone, over ports of its own (each gets `ports` built anew), with a lease on who acts.
   * Default: all in one.
   */
  readonly apart?: Apart
  /** The port that makes ids; default: UUIDv7 of the trace's time and the seed. */
  readonly ids?: Layer.Layer<Ids>
  /**
   * The company's policies, where they are not the default; a trace's people create as many tasks as they did:
   * `Layer.succeed(Pricing.Pricing, () => ({ fee: 10n, award: 20n }))`.
   */
  readonly policies?: Layer.Layer<never>
}

/** What is between contexts that run alone. */
export interface Apart {
  /** The bus, as each context is given it, over the log of its own store; default: one in memory. */
  readonly bus?: (context: Contexts.Name) => Layer.Layer<EventBus, StoreError, Company | EventLog>
  /** How they reach one another; default: straight. */
  readonly reach?: Joined.Reach
}

/** What a replay, its callbacks and its door can ask the company: everything. */
export type Services = Layer.Success<typeof Popug.layer> | Ports | Company | Ids

/**
 * The way by which the trace's commands come in, where that is not the use cases themselves: a server, say, and a
 * client of it. What the system does is never sent through it: only code can be the system.
 */
export type Door = Layer.Layer<Users | Tasks, never, Services>

export const defaultSeed = "popug"

/** The company's settings; a trace may be silent for years. */
export const layerSettings = ({
  company = "replay",
  currency = "USD",
  cutoff = "00:00",
  secret,
  seed = defaultSeed,
  timeZone = "UTC"
}: Settings): Layer.Layer<Company, InvalidInput> =>
  Company.layer({
    id: company,
    timeZone,
    cutoff,
    currency,
    secret: secret ?? `the secret of ${seed}`,
    longestJump: null
  })

/** The company with everything wired. Nothing polls under virtual time, and nobody is told. */
export const layer = (
  settings: Settings,
  company: Context.Context<Company>
): Layer.Layer<Services, CompanyMismatch | StoreError> => {
  const given = Layer.succeedContext(company)
  const ports = Layer.provide(settings.ports ?? Memory.layer, given)
  return (settings.apart === undefined ? Layer.provideMerge(Popug.layer, ports) : apart(settings.apart, ports)).pipe(
    Layer.provideMerge(Layer.mergeAll(settings.ids ?? Ids.layer, given)),
    Layer.provide([
      Layer.succeed(Notifier, { send: (notices) => Effect.succeed(notices.map(() => null)) }),
      Layer.succeed(PollInterval, null),
      Layer.succeed(CreationLimit, () => null),
      settings.policies ?? Layer.empty
    ])
  )
}

/** Each context over ports of its own. */
const apart = (
  { bus, reach }: Apart,
  ports: Layer.Layer<Ports, StoreError>
): Layer.Layer<Joined.Services, CompanyMismatch | StoreError, Company | Ids | Notifier> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const broker = Memory.disk()
      const busOf = bus ?? (() => Layer.effect(EventBus, Effect.provide(EventBus, Memory.layerOn(broker))))
      const own = Effect.fnUntraced(function* (name: Contexts.Name) {
        const built = yield* Layer.build(Layer.fresh(ports))
        const log = Layer.succeed(EventLog, Context.get(built, EventLog))
        return Context.merge(built, yield* Layer.build(Layer.fresh(Layer.provide(busOf(name), log))))
      })
      const portsOf: Joined.PortsOf = {
        users: yield* own("users"),
        tasks: yield* own("tasks"),
        billing: yield* own("billing"),
        reports: yield* own("reports")
      }
      return Joined.layer(portsOf, reach)
    })
  )
