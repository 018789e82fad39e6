/**
 * The event bus on NATS JetStream, of one company or of many over one connection.
 */
import { type Company, CompanyHome, type Envelope, EventBus, type EventLog, type InvalidInput } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Bus from "./EventBus.ts"
import * as Intakes from "./Intakes.ts"
import * as Link from "./Link.ts"
import * as Settings from "./Settings.ts"
import * as Words from "./Words.ts"

export type { Options, StreamOptions } from "./Settings.ts"

/** What the companies of a process share: a connection, and one durable consumer for each subscription's name. */
export class PopugNats extends Context.Service<
  PopugNats,
  { readonly link: Link.Link; readonly intakes: Intakes.Intakes }
>()("@popug/nats/PopugNats") {
  /** Whether there is a connection now; without one, consumers read the log. */
  static readonly isConnected: Effect.Effect<boolean, never, PopugNats> = Effect.map(PopugNats, ({ link }) =>
    link.isUp()
  )
}

/**
 * What companies share. It is built whether NATS is there or not, and fails with `InvalidInput` for options that can't
 * be right.
 */
export const layerConnection = (options: Settings.Options): Layer.Layer<PopugNats, InvalidInput> =>
  Layer.effect(
    PopugNats,
    Effect.gen(function* () {
      const link = yield* Link.make(yield* Settings.make(options))
      return { link, intakes: yield* Intakes.make(link) }
    })
  )

export interface CompanyOptions {
  /**
   * Whose events this process sends on to NATS; default: those of all contexts. A process with some contexts alone
   * sends on what these write.
   */
  readonly relays?: ReadonlyArray<Envelope.Source>
}

/** The bus of the company that `Company` names, over a connection that it shares with others. */
export const layerCompany = (
  options: CompanyOptions = {}
): Layer.Layer<EventBus, never, PopugNats | Company | EventLog> =>
  Layer.fresh(
    Layer.effect(
      EventBus,
      Effect.gen(function* () {
        const { intakes, link } = yield* PopugNats
        return yield* Bus.make(link, intakes, options.relays ?? ["users", "tasks", "billing"])
      })
    )
  )

/** The bus of one company, over a connection of its own. */
export const layer = (
  options: Settings.Options & CompanyOptions
): Layer.Layer<EventBus, InvalidInput, Company | EventLog> =>
  Layer.provide(layerCompany(options), layerConnection(options))

/**
 * Companies of a database whose events go by NATS: each has its bus there, and which of them have work is told by it to
 * one of all processes, beside what the database tells. It goes over the home of a store. `words` is the name under
 * which those processes share what is told; default: `words`.
 */
export const layerHome = (
  options: CompanyOptions & { readonly words?: string } = {}
): Layer.Layer<CompanyHome, never, CompanyHome | PopugNats> =>
  Layer.effect(
    CompanyHome,
    Effect.gen(function* () {
      const home = yield* CompanyHome
      const nats = yield* PopugNats
      const ports = layerCompany(options).pipe(
        Layer.provideMerge(home.ports),
        Layer.provide(Layer.succeed(PopugNats, nats))
      )
      const words = Words.beside(nats.link, options.words ?? "words", home.work.words)
      return CompanyHome.of({ ...home, ports, work: { ...home.work, words } })
    })
  )
