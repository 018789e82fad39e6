/**
 * The bus as a process meets it.
 */
import { EventBus } from "@popug/core"
import { HostileBus } from "@popug/memory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type { Process } from "./Process.ts"
import { note, type World } from "./World.ts"

/** A hostile bus, whose publisher may be gone before it publishes. */
export const hostile = (world: World, process: Process, tame: EventBus["Service"]): EventBus["Service"] => {
  const { dice } = world
  const chance = world.chance.stream(`bus ${process.name}`)
  const rates = {
    failPublish: dice.rate("failPublish"),
    loseAcknowledgement: dice.rate("loseAcknowledgement"),
    duplicate: dice.rate("duplicate"),
    delay: dice.rate("delay"),
    withhold: dice.rate("withhold"),
    reorder: chance.hit(dice.rate("reorder")),
    longestDelay: "10 minutes" as const
  }
  const peaceful =
    rates.failPublish + rates.loseAcknowledgement + rates.duplicate + rates.delay + rates.withhold === 0 &&
    !rates.reorder
  const mean = peaceful
    ? tame
    : Context.get(
        Effect.runSync(
          Effect.scoped(
            Layer.build(HostileBus.layer(rates).pipe(Layer.provide(Layer.succeed(EventBus, tame)))).pipe(
              Effect.provideService(
                Random.Random,
                random(() => (dice.calm ? harmless : chance.next()))
              )
            )
          )
        ),
        EventBus
      )
  return {
    ...mean,
    publish: (events) =>
      Effect.suspend(() => {
        if (dice.hit("crashBeforePublish")) return process.crash
        const { number, source } = events.at(-1)!
        note(world, `${process.name} publishes ${source} up to ${number}`)
        return mean.publish(events)
      })
  }
}

/** Below no rate of a fault, and a place in every list. */
const harmless = 1 - 2 ** -32

const random = (next: () => number): Random.Random => ({
  nextDoubleUnsafe: next,
  nextIntUnsafe: () => Math.floor(next() * 2 ** 32)
})
