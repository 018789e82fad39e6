/**
 * Who waits in this process for news of a company: feeds, subscriptions without a broker, other services that ask. It
 * rings with every number that the process hears of: what it has committed itself, what it has found by looking, what
 * another service or the database has told it.
 */
import { Company, CompanyHome, type Envelope, EventBus } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { StreamEnd } from "../api/services/Wire.ts"

/** Who listens to some streams, and what was heard since. */
export interface Listener {
  /** Waits until there was a ring since the last take, and takes what was heard of each stream last. */
  readonly take: Effect.Effect<ReadonlyArray<StreamEnd>>
  /** Another number of a stream than this one is news from now on. */
  readonly has: (end: StreamEnd) => void
}

export interface HomeOptions {
  /**
   * Whom the words of the database reach: every process that listens (`all`, the default), or one of them, as where
   * NATS has them (`one`). Those are for the work, and do not ring: feeds of other processes then find by looking what
   * this one has not committed, so set how often they look (`pollInterval` of a feed).
   */
  readonly words?: "all" | "one"
}

export class Bell extends Context.Service<
  Bell,
  {
    /** Says where streams end now. Nothing happens for those who have just that number. */
    readonly ring: (ends: ReadonlyArray<StreamEnd>) => Effect.Effect<void>
    /** Says that a company has something new, where nobody knows what: for those who look themselves. */
    readonly ringFor: (company: string) => Effect.Effect<void>
    /** Listens to some streams, each with the number that is known of it, until the scope closes. */
    readonly listen: (ends: ReadonlyArray<StreamEnd>) => Effect.Effect<Listener, never, Scope.Scope>
    /** Calls back at each ring about a company, at once, until the scope closes. */
    readonly onRing: (company: string, act: () => void) => Effect.Effect<void, never, Scope.Scope>
  }
>()("@popug/http/Bell") {
  static readonly layer: Layer.Layer<Bell> = Layer.sync(Bell, () => make())

  /**
   * The same bus, which rings with each publication of the company: put it between the ports and the contexts, so that
   * feeds and whoever asks for news hear of each commit at once. `PollingBus` rings by itself.
   */
  static readonly layerBus: Layer.Layer<EventBus, never, EventBus | Bell | Company> = Layer.effect(
    EventBus,
    Effect.gen(function* () {
      const bus = yield* EventBus
      const { ring } = yield* Bell
      const { id } = (yield* Company).settings
      return EventBus.of({
        ...bus,
        publish: (events) => Effect.ensuring(bus.publish(events), ring(endsOf(id, events)))
      })
    })
  )

  /** A database whose companies ring with what they publish: put it around what `Companies.layer` is given. */
  static readonly layerHome = <E, R>(
    home: Layer.Layer<CompanyHome, E, R>,
    { words: reach = "all" }: HomeOptions = {}
  ): Layer.Layer<CompanyHome, E, R | Bell> =>
    Layer.effect(
      CompanyHome,
      Effect.gen(function* () {
        const inner = yield* CompanyHome
        const bell = yield* Bell
        if (reach === "all") {
          const words = yield* inner.work.words
          yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(words), bell.ringFor)))
        }
        const bus = Layer.provide(Bell.layerBus, Layer.succeed(Bell, bell))
        return CompanyHome.of({ ...inner, ports: Layer.fresh(Layer.provideMerge(bus, inner.ports)) })
      })
    ).pipe(Layer.provide(home))
}

/** Where the streams of some events of a company end with them. */
export const endsOf = (company: string, events: ReadonlyArray<Envelope.Envelope>): ReadonlyArray<StreamEnd> => {
  const ends = new Map<Envelope.Source, number>()
  for (const { number, source } of events) ends.set(source, Math.max(number, ends.get(source) ?? 0))
  return [...ends].map(([source, number]) => ({ company, source, number }))
}

/** One text for each stream: no source has a space. */
export const keyOf = ({ company, source }: { readonly company: string; readonly source: Envelope.Source }): string =>
  `${source} ${company}`

/** Called with a ring; without an end where nobody knows which stream it is about. */
type Ear = (end?: StreamEnd) => void

const make = (): Bell["Service"] => {
  const ears = new Map<string, Set<Ear>>()
  const enter = (company: string, ear: Ear) => {
    const known = ears.get(company)
    if (known === undefined) ears.set(company, new Set([ear]))
    else known.add(ear)
  }
  const leave = (company: string, ear: Ear) => {
    const known = ears.get(company)
    known?.delete(ear)
    if (known?.size === 0) ears.delete(company)
  }
  const hearing = (companies: ReadonlySet<string>, ear: Ear) =>
    Effect.acquireRelease(
      Effect.sync(() => companies.forEach((company) => enter(company, ear))),
      () => Effect.sync(() => companies.forEach((company) => leave(company, ear)))
    )
  return {
    ring: (ends) =>
      Effect.sync(() => {
        for (const end of ends) for (const hear of ears.get(end.company) ?? []) hear(end)
      }),
    ringFor: (company) =>
      Effect.sync(() => {
        for (const hear of ears.get(company) ?? []) hear()
      }),
    listen: (ends) =>
      Effect.suspend(() => {
        const heard = new Heard(ends)
        const companies = new Set(ends.map(({ company }) => company))
        return Effect.as(
          hearing(companies, (end) => end !== undefined && heard.hear(end)),
          { take: heard.take, has: (end: StreamEnd) => heard.has(end) }
        )
      }),
    onRing: (company, act) => hearing(new Set([company]), () => act())
  }
}

/** What a listener has, and has heard. */
class Heard {
  readonly #known: Map<string, number>
  #news = new Map<string, StreamEnd>()
  readonly #latch = Latch.makeUnsafe(false)

  constructor(ends: ReadonlyArray<StreamEnd>) {
    this.#known = new Map(ends.map((end) => [keyOf(end), end.number]))
  }

  has(end: StreamEnd): void {
    const key = keyOf(end)
    if (!this.#known.has(key)) return
    this.#known.set(key, end.number)
    if (this.#news.get(key)?.number === end.number) this.#news.delete(key)
    if (this.#news.size === 0) this.#latch.closeUnsafe()
  }

  hear(end: StreamEnd): void {
    const key = keyOf(end)
    const known = this.#known.get(key)
    if (known === undefined || known === end.number) return
    this.#news.set(key, end)
    this.#latch.openUnsafe()
  }

  readonly take = Effect.suspend(() =>
    Effect.map(this.#latch.await, () => {
      const news = [...this.#news.values()]
      this.#news = new Map()
      this.#latch.closeUnsafe()
      return news
    })
  )
}
