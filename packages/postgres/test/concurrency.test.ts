import { PgClient } from "@effect/sql-pg/PgClient"
import { Actor, Users } from "@popug/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { describe, expect, inject, it } from "vitest"
import { audit } from "./crash/audit.ts"
import { Fleet, type Worker } from "./crash/fleet.ts"
import { node } from "./crash/node.ts"
import { type Plan, type Sent, userIds } from "./crash/plan.ts"
import { freshSchema } from "./support.ts"

/** Stops a process at a moment when it holds a head: the server waits for its next statement. */
const pauseInTransaction = Effect.fnUntraced(function* ({ process }: Worker<Sent>, name: string) {
  const { unsafe } = yield* PgClient
  const holds = Effect.map(
    unsafe("select 1 from pg_stat_activity where application_name = $1 and state = 'idle in transaction'", [name]),
    (rows) => rows.length > 0
  )
  for (let attempt = 0; attempt < 300; attempt++) {
    process.kill("SIGSTOP")
    // What it had sent is through by then.
    yield* Effect.sleep("20 millis")
    if (yield* holds) return
    process.kill("SIGCONT")
    yield* Effect.sleep("7 millis")
  }
  throw new Error("the process was never caught in mid-transaction")
})

describe("many writers in many processes", () => {
  it("leave one order, one booking for each cause and every period closed, one of them paused in mid-commit", ({
    signal
  }) => {
    const schema = freshSchema()
    const store = { kind: "postgres", url: inject("databaseUrl"), schema } as const
    return Effect.gen(function* () {
      // A day in a tenth of a second: periods end as fast as they can.
      const time = { began: yield* Clock.currentTimeMillis, factor: 864_000 }
      const fleet = new Fleet<Plan, Sent>(new URL("crash/worker.ts", import.meta.url))
      yield* Effect.addFinalizer(() => Effect.sync(() => fleet.kill()))
      const findings = yield* Effect.gen(function* () {
        yield* (yield* Users).create(
          Actor.system,
          userIds.map((id) => ({ id, name: id, roles: ["worker"] }))
        )
        const plan = (index: number): Plan => ({
          ...time,
          store,
          name: `w${index}`,
          writers: 8,
          commands: index === 0 ? 20 : 8,
          again: []
        })
        const workers = [0, 1, 2, 3].map((index) => fleet.start(plan(index)))
        yield* Effect.promise(() => Promise.all(workers.map(({ ready }) => ready)))
        const [paused, ...others] = workers
        yield* pauseInTransaction(paused!, "w0")
        const codes = yield* Effect.promise(() => Promise.all(others.map(({ ended }) => ended)))
        expect(codes).toEqual([0, 0, 0])
        paused!.process.kill("SIGCONT")
        expect(yield* Effect.promise(() => paused!.ended)).toBe(0)
        return yield* audit(schema, fleet.acknowledged.values())
      }).pipe(Effect.provide(node({ ...time, store, name: "auditor" })), Effect.scoped)
      expect(fleet.failures).toEqual([])
      expect(findings.violations).toEqual([])
      expect(findings.commands).toBe(8 * 20 + 3 * 8 * 8)
      expect(findings.periods).toBeGreaterThan(3)
    }).pipe(Effect.scoped, (effect) => Effect.runPromise(effect, { signal }))
  }, 120_000)
})
