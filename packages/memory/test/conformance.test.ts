import { Ids } from "@popug/core"
import { HostileBus, Memory } from "@popug/memory"
import {
  allStores,
  billingStore,
  companyDirectory,
  companyHome,
  companyWork,
  conforms,
  cursorStore,
  digest,
  eventBus,
  eventLog,
  ids,
  instances,
  lookingBus,
  reportStore,
  sharedBillingStore,
  sharedCursorStore,
  sharedReportStore,
  sharedTaskStore,
  sharedUserStore,
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
conforms(allStores, "memory", Memory.layer)

const two = instances(() => {
  const disk = Memory.disk()
  return Layer.suspend(() => Memory.layerOn(disk))
})
conforms(sharedUserStore, "memory", two)
conforms(sharedTaskStore, "memory", two)
conforms(sharedBillingStore, "memory", two)
conforms(sharedReportStore, "memory", two)
conforms(sharedCursorStore, "memory", two)

const shelf = Layer.suspend(() => Memory.layerShelf(Memory.shelf()))
conforms(companyDirectory, "memory", shelf)
conforms(companyHome, "memory", shelf)
conforms(companyWork, "memory", shelf)
conforms(digest, "memory", Memory.layerDigest)
conforms(ids, "core", Ids.layer)
conforms(eventBus, "memory", Memory.layerBus)
conforms(lookingBus, "memory", Memory.layer)
for (const seed of ["1", "2", "3"]) {
  conforms(
    eventBus,
    `memory, made hostile with seed ${seed}`,
    HostileBus.layer({ seed, longestDelay: "3 millis" }).pipe(Layer.provide(Memory.layerBus))
  )
}
