/**
 * What each adapter does in a second, for docs/reference/conformance.md: one line of JSON. Short, and one after another
 * in one process, so that what the machine does besides falls on all of them.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Sqlite from "@popug-examples/sqlite"
import {
  Actor,
  Billing,
  Company,
  Consumers,
  CreationLimit,
  type CursorStore,
  Ids,
  layerDirectory,
  Notifier,
  PollInterval,
  type Ports,
  Tasks,
  Users
} from "@popug/core"
import { Memory } from "@popug/memory"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { chunks, newTasks } from "./company.ts"
import { median, seconds } from "./measure.ts"
import { withServer } from "./postgres/server.ts"

const [warm, count, batch] = [5_000, 20_000, 1_000]

const services = <E, R>(ports: Layer.Layer<Ports | CursorStore, E, R>) =>
  Layer.mergeAll(Users.layer, Tasks.layer).pipe(
    Layer.provideMerge(Layer.mergeAll(Consumers.layer, layerDirectory)),
    Layer.provideMerge(
      Layer.mergeAll(
        ports,
        Ids.layer,
        Notifier.layerLog,
        Layer.succeed(PollInterval, null),
        Layer.succeed(CreationLimit, () => null)
      )
    ),
    Layer.provideMerge(Company.layer({ secret: "bench" }))
  )

/** Tasks created in batches while nobody follows; then billing books the fee of each. */
const rates = async <E>(ports: Layer.Layer<Ports | CursorStore, E, Company>) => {
  const runtime = ManagedRuntime.make(services(ports))
  const run = runtime.runPromise
  const workers = Array.from({ length: 100 }, (_, index) => ({ id: `p${index}`, name: "Popug", roles: ["worker"] }))
  await run(Effect.flatMap(Users, (users) => users.create(Actor.system, workers)))
  await run(Effect.flatMap(Consumers, ({ settle }) => settle))
  const create = (from: number, to: number) =>
    seconds(async () => {
      for (const tasks of chunks(newTasks(to - from, from), batch)) {
        await run(Effect.flatMap(Tasks, (service) => service.create(Actor.system, tasks)))
      }
    })
  const book = () =>
    seconds(() => {
      const follow = Effect.flatMap(Layer.build(Layer.fresh(Billing.layer)), () =>
        Effect.flatMap(Consumers, ({ settle }) => settle)
      )
      return run(Effect.scoped(follow))
    })
  await create(0, warm)
  await book()
  const [creating, booking] = [await create(warm, warm + count), await book()]
  await runtime.dispose()
  return { commands: count / creating, transfers: count / booking }
}

const folder = mkdtempSync(join(tmpdir(), "popug-rates-"))
const round = async (file: string) => ({
  memory: await rates(Memory.layer),
  pglite: await rates(Pglite.layer({ clock: "effect" })),
  postgres: await withServer(false, (url) =>
    rates(Postgres.layer({ url: Redacted.make(url), ssl: false, schema: "rates", migrate: true, clock: "effect" }))
  ),
  SQLite: await rates(Sqlite.layer({ file: join(folder, file) }))
})
try {
  const rounds = [await round("1.db"), await round("2.db"), await round("3.db")]
  const found = (["memory", "pglite", "postgres", "SQLite"] as const).map((name) => {
    const of = (what: "commands" | "transfers") => median(rounds.map((one) => one[name][what]))
    return [name, { commands: of("commands"), transfers: of("transfers") }] as const
  })
  console.log(JSON.stringify(Object.fromEntries(found)))
} finally {
  rmSync(folder, { recursive: true })
}
