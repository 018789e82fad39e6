import {
  allStores,
  billingStore,
  conforms,
  cursorStore,
  digest,
  eventLog,
  reportStore,
  sharedBillingStore,
  sharedCursorStore,
  sharedReportStore,
  sharedTaskStore,
  sharedUserStore,
  taskStore,
  userStore
} from "@popug/testkit/conformance"
import { one, two } from "./support/stores.ts"

conforms(userStore, "SQLite", one)
conforms(taskStore, "SQLite", one)
conforms(billingStore, "SQLite", one)
conforms(reportStore, "SQLite", one)
conforms(eventLog, "SQLite", one)
conforms(cursorStore, "SQLite", one)
conforms(digest, "SQLite", one)
conforms(allStores, "SQLite", one)

conforms(sharedUserStore, "SQLite", two)
conforms(sharedTaskStore, "SQLite", two)
conforms(sharedBillingStore, "SQLite", two)
conforms(sharedReportStore, "SQLite", two)
conforms(sharedCursorStore, "SQLite", two)
