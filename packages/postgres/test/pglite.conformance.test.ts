import { PgClient } from "@effect/sql-pg/PgClient"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
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
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll } from "vitest"
import { committedBus, freshSchema } from "./support.ts"

// One PGlite for all: it takes seconds to open. Each promise gets a schema of its own.
const runtime = ManagedRuntime.make(Pglite.layerClient())
afterAll(() => runtime.dispose())
const client = Layer.effect(
  PgClient,
  Effect.promise(() => runtime.runPromise(PgClient))
)

const layer = Layer.unwrap(
  Effect.sync(() =>
    Postgres.layerOver({ schema: freshSchema(), clock: "effect", migrate: true, listen: false }).pipe(
      Layer.provide(client)
    )
  )
)

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
conforms(digest, "pglite", layer)
conforms(
  eventBus,
  "pglite",
  committedBus((schema) =>
    Postgres.layerOver({ schema, clock: "effect", migrate: true, listen: false }).pipe(Layer.provideMerge(client))
  )
)
