import { HostileBus, Memory } from "@popug/memory"
import { conforms, eventBus, eventBusWithin, lookingBus } from "@popug/testkit/conformance"
import * as Layer from "effect/Layer"
import { freshBus } from "./support.ts"

/** Every event goes to a server and back, on a machine that may have other things to do. */
const timeout = "1 minute"

conforms(eventBus, "NATS", freshBus(), { timeout })
// It leaves looking to consumers.
conforms(lookingBus, "NATS", Layer.provideMerge(freshBus(), Memory.layer))
// One seed: whatever else may come late, twice or never, `npm run soak -- crash --bus nats` tries.
conforms(
  eventBusWithin(1_000),
  "NATS, made hostile",
  HostileBus.layer({ seed: "1", longestDelay: "3 millis" }).pipe(Layer.provide(freshBus({ share: 500 }))),
  { timeout }
)
// Most of it comes from the log.
conforms(
  eventBusWithin(1_000),
  "NATS, with little room",
  freshBus({ window: 30, share: 20, mostHeld: 100, mostPending: 60 }),
  {
    timeout
  }
)
