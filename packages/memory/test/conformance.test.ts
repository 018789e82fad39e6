import { Ids } from "@popug/core"
import { HostileBus, Memory } from "@popug/memory"
import {
  billingStore,
  conforms,
  cursorStore,
  digest,
  eventBus,
  eventLog,
  ids,
  reportStore,
  taskStore,
  userStore
} from "@popug/testkit/conformance"
import * as Layer from "effect/Layer"

conforms(userStore, "memory", Memory.layer)
conforms(taskStore, "memory", Memory.layer)
conforms(billingStore, "memory", Memory.layer)
conforms(reportStore, "memory", Memory.layer)
conforms(eventLog, "memory", Memory.layer)
conforms(cursorStore, "memory", Memory.layer)
conforms(digest, "memory", Memory.layerDigest)
conforms(ids, "core", Ids.layer)
conforms(eventBus, "memory", Memory.layerBus)
for (const seed of ["1", "2", "3"]) {
  conforms(
    eventBus,
    `memory, made hostile with seed ${seed}`,
    HostileBus.layer({ seed, longestDelay: "3 millis" }).pipe(Layer.provide(Memory.layerBus))
  )
}
