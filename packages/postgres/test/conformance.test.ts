import { Postgres } from "@popug/postgres"
import {
  allStores,
  billingStore,
  companyArchive,
  companyDirectory,
  companyHome,
  companyWork,
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
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll } from "vitest"
import { newcomer } from "./crowd.ts"
import { client, databases, freshBus, freshSchema, hostOver, of } from "./support.ts"

const schema = freshSchema()
const database = () => Postgres.layerDatabase({ ...client, clock: "effect", migrate: true, schema })

// One pool for all companies, as a host has it: to open one for each promise takes longer than the promises.
const runtime = ManagedRuntime.make(database())
beforeAll(async () => void (await runtime.context()))
afterAll(() => runtime.dispose())
const shared = Layer.effectContext(Effect.promise(() => runtime.context()))
const layer = newcomer(schema, shared, Layer.provide(Postgres.layerCompany, shared))

conforms(userStore, "postgres", layer)
conforms(taskStore, "postgres", layer)
conforms(billingStore, "postgres", layer)
conforms(reportStore, "postgres", layer)
conforms(eventLog, "postgres", layer)
conforms(cursorStore, "postgres", layer)
conforms(allStores, "postgres", layer)

// Two pools for one company: the second one is another process's.
const two = instances(() => {
  let isRoom = false
  return Layer.suspend(() => {
    const second = isRoom
    isRoom = true
    return second ? of("conformance")(Layer.provide(Postgres.layerCompany, Layer.fresh(database()))) : layer
  })
})
conforms(sharedUserStore, "postgres", two)
conforms(sharedTaskStore, "postgres", two)
conforms(sharedBillingStore, "postgres", two)
conforms(sharedReportStore, "postgres", two)
conforms(sharedCursorStore, "postgres", two)

// What is found among all companies of a schema wants a schema of its own.
const host = hostOver(shared)
conforms(companyDirectory, "postgres", host)
conforms(companyHome, "postgres", host)
conforms(companyWork, "postgres", host)
conforms(companyArchive, "postgres", databases(host, hostOver(shared)))
conforms(digest, "postgres", layer)
conforms(eventBus, "postgres", freshBus)
conforms(lookingBus, "postgres", layer)
