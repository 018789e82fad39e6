import { Postgres } from "@popug/postgres"
import {
  allStores,
  billingStore,
  conforms,
  cursorStore,
  digest,
  eventBus,
  eventLog,
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
import { newcomer } from "./crowd.ts"
import { client, freshBus, freshSchema, of } from "./support.ts"

const schema = freshSchema()
const ports = Layer.provide(
  Postgres.layerCompany,
  Layer.suspend(() => Postgres.layerDatabase({ ...client, clock: "effect", schema }))
)
const layer = newcomer(schema, Postgres.layerClient(client), ports)

conforms(userStore, "postgres", layer)
conforms(taskStore, "postgres", layer)
conforms(billingStore, "postgres", layer)
conforms(reportStore, "postgres", layer)
conforms(eventLog, "postgres", layer)
conforms(cursorStore, "postgres", layer)
conforms(allStores, "postgres", layer)

// Two pools for one company.
const two = instances(() => {
  let isRoom = false
  return Layer.suspend(() => {
    const second = isRoom
    isRoom = true
    return second ? of("conformance")(Layer.fresh(ports)) : layer
  })
})
conforms(sharedUserStore, "postgres", two)
conforms(sharedTaskStore, "postgres", two)
conforms(sharedBillingStore, "postgres", two)
conforms(sharedReportStore, "postgres", two)
conforms(sharedCursorStore, "postgres", two)
conforms(digest, "postgres", layer)
conforms(eventBus, "postgres", freshBus)
conforms(lookingBus, "postgres", layer)
