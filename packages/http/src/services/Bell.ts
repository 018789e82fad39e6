/**
 * Who waits in this process for events of a stream, of whichever company. It rings with every number that the process
 * hears of: what it has committed itself, what it has found by looking, what another service has told it.
 */
import { Company, type Envelope, EventBus } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { StreamEnd } from "../api/services/Wire.ts"

/** Who listens to some streams, and what was heard since. */
export interface Listener {
  /** Waits until there was a ring since the last take, and takes what was heard of each stream last. */
  readonly take: Effect.Effect<ReadonlyArray<StreamEnd>>
  /** Another number of a stream than this one is news from now on. */
  readonly has: (end: StreamEnd) => void
}

export class Bell extends Context.Service<
  Bell,
  {
    /** Says where streams end now. Nothing happens for those who have just that number. */
    readonly ring: (ends: ReadonlyArray<StreamEnd>) => Effect.Effect<void>
    /** Listens to some streams, each with the number that is known of it, until the scope closes. */
    readonly listen: (ends: ReadonlyArray<StreamEnd>) => Effect.Effect<Listener, never, Scope.Scope>
  }
>()("@popug/http/Bell") {
  static readonly layer: Layer.Layer<Bell> = Layer.sync(Bell, () => make())

  /**
   * The same bus, which rings with each publication of the company: put it between the ports and the contexts of
   * whoever is asked for events.
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

interface Ear {
  readonly hear: (key: string, end: StreamEnd) => void
}

const make = (): Bell["Service"] => {
  const ears = new Map<string, Set<Ear>>()
  const enter = (keys: Iterable<string>, ear: Ear) => {
    for (const key of keys) {
      const known = ears.get(key)
      if (known === undefined) ears.set(key, new Set([ear]))
      else known.add(ear)
    }
  }
  const leave = (keys: Iterable<string>, ear: Ear) => {
    for (const key of keys) {
      const known = ears.get(key)
      known?.delete(ear)
      if (known?.size === 0) ears.delete(key)
    }
  }
  return {
    ring: (ends) =>
      Effect.sync(() => {
        for (const end of ends) {
          const key = keyOf(end)
          for (const ear of ears.get(key) ?? []) ear.hear(key, end)
        }
      }),
    listen: (ends) =>
      Effect.map(
        Effect.acquireRelease(
          Effect.sync(() => {
            const heard = new Heard(ends)
            enter(heard.keys(), heard)
            return heard
          }),
          (heard) => Effect.sync(() => leave(heard.keys(), heard))
        ),
        (heard) => ({ take: heard.take, has: (end) => heard.has(end) })
      )
  }
}

/** What a listener has, and has heard. */
class Heard implements Ear {
  readonly #known: Map<string, number>
  #news = new Map<string, StreamEnd>()
  readonly #latch = Latch.makeUnsafe(false)

  constructor(ends: ReadonlyArray<StreamEnd>) {
    this.#known = new Map(ends.map((end) => [keyOf(end), end.number]))
  }

  keys(): Iterable<string> {
    return this.#known.keys()
  }

  has(end: StreamEnd): void {
    const key = keyOf(end)
    if (!this.#known.has(key)) return
    this.#known.set(key, end.number)
    if (this.#news.get(key)?.number === end.number) this.#news.delete(key)
    if (this.#news.size === 0) this.#latch.closeUnsafe()
  }

  hear(key: string, end: StreamEnd): void {
    if (this.#known.get(key) === end.number) return
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
