/** Simulated companies in one schema, each among those before it: other lives with the same ids, numbers and days. */
import { PgClient } from "@effect/sql-pg/PgClient"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import { Simulation } from "@popug/testkit/simulation"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { newcomer } from "./crowd.ts"
import { fingerprint } from "./neighbours.ts"
import { client, freshSchema } from "./support.ts"

/** The id that the simulation gives every company. */
const id = "popug-inc"

describe.each([
  ["Postgres", () => Postgres.layerClient(client)],
  ["PGlite", () => Pglite.layerClient()]
] as const)("a simulated company on %s, among others of the same ids", (_, open) => {
  const schema = freshSchema()
  const runtime = ManagedRuntime.make(Layer.orDie(open()))
  // Nothing is returned: vitest would take the client, which is a function, for what cleans up.
  beforeAll(async () => void (await runtime.runPromise(Postgres.migrate({ schema }))), 60_000)
  afterAll(() => runtime.dispose())

  const shared = Layer.effect(
    PgClient,
    Effect.promise(() => runtime.runPromise(PgClient))
  )
  const ports = Postgres.layerCompany.pipe(
    Layer.provide(Postgres.layerDatabaseOver({ schema, clock: "effect", listen: false })),
    Layer.provide(shared)
  )
  /** Runs a company that is new in the schema, and checks that nobody else's row has changed. */
  const live = async (options: Simulation.Options) => {
    const others = () => runtime.runPromise(fingerprint(schema, { but: id }))
    let before: ReadonlyArray<string> = []
    const stores = newcomer(schema, shared, ports, id).pipe(
      Layer.tap(() => Effect.promise(async () => void (before = await others())))
    )
    const run = await Effect.runPromise(Simulation.runOn(stores, options))
    if (run.violations.length > 0) expect.fail(Simulation.describe(run, options))
    expect(run.counts.transfers).toBeGreaterThan(0)
    expect(await others()).toEqual(before)
    return run
  }

  it("keeps all rules under all faults, and leaves the others alone", { timeout: 60_000 }, async () => {
    await live({ seed: 3 })
  })

  it("comes to the same books as in memory when nothing goes wrong", { timeout: 60_000 }, async () => {
    const options = { seed: 4, faults: {}, lockstep: true }
    const run = await live(options)
    expect(Simulation.sameBooks(run, Simulation.run(options))).toEqual({ same: true, difference: null })
    const [row] = await runtime.runPromise(
      Effect.flatMap(PgClient, ({ unsafe }) =>
        unsafe<{ readonly count: number }>(`select count(distinct company)::int as count from ${schema}.transfers`)
      )
    )
    expect(row!.count).toBe(2)
  })
})
