import { PgClient } from "@effect/sql-pg/PgClient"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
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
import { optOuts } from "./optOuts.ts"
import { committedBus, databases, freshSchema, hostOver, of } from "./support.ts"

// One PGlite for all: it takes seconds to open.
const runtime = ManagedRuntime.make(Pglite.layerClient())
// Nothing is returned: vitest would take the client, which is a function, for what cleans up.
beforeAll(async () => void (await runtime.runPromise(PgClient)), 60_000)
afterAll(() => runtime.dispose())
const client = Layer.effect(
  PgClient,
  Effect.promise(() => runtime.runPromise(PgClient))
)

const schema = freshSchema()
const ports = Postgres.layerCompany.pipe(
  Layer.provide(Postgres.layerDatabaseOver({ schema, clock: "effect", listen: false })),
  Layer.provide(client)
)
const layer = newcomer(schema, client, ports)

conforms(userStore, "pglite", layer, { optOut: optOuts.stream })
conforms(taskStore, "pglite", layer, { optOut: optOuts.stream })
conforms(billingStore, "pglite", layer, { optOut: optOuts.stream })
conforms(reportStore, "pglite", layer)
conforms(eventLog, "pglite", layer)
conforms(cursorStore, "pglite", layer, { optOut: optOuts.cursors })
conforms(allStores, "pglite", layer, { optOut: optOuts.all })

// Two sets of ports over one bridge: as near to two processes as one session comes.
const two = instances(() => {
  let isRoom = false
  return Layer.suspend(() => {
    const second = isRoom
    isRoom = true
    return second ? of("conformance")(ports) : layer
  })
})
conforms(sharedUserStore, "pglite", two)
conforms(sharedTaskStore, "pglite", two)
conforms(sharedBillingStore, "pglite", two)
conforms(sharedReportStore, "pglite", two)
conforms(sharedCursorStore, "pglite", two)

const host = hostOver(client)
conforms(companyDirectory, "pglite", host)
conforms(companyHome, "pglite", host, { optOut: optOuts.homes })
conforms(companyWork, "pglite", host)
conforms(companyArchive, "pglite", databases(host, hostOver(client)))
conforms(digest, "pglite", layer)
conforms(
  eventBus,
  "pglite",
  committedBus((schema) =>
    Postgres.layerOver({ schema, clock: "effect", migrate: true, listen: false }).pipe(Layer.provideMerge(client))
  )
)
conforms(lookingBus, "pglite", layer)
