/**
 * What the stores promise to two processes: each suite runs on two instances of an adapter over one store, made by
 * `instances`. Adapters that lock and adapters that compare a version at commit both keep it.
 */
import { CompanyMismatch, CursorStore, ReportStore } from "@popug/core"
import * as Effect from "effect/Effect"
import { otherRules } from "./adopting.ts"
import { kit as billing } from "./BillingKit.ts"
import * as Data from "./Data.ts"
import { same, sameSet } from "./expect.ts"
import { beaten, first, persistently, race, second } from "./instances.ts"
import { notice } from "./reportKit.ts"
import * as Suite from "./Suite.ts"
import { kit as tasks } from "./taskKit.ts"
import { twoWriters } from "./twoWriters.ts"
import { kit as users } from "./userStore.ts"

export const sharedUserStore = Suite.make("UserStore of two instances", twoWriters(users))
export const sharedTaskStore = Suite.make("TaskStore of two instances", twoWriters(tasks))
export const sharedBillingStore = Suite.make("BillingStore of two instances", twoWriters(billing))

const open = Effect.flatMap(ReportStore, (store) => store.open(Data.identity))
const opened = Effect.andThen(first(open), second(open))

/** Moves the reports' cursor by one and keeps a notice; returns where the cursor was. */
const report = (id: string, before: Effect.Effect<void> = Effect.void, after: Effect.Effect<void> = Effect.void) =>
  Effect.flatMap(ReportStore, (store) =>
    store.transact((tx) =>
      before.pipe(
        Effect.andThen(
          tx.save({ cursor: { ...tx.cursor, number: tx.cursor.number + 1 }, reports: [], notices: [notice(id)] })
        ),
        Effect.andThen(after),
        Effect.as(tx.cursor.number)
      )
    )
  )

export const sharedReportStore = Suite.make("ReportStore of two instances", {
  "what one instance opened is open for the other, who compares the identity": Effect.gen(function* () {
    yield* opened
    yield* second(report("a"))
    const another = Effect.flatMap(ReportStore, (store) => store.open({ ...Data.identity, timeZone: "UTC" }))
    same((yield* Effect.flip(second(another))) instanceof CompanyMismatch, true, "whether another zone was refused")
  }),

  "an instance that was opened for other settings than are stored now commits nothing more": Effect.gen(function* () {
    yield* opened
    yield* second(Effect.flatMap(ReportStore, (store) => store.adopt(otherRules)))
    const error = yield* Effect.flip(first(report("a")))
    same([error.reason, error.retryable], ["Mismatch", false], "the refusal")
    yield* second(report("b"))
    same((yield* (yield* first(ReportStore)).notices({}, { limit: 10 })).rows.length, 1, "notices")
  }),

  "of two transactions at once the later goes on from the earlier's cursor, or hears that it was beaten": Effect.gen(
    function* () {
      yield* opened
      // The same notice comes to both.
      const raced = yield* race(
        (hold) => report("a", Effect.void, hold),
        (join) => report("a", join)
      )
      const was = beaten("the second transaction", raced) ? yield* second(report("a")) : yield* raced.exit
      const store = yield* first(ReportStore)
      same([was, (yield* store.cursor).number], [1, 2], "the cursors")
      same((yield* store.notices({}, { limit: 10 })).rows.length, 1, "notices")
    }
  ),

  "what one instance leases the other does not get": Effect.gen(function* () {
    yield* opened
    const ids = Array.from({ length: 40 }, (_, index) => `n${index}`)
    for (const id of ids) yield* first(report(id))
    const due = Effect.flatMap(ReportStore, (store) => persistently(store.due(4)))
    const takes = Array.from({ length: 5 }).flatMap(() => [first(due), second(due)])
    const given = yield* Effect.all(takes, { concurrency: "unbounded" })
    sameSet(
      given.flat().map((kept) => kept.notice.id),
      ids,
      "the notices given out"
    )
  })
})

/** Moves a consumer's cursor by one; returns where it was. */
const step = (before: Effect.Effect<void> = Effect.void, after: Effect.Effect<void> = Effect.void) =>
  Effect.flatMap(CursorStore, (store) =>
    store.transact("one", "users", (cursor) =>
      Effect.as(Effect.andThen(before, after), [cursor.number, { ...cursor, number: cursor.number + 1 }] as const)
    )
  )

export const sharedCursorStore = Suite.make("CursorStore of two instances", {
  "of two bodies at once the later goes on from the earlier's cursor, or hears that it was beaten": Effect.gen(
    function* () {
      for (const number of [0, 2]) {
        const raced = yield* race(
          (hold) => step(Effect.void, hold),
          (join) => step(join)
        )
        const was = beaten("the second body", raced) ? yield* second(step()) : yield* raced.exit
        same(was, number + 1, "the cursor that the second body saw")
      }
    }
  ),

  "bodies of both at once are done one after another": Effect.gen(function* () {
    const slowly = persistently(step(Effect.yieldNow, Effect.yieldNow))
    const steps = Array.from({ length: 10 }).flatMap(() => [first(slowly), second(slowly)])
    const seen = yield* Effect.all(steps, { concurrency: "unbounded" })
    same(
      seen.toSorted((a, b) => a - b),
      steps.map((_, index) => index),
      "the cursors that the bodies saw"
    )
  }),

  "a body that was given up holds nobody up": Effect.gen(function* () {
    const { exit } = yield* race(
      (hold) => Effect.ignore(step(Effect.void, Effect.andThen(hold, Effect.fail("no") as never))),
      (join) => step(join)
    )
    same(yield* exit, 0, "the cursor that the second body saw")
  })
})
