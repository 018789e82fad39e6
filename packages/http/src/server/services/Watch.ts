/**
 * The services that wait for news, and the one look for all of them: at what was committed elsewhere, or by a process
 * that died before it could tell.
 */
import { type StoreError, Trouble } from "@popug/core"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type { CompanyStream, News, StreamEnd } from "../../api/services/Wire.ts"
import { Bell, keyOf } from "../../bell/Bell.ts"
import { Drain } from "../platform/Drain.ts"
import { Offers } from "./Offers.ts"

export interface WatchOptions {
  /** How often it is looked for what nobody has told of; default: one second; null for never. */
  readonly lookInterval?: Duration.Input | null | undefined
}

export class Watch extends Context.Service<
  Watch,
  {
    /** What is new in some streams: at once if there is something, otherwise when there is, or after so long. */
    readonly news: (after: ReadonlyArray<StreamEnd>, waitMillis: number) => Effect.Effect<News, StoreError>
  }
>()("@popug/http/Watch") {
  static readonly layer = (options: WatchOptions = {}): Layer.Layer<Watch, never, Offers | Bell | Drain> =>
    Layer.effect(Watch, make(options))
}

/** How many streams one look asks for at a time. */
const part = 1_000

const nothing: News = { heads: [], unknown: [] }

const make = Effect.fnUntraced(function* ({ lookInterval = "1 second" }: WatchOptions) {
  const offers = yield* Offers
  const bell = yield* Bell
  const drain = yield* Drain
  const waiting = new Set<ReadonlyArray<StreamEnd>>()
  const somebody = Latch.makeUnsafe(false)
  if (lookInterval !== null) yield* Effect.forkScoped(looking(offers, bell, { waiting, somebody, lookInterval }))

  /** Waits for a ring about one of the streams. */
  const listen = (after: ReadonlyArray<StreamEnd>, waitMillis: number) =>
    Effect.scoped(
      Effect.gen(function* () {
        // It listens before it looks: nothing falls in between.
        const listener = yield* bell.listen(after)
        const found = yield* compare(offers, after)
        if (waitMillis === 0 || found.heads.length + found.unknown.length > 0) return found
        yield* Effect.acquireRelease(
          Effect.sync(() => {
            waiting.add(after)
            somebody.openUnsafe()
          }),
          () =>
            Effect.sync(() => {
              waiting.delete(after)
              if (waiting.size === 0) somebody.closeUnsafe()
            })
        )
        const rung = Effect.map(listener.take, (heads): News => ({ heads, unknown: [] }))
        const over = Effect.as(Effect.raceFirst(Effect.sleep(waitMillis), drain.streamsEnd), nothing)
        return yield* Effect.raceFirst(rung, over)
      })
    )
  return Watch.of({ news: listen })
})

/** The streams that end elsewhere than whoever asks has it. */
const compare = Effect.fnUntraced(function* (offers: Offers["Service"], after: ReadonlyArray<StreamEnd>) {
  const ends = new Map((yield* offers.last(after)).map((end) => [keyOf(end), end]))
  const heads: Array<StreamEnd> = []
  const unknown: Array<CompanyStream> = []
  for (const { company, number, source } of after) {
    const end = ends.get(keyOf({ company, source }))
    if (end === undefined) unknown.push({ company, source })
    else if (end.number !== number) heads.push(end)
  }
  return { heads, unknown }
})

interface Looking {
  readonly waiting: ReadonlySet<ReadonlyArray<StreamEnd>>
  readonly somebody: Latch.Latch
  readonly lookInterval: Duration.Input
}

/** Looks for all that are waited for, while anybody waits; each stream once, however many wait for it. */
const looking = (offers: Offers["Service"], bell: Bell["Service"], { lookInterval, somebody, waiting }: Looking) => {
  const trouble = Trouble.make("it could not be looked for what other services wait for")
  const look = Effect.gen(function* () {
    const awaited = new Map<string, CompanyStream>()
    for (const ends of waiting) for (const end of ends) awaited.set(keyOf(end), end)
    const streams = [...awaited.values()]
    for (let from = 0; from < streams.length; from += part) {
      yield* bell.ring(yield* offers.last(streams.slice(from, from + part)))
    }
  })
  return Effect.andThen(somebody.await, Effect.sleep(lookInterval)).pipe(
    Effect.andThen(Effect.exit(look)),
    Effect.flatMap((exit) => (exit._tag === "Success" ? trouble.over : trouble.met(exit.cause))),
    Effect.forever
  )
}
