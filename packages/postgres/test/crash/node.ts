/**
 * A node of a company whose time goes faster than the clock's.
 */
import { Company, Ids, Notifier, PollInterval, Popug } from "@popug/core"
import { Nats } from "@popug/nats"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Plan } from "./plan.ts"

/** A clock that shows a time of its own; sleeping is real. */
export const fastClock = ({ began, factor }: Pick<Plan, "began" | "factor">): Layer.Layer<never> => {
  const live = Clock.Clock.defaultValue()
  const millis = () => Math.floor(began + (live.currentTimeMillisUnsafe() - began) * factor)
  return Layer.succeed(Clock.Clock, {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: () => BigInt(millis()) * 1_000_000n,
    currentTimeNanos: Effect.sync(() => BigInt(millis()) * 1_000_000n),
    monotonicTimeNanosUnsafe: () => live.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: live.monotonicTimeNanos,
    sleep: (duration) => live.sleep(duration)
  })
}

const ports = (store: Plan["store"], name: string) =>
  store.kind === "postgres"
    ? Postgres.layer({
        url: Redacted.make(store.url),
        ssl: false,
        applicationName: name,
        schema: store.schema,
        migrate: true,
        clock: "effect",
        // Somebody who is paused in mid-commit holds the others up for so long.
        idleTimeoutMillis: 1_500,
        lockTimeoutMillis: 3_000
      })
    : Pglite.layer({ folder: store.folder, clock: "effect" })

/** The ports with events carried by NATS, if there is one: then what it loses is looked for less often. */
const carried = ({ name, nats, store }: Pick<Plan, "store" | "name" | "nats">) => {
  const own = ports(store, name)
  return nats === undefined
    ? own
    : Nats.layer({ servers: nats, connection: { reconnectTimeWait: 50 }, timeout: "1 second" }).pipe(
        Layer.provideMerge(own),
        Layer.orDie
      )
}

export const node = (plan: Pick<Plan, "store" | "began" | "factor" | "name" | "nats">) =>
  Popug.layer.pipe(
    Layer.provide(plan.nats === undefined ? Layer.empty : Layer.succeed(PollInterval, Duration.seconds(5))),
    Layer.provideMerge(Layer.mergeAll(carried(plan), Ids.layer, Notifier.layerLog)),
    Layer.provideMerge(Company.layer({ secret: "s", longestJump: null })),
    Layer.provideMerge(fastClock(plan))
  )
