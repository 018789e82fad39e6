import { PgClient } from "@effect/sql-pg/PgClient"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
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
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll } from "vitest"
import { newcomer } from "./crowd.ts"
import { committedBus, freshSchema, of } from "./support.ts"

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

const optOut = {
  "forgets while a transaction holds the head":
    "PGlite has one session: what is outside of an open transaction waits until it is over",
  "reads outside a transaction see committed rows only":
    "PGlite has one session: what is outside of an open transaction waits until it is over"
}

conforms(userStore, "pglite", layer, { optOut })
conforms(taskStore, "pglite", layer, { optOut })
conforms(billingStore, "pglite", layer, { optOut })
conforms(reportStore, "pglite", layer)
conforms(eventLog, "pglite", layer)
conforms(cursorStore, "pglite", layer, {
  optOut: {
    "consumers do not wait for one another": "PGlite has one session: transactions run one after another"
  }
})
const oneByOne = "PGlite has one session: transactions run one after another"
conforms(allStores, "pglite", layer, {
  optOut: {
    "nobody waits for a transaction of users, and nobody makes it stale": oneByOne,
    "nobody waits for a transaction of tasks, and nobody makes it stale": oneByOne,
    "nobody waits for a transaction of billing, and nobody makes it stale": oneByOne
  }
})

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
conforms(digest, "pglite", layer)
conforms(
  eventBus,
  "pglite",
  committedBus((schema) =>
    Postgres.layerOver({ schema, clock: "effect", migrate: true, listen: false }).pipe(Layer.provideMerge(client))
  )
)
