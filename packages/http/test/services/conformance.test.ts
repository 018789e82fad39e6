import { Memory } from "@popug/memory"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import { check, conforms, eventBus, eventLog, lookingBus } from "@popug/testkit/conformance"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { company } from "../support/services.ts"
import { busOver, id, logOver, producer, publishing } from "../support/wired.ts"

conforms(eventLog, "another service, over HTTP", logOver(producer(Memory.layer)))
conforms(eventBus, "long polls of another service", publishing())
conforms(lookingBus, "long polls of another service", busOver(producer(Memory.layer)))

// One PGlite for all: it takes seconds to open.
const runtime = ManagedRuntime.make(Pglite.layerClient())
beforeAll(async () => void (await runtime.context()), 60_000)
afterAll(() => runtime.dispose())
const client = Layer.effectContext(Effect.promise(() => runtime.context()))

let schemas = 0
/** The stores of a company in a schema of its own. */
const stores = Layer.suspend(() =>
  Postgres.layerCompany.pipe(
    Layer.provide(
      Postgres.layerDatabaseOver({ schema: `wire_${(schemas += 1)}`, clock: "effect", listen: false, migrate: true })
    ),
    Layer.provide([client, company(id)])
  )
)

conforms(eventLog, "another service on PGlite, over HTTP", logOver(producer(stores)))

describe("the suites, over HTTP", () => {
  const isBroken = async (
    promise: Effect.Effect<void, unknown, never>,
    layer: Layer.Layer<never, unknown>,
    within: Duration.Input = "500 millis"
  ) => Exit.isFailure(await Effect.runPromiseExit(check(promise, layer, within)))

  it("catch a service that does not look for what nobody tells of", async () => {
    const promise =
      lookingBus.promises["delivers to who waits what was committed and never published, one after another"]
    const deaf = busOver(producer(Memory.layer, { lookInterval: null }))
    expect(await isBroken(promise as never, deaf as never)).toBe(true)
  })

  it("catch a service that tells nobody of what it commits", async () => {
    const promise = eventBus.promises["wakes a subscriber who waits"]
    expect(await isBroken(promise as never, publishing({ lookInterval: null, tells: false }) as never)).toBe(true)
    expect(await isBroken(promise as never, publishing({ lookInterval: null }) as never, "20 seconds")).toBe(false)
  })
})
