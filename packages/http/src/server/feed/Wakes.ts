/**
 * Tells the feeds of many companies that there are new events: what this process writes at once, and what others write
 * as soon as their database says so.
 */
import { Company, CompanyHome, EventBus } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Wake from "./Wake.ts"

export class Wakes extends Context.Service<
  Wakes,
  {
    /** That of a company; it is kept for as long as somebody has registered there. */
    readonly of: (company: string) => Wake.Wake["Service"]
    /** Wakes the feeds of a company, if it has any. */
    readonly wake: (company: string) => Effect.Effect<void>
  }
>()("@popug/http/Wakes") {
  static readonly layer: Layer.Layer<Wakes> = Layer.sync(Wakes, () => {
    const known = new Map<string, { readonly own: Wake.Wake["Service"]; registered: number }>()
    const wake = (company: string) => Effect.suspend(() => known.get(company)?.own.wake ?? Effect.void)
    return {
      wake,
      of: (company) => ({
        wake: wake(company),
        register: (act) =>
          Effect.suspend(() => {
            const entry = known.get(company) ?? { own: Wake.make(), registered: 0 }
            known.set(company, entry)
            entry.registered += 1
            // Added before what it does is taken back: so that is the last thing to go.
            return Effect.addFinalizer(() =>
              Effect.sync(() => {
                entry.registered -= 1
                if (entry.registered === 0) known.delete(company)
              })
            ).pipe(Effect.andThen(entry.own.register(act)))
          })
      })
    }
  })

  /**
   * A database whose companies wake their feeds: put it around what `Companies.layer` is given. `hears` says whether
   * its words come to every process (default: they do): where each comes to one alone, as by NATS, they are for the
   * work.
   */
  static readonly layerHome = <E, R>(
    home: Layer.Layer<CompanyHome, E, R>,
    { hears = true }: { readonly hears?: boolean } = {}
  ): Layer.Layer<CompanyHome, E, R | Wakes> =>
    Layer.effect(
      CompanyHome,
      Effect.gen(function* () {
        const inner = yield* CompanyHome
        const wakes = yield* Wakes
        if (hears) {
          const words = yield* inner.work.words
          yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(words), wakes.wake)))
        }
        const bus = Layer.effect(
          EventBus,
          Effect.gen(function* () {
            const { identity } = yield* Company
            return Wake.waking(yield* EventBus, wakes.of(identity.id))
          })
        )
        return CompanyHome.of({ ...inner, ports: Layer.fresh(Layer.provideMerge(bus, inner.ports)) })
      })
    ).pipe(Layer.provide(home))
}
