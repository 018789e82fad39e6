/**
 * Real stores as a simulated process meets them: virtual time waits for their answers, and who is dead gets none.
 */
import { BillingStore, EventLog, ReportStore, TaskStore, UserStore } from "@popug/core"
import type { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { unavailable } from "./Calls.ts"
import type { Stores } from "./Process.ts"
import type { VirtualTime } from "./VirtualTime.ts"

type Call = Effect.Effect<unknown, unknown>
type Body = (tx: unknown) => Call

/** The stores over a process's connection: when that is cut, no call that was made or is made returns. */
export const tethered = (
  time: VirtualTime,
  connection: Memory.Connection,
  stores: Context.Context<Stores>
): Context.Context<Stores> => {
  const whileAlive = (call: Call): Call =>
    Effect.suspend(() => {
      if (!connection.alive) return Effect.never
      return Effect.flatMap(Effect.exit(time.outside(call)), (exit) => (connection.alive ? exit : Effect.never))
    })

  /** What a process has not committed when it dies is rolled back. */
  const orRolledBack =
    (body: Body): Body =>
    (tx) =>
      Effect.flatMap(body(tx), (answer) => (connection.alive ? Effect.succeed(answer) : Effect.fail(unavailable())))

  const tether = <Store extends object>(store: Store): Store =>
    Object.fromEntries(
      Object.entries(store).map(([name, member]) => {
        if (name === "transact") return [name, (body: Body) => whileAlive(member(orRolledBack(body)))]
        if (Effect.isEffect(member)) return [name, whileAlive(member as Call)]
        return [name, (...args: ReadonlyArray<unknown>) => whileAlive(member(...args))]
      })
    ) as Store

  return Context.make(UserStore, tether(Context.get(stores, UserStore))).pipe(
    Context.add(TaskStore, tether(Context.get(stores, TaskStore))),
    Context.add(BillingStore, tether(Context.get(stores, BillingStore))),
    Context.add(ReportStore, tether(Context.get(stores, ReportStore))),
    Context.add(EventLog, tether(Context.get(stores, EventLog)))
  )
}
