/**
 * What is between contexts that run apart: questions that are lost, slow or cut off, to whatever process of the other
 * context is up.
 */
import { Directory, type EventLog, Payouts, Prices, type StoreError } from "@popug/core"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Contexts from "../../apart/Contexts.ts"
import * as Calls from "./Calls.ts"
import type { Node } from "./Node.ts"
import type { Process, Services } from "./Process.ts"
import { type Between, note, type World } from "./World.ts"

/** How long an answer is waited for, and how long one may take. */
const patienceMillis = 10_000
const longestMillis = 60_000

/** What another context's process can be asked. */
interface Asked {
  readonly services: Context.Context<Services | Payouts | Prices>
  readonly log: EventLog["Service"]
}

export class Network implements Between {
  readonly #world: World
  readonly #nodes: ReadonlyArray<Node>
  readonly #cut = new Map<string, number>()
  #questions = 0

  constructor(world: World, nodes: ReadonlyArray<Node>) {
    this.#world = world
    this.#nodes = nodes
  }

  cut(between: readonly [Contexts.Name, Contexts.Name], until: number): void {
    this.#cut.set([...between].sort().join(" "), until)
  }

  told(process: Process, from: Contexts.Name): Contexts.Told {
    const ask = <A>(to: Contexts.Name, question: (asked: Asked) => Effect.Effect<A, StoreError>) =>
      this.#ask(process, [from, to], question)
    const logOf = (source: "users" | "tasks" | "billing"): EventLog["Service"] => ({
      read: (_, after, limit) => ask(source, ({ log }) => log.read(source, after, limit)),
      last: () => ask(source, ({ log }) => log.last(source))
    })
    return {
      logs: { users: logOf("users"), tasks: logOf("tasks"), billing: logOf("billing") },
      directory: { lookup: (ids) => ask("users", ({ services }) => Context.get(services, Directory).lookup(ids)) },
      payouts: {
        of: (period, paging) => ask("billing", ({ services }) => Context.get(services, Payouts).of(period, paging))
      },
      prices: { fees: (tasks) => ask("billing", ({ services }) => Context.get(services, Prices).fees(tasks)) }
    }
  }

  #ask<A>(
    process: Process,
    between: readonly [Contexts.Name, Contexts.Name],
    question: (asked: Asked) => Effect.Effect<A, StoreError>
  ): Effect.Effect<A, StoreError> {
    const world = this.#world
    const { dice, time } = world
    const [from, to] = between
    const chance = world.chance.stream(`network ${process.name} ${to} ${this.#questions++}`)
    const slowly = Effect.suspend(() => {
      if (!dice.hit("slow")) return Effect.void
      const draws = dice.of("slow")
      const wait = draws.hit(0.5) ? draws.between(1, patienceMillis) : draws.skewed(longestMillis)
      return time.sleepUntil(() => time.now + wait)
    })
    const isCut = () => !dice.calm && (this.#cut.get([...between].sort().join(" ")) ?? 0) > time.now
    return Effect.gen({ self: this }, function* () {
      if (yield* Calls.InTransaction) {
        const message = `${process.name} asks ${to} while it holds the head of ${from}`
        world.broken.push({ rule: "the head", message })
      }
      yield* process.stands
      const node = chance.pick(this.#upOf(to))
      if (node === undefined || dice.hit("refuse")) return yield* Calls.unavailable()
      const answered = Deferred.makeUnsafe<A, StoreError>()
      // The other process goes on, whoever hears of it.
      yield* Effect.forkDetach(
        Effect.gen(function* () {
          yield* slowly
          if (isCut()) return
          const exit = yield* Effect.exit(Effect.provideService(question(node), Clock.Clock, node.clock))
          yield* slowly
          if (isCut()) return
          Deferred.doneUnsafe(answered, exit)
        })
      )
      const answer = yield* Deferred.await(answered).pipe(
        Effect.timeoutOrElse({
          duration: patienceMillis,
          orElse: () =>
            Effect.suspend(() => {
              note(world, `${process.name} hears nothing from ${to}`)
              return Effect.fail(Calls.unavailable())
            })
        })
      )
      yield* process.stands
      return answer
    })
  }

  /** What can be asked of a context's processes that are up. */
  #upOf(context: Contexts.Name): ReadonlyArray<Asked & { readonly clock: Clock.Clock }> {
    return this.#nodes.flatMap((node) => (node.context === context && node.up !== undefined ? (node.up as never) : []))
  }
}
