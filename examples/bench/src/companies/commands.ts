/**
 * Commands of a hundred companies, one task each, from 64 callers that go from company to company; beside them a
 * hand-written transaction for each (A), which knows of no companies. A hundred companies have a hundred heads: their
 * commands go together only where two callers meet.
 */
import { Company, Consumers, CreationLimit, Ids, layerDirectory, PollInterval, Tasks, Users } from "@popug/core"
import { Postgres } from "@popug/postgres"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Scope from "effect/Scope"
import type { Row } from "../measure.ts"
import { openCommands } from "../postgres/baseline.ts"
import { callers, inTurn } from "../postgres/commands.ts"
import { rateRow } from "../postgres/watch.ts"
import { allOf, createOne, database, hire, idsOf, startHost } from "./host.ts"
import type { Settings } from "./settings.ts"

const [companies, callersOf, connections] = [100, 64, 32]

/** One command after another, of one company after another. */
const createInTurn = (services: ReadonlyArray<Context.Context<Tasks>>) => {
  let next = 0
  return () => {
    const index = next++
    return Effect.asVoid(createOne(services[index % services.length]!, `Task number ${index}`))
  }
}

/** Companies whose tasks nobody follows, as (A) has it. */
const openProducers = async (url: string, schema: string, count: number) => {
  const runtime = ManagedRuntime.make(
    Layer.mergeAll(
      database(url, schema, connections),
      Ids.layer,
      Layer.succeed(PollInterval, null),
      Layer.succeed(CreationLimit, () => null)
    )
  )
  const scope = Scope.makeUnsafe()
  const producers = (id: string) =>
    Layer.fresh(
      Layer.mergeAll(Users.layer, Tasks.layer).pipe(
        Layer.provideMerge(Layer.mergeAll(Consumers.layer, layerDirectory)),
        Layer.provideMerge(Postgres.layerCompany),
        Layer.provideMerge(Company.layer({ id, secret: "bench" }))
      )
    )
  const services = await runtime.runPromise(
    Effect.forEach(idsOf(count), (id) =>
      Effect.tap(Layer.buildWithScope(producers(id), scope), (own) => Effect.provideContext(hire, own))
    )
  )
  return {
    run: <A, E>(effect: Effect.Effect<A, E>) => runtime.runPromise(effect),
    create: createInTurn(services),
    close: async () => {
      await runtime.runPromise(Scope.close(scope, Exit.void))
      await runtime.dispose()
    }
  }
}

/** Companies of a host, with everybody following. */
const openHost = async (url: string) => {
  const host = await startHost(url, { connections })
  const scope = Scope.makeUnsafe()
  const ids = idsOf(companies)
  await host.run(host.host.open(ids.map((id) => ({ id }))))
  const services = await host.run(Scope.provide(allOf(host.host, ids, 10), scope))
  await host.run(Effect.forEach(services, (own) => Effect.provideContext(hire, own), { concurrency: 10 }))
  const settled = Effect.forEach(
    services,
    (own) =>
      Effect.provideContext(
        Effect.flatMap(Consumers, ({ settle }) => settle),
        own
      ),
    { concurrency: 10, discard: true }
  )
  return {
    run: host.run,
    create: createInTurn(services),
    settled,
    close: async () => {
      await host.run(Scope.close(scope, Exit.void))
      await host.close()
    }
  }
}

export const commands = async ({ companies: all, say, url, watch }: Settings): Promise<ReadonlyArray<Row>> => {
  const count = Math.ceil(Math.min(8_000, all))
  say("commands of 100 companies")
  const byHand = await openCommands(url, "companies_by_hand", connections)
  const many = await openProducers(url, "companies_producers", companies)
  const one = await openProducers(url, "companies_one", 1)
  const followed = await openHost(url)
  let next = 0
  const createByHand = () => byHand.create(`t${String(next++).padStart(9, "0")}`, `Task number ${next}`)
  const [ofMany, ofOne, ofFollowed, theirs] = await inTurn([
    () => watch(() => many.run(callers(callersOf, count, many.create))),
    () => watch(() => one.run(callers(callersOf, count, one.create))),
    () => watch(() => followed.run(Effect.andThen(callers(callersOf, count >> 1, followed.create), followed.settled))),
    () => watch(() => byHand.run(callers(callersOf, count, createByHand)))
  ])
  for (const each of [byHand, many, one, followed]) await each.close()
  const baseline = { count, taken: theirs }
  const row = (what: string, done: number, taken: typeof theirs, goal: Row["goal"] = null) =>
    rateRow(what, "commands/s", { count: done, taken }, baseline, goal)
  return [
    row("one task a command, 64 callers over 100 companies, nobody follows", count, ofMany, { atLeast: 1 }),
    row("the same of one company, whose commands go together", count, ofOne),
    row("over 100 companies with everybody following, until all is booked", count >> 1, ofFollowed)
  ]
}
