import { HostileBus, Memory } from "@popug/memory"
import { conforms, eventBus, lookingBus } from "@popug/testkit/conformance"
import * as Layer from "effect/Layer"
import { freshBus } from "./support.ts"

conforms(eventBus, "NATS", freshBus())
// It leaves looking to consumers.
conforms(lookingBus, "NATS", Layer.provideMerge(freshBus(), Memory.layer))
for (const seed of ["1", "2", "3"]) {
  conforms(
    eventBus,
    `NATS, made hostile with seed ${seed}`,
    HostileBus.layer({ seed, longestDelay: "3 millis" }).pipe(Layer.provide(freshBus()))
  )
}
conforms(eventBus, "NATS, with little room", freshBus({ window: 3, share: 20, mostHeld: 100, mostPending: 60 }))
