import { Company, Consumers, CreationLimit, Ids, layerDirectory, PollInterval, Tasks, Users } from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Scope from "effect/Scope"
import { callers } from "../postgres/commands.ts"
import { openCommands } from "../postgres/baseline.ts"
import { openServerCpu } from "../postgres/processes.ts"
import { withServer } from "../postgres/server.ts"
import { count, listed } from "../postgres/statements.ts"
import { createOne, database, hire, idsOf } from "./host.ts"
const n = Number(process.argv[2]), conns = Number(process.argv[3] ?? 32), cs = Number(process.argv[4] ?? 100)
await withServer(true, async (url) => {
  const cpu = (await openServerCpu(url))!
  const runtime = ManagedRuntime.make(Layer.mergeAll(database(url, "p", conns), Ids.layer, Layer.succeed(PollInterval, null), Layer.succeed(CreationLimit, () => null)))
  const scope = Scope.makeUnsafe()
  const producers = (id: string) => Layer.fresh(Layer.mergeAll(Users.layer, Tasks.layer).pipe(Layer.provideMerge(Layer.mergeAll(Consumers.layer, layerDirectory)), Layer.provideMerge(Postgres.layerCompany), Layer.provideMerge(Company.layer({ id, secret: "bench" }))))
  const services = await runtime.runPromise(Effect.forEach(idsOf(cs), (id) => Effect.tap(Layer.buildWithScope(producers(id), scope), (own) => Effect.provideContext(hire, own))))
  let next = 0
  const create = () => { const i = next++; return Effect.asVoid(createOne(services[i % cs]!, `Task number ${i}`)) }
  await runtime.runPromise(callers(64, 1000, create))
  const { Session } = await import("node:inspector/promises"); const fs = await import("node:fs")
  const hand = await openCommands(url, "h", 32)
  let k = 0
  const byHand = () => hand.create(`t${String(k++).padStart(9, "0")}`, `Task number ${k}`)
  const measure = async (what: string, run: () => Promise<unknown>) => {
    await count(url)
    const [c0, s0, t0] = [process.cpuUsage(), cpu(), performance.now()]
    await run()
    const c = process.cpuUsage(c0), dt = performance.now() - t0
    console.log(`${what}: ${(n / dt * 1000).toFixed(0)}/s, ${((c.user + c.system) / n).toFixed(0)} + ${((cpu() - s0) * 1e6 / n).toFixed(0)} us`)
    if (what === "ours") console.log(await listed(url))
  }
  await hand.run(callers(64, 1000, byHand))
  for (let r = 0; r < 2; r++) {
    const session = new Session(); session.connect(); await session.post("Profiler.enable"); await session.post("Profiler.setSamplingInterval", { interval: 300 })
    if (r === 1) await session.post("Profiler.start")
    await measure("ours", () => runtime.runPromise(callers(64, n, create)))
    if (r === 1) { const { profile } = (await session.post("Profiler.stop")) as any; fs.writeFileSync("/tmp/cmd.cpuprofile", JSON.stringify(profile)) }
    session.disconnect()
    await measure("by hand", () => hand.run(callers(64, n, byHand)))
  }
  await hand.close(); await runtime.dispose()
})
