import {
  billingStore,
  conforms,
  cursorStore,
  digest,
  eventBus,
  eventLog,
  reportStore,
  taskStore,
  userStore
} from "@popug/testkit/conformance"
import { fresh, freshBus } from "./support.ts"

const layer = fresh()

conforms(userStore, "postgres", layer)
conforms(taskStore, "postgres", layer)
conforms(billingStore, "postgres", layer)
conforms(reportStore, "postgres", layer)
conforms(eventLog, "postgres", layer)
conforms(cursorStore, "postgres", layer)
conforms(digest, "postgres", layer)
conforms(eventBus, "postgres", freshBus)
