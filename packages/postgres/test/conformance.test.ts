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
import { client, fresh, freshBus, freshSchema } from "./support.ts"

const layer = fresh()

conforms(userStore, "postgres", layer)
conforms(taskStore, "postgres", layer)
conforms(billingStore, "postgres", layer)
conforms(reportStore, "postgres", layer)
conforms(eventLog, "postgres", layer)
conforms(cursorStore, "postgres", layer)
conforms(allStores, "postgres", layer)

// Two pools on one schema.
const two = instances(() => {
  const schema = freshSchema()
  return Layer.suspend(() => Postgres.layer({ ...client, clock: "effect", migrate: true, schema }))
})
conforms(sharedUserStore, "postgres", two)
conforms(sharedTaskStore, "postgres", two)
conforms(sharedBillingStore, "postgres", two)
conforms(sharedReportStore, "postgres", two)
conforms(sharedCursorStore, "postgres", two)
conforms(digest, "postgres", layer)
conforms(eventBus, "postgres", freshBus)
