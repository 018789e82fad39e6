/**
 * A company of four with very many tasks, all of them with Olga: long lists, and a long statement.
 */
import { Actor, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import { startCompany, type TestCompany } from "../company.ts"
import { founders } from "./people.ts"

const batch = 1_000

export const startMany = async (count: number): Promise<TestCompany> => {
  const company = await startCompany({ people: founders.filter(({ id }) => id !== "anton") })
  for (let from = 0; from < count; from += batch) {
    const some = Array.from({ length: Math.min(batch, count - from) }, (_, at) => ({
      title: `Feed parrot ${from + at + 1}`
    }))
    // The system has no bound on what it creates in a day.
    await company.run(Effect.flatMap(Tasks, (tasks) => tasks.create(Actor.system, some)))
  }
  await company.settle()
  return company
}
