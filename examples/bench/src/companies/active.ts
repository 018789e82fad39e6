/**
 * A thousand companies in use at once, over ten connections: what the process and each connection keep for them.
 */
import { Actor, Books, Tasks } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { median, type Row } from "../measure.ts"
import { openServerMemory } from "../postgres/processes.ts"
import { createOne, hire, type Host, idsOf, startHost } from "./host.ts"
import { plain, type Settings } from "./settings.ts"

const [kilobyte, megabyte] = [1e3, 1e6]

/** Brings companies into use, and asks each for what people ask for. They stay in use while the scope is open. */
const useInTurn = (host: Host, ids: ReadonlyArray<string>, scope: Scope.Scope) =>
  host.run(
    Effect.forEach(
      ids,
      (id) =>
        Effect.gen(function* () {
          const services = yield* Scope.provide(host.host.get(id), scope)
          yield* Effect.provideContext(hire, services)
          const { answer } = yield* createOne(services, "A task")
          yield* Context.get(services, Tasks).completeMany(
            Actor.system,
            answer.map((task) => task.id)
          )
          yield* Context.get(services, Tasks).list(Actor.system, {})
          yield* Context.get(services, Books).accounts(Actor.system, {})
        }),
      { concurrency: 10, discard: true }
    )
  )

const swept = () => {
  globalThis.gc?.()
  return process.memoryUsage()
}

export const active = async ({ companies, say, url }: Settings): Promise<ReadonlyArray<Row>> => {
  const count = Math.ceil(companies / 10)
  const few = Math.ceil(count / 10)
  const host = await startHost(url, { connections: 10 })
  const scope = Scope.makeUnsafe()
  const ids = idsOf(count)
  await host.run(host.host.open(ids.map((id) => ({ id }))))
  const privateBytes = await openServerMemory(url)

  say(`${few} companies in use`)
  await useInTurn(host, ids.slice(0, few), scope)
  const [heapOfFew, connectionsOfFew] = [swept().heapUsed, privateBytes?.() ?? [0]]
  say(`${count} companies in use`)
  await useInTurn(host, ids.slice(few), scope)
  const [{ heapUsed, rss }, connections] = [swept(), privateBytes?.() ?? [0]]
  await host.run(Scope.close(scope, Exit.void))
  await host.close()

  const text = count.toLocaleString("en-US")
  const [ours, baseline] = [median(connections) / megabyte, median(connectionsOfFew) / megabyte]
  return [
    plain(`the process with ${text} companies in use, each asked for work, over 10 connections`, "MB", rss / megabyte, {
      atMost: 1_000,
      of: "ours"
    }),
    plain("of that, the heap for each of them", "kB", (heapUsed - heapOfFew) / (count - few) / kilobyte),
    {
      what: `what a connection has for itself then; beside it, after ${few.toLocaleString("en-US")}`,
      units: "MB",
      ours,
      baseline,
      ratio: ours / baseline,
      goal: { atMost: 1.25 }
    }
  ]
}
