import { check } from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { describe, expect, it } from "vitest"
import { stores } from "./mutants/allStores.ts"
import { billing } from "./mutants/billing.ts"
import { directories, homes, works } from "./mutants/companies.ts"
import { cursors } from "./mutants/cursors.ts"
import { eventBuses, eventLogs } from "./mutants/events.ts"
import { lookingBuses } from "./mutants/lookingBus.ts"
import { reports } from "./mutants/reports.ts"
import { sharedBilling, sharedCursors, sharedReports, sharedTasks, sharedUsers } from "./mutants/shared.ts"
import { digests, idMakers } from "./mutants/small.ts"
import { tasks } from "./mutants/tasks.ts"
import { users } from "./mutants/users.ts"

/** A mutant may hang; the real one is far quicker. */
const patience = "500 millis"

const stateful = [
  users,
  tasks,
  billing,
  reports,
  eventLogs,
  eventBuses,
  lookingBuses,
  cursors,
  stores,
  directories,
  homes,
  works
]
const shared = [sharedUsers, sharedTasks, sharedBilling, sharedReports, sharedCursors]

describe.each([...stateful, ...shared, digests, idMakers])("the suite of $suite.port", ({ mutants, real, suite }) => {
  it("has a mutant for each promise", () => {
    const broken = new Set(mutants.flatMap(({ breaks }) => breaks))
    expect(Object.keys(suite.promises).filter((sentence) => !broken.has(sentence))).toEqual([])
    expect([...broken].filter((sentence) => !(sentence in suite.promises))).toEqual([])
  })

  it.concurrent.each(mutants)("catches an adapter that $name", async ({ breaks, layer }) => {
    for (const sentence of breaks) {
      const exit = await Effect.runPromiseExit(check(suite.promises[sentence]!, layer, patience))
      expect(Exit.isFailure(exit), `"${sentence}" was not broken`).toBe(true)
    }
  })

  it("lets the real adapter pass", async () => {
    for (const promise of Object.values(suite.promises)) await Effect.runPromise(check(promise, real))
  })
})
