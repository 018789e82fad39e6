/**
 * The use cases end to end in memory: tasks created, assigned, done, and booked by billing's consumer.
 */
import { chunks, newTasks, open, openBaseline } from "./company.ts"
import { compare, seconds } from "./measure.ts"

const count = 100_000
const batch = 1_000
const popugs = 1_000

const ours = async () => {
  const company = await open(popugs)
  const batches = chunks(newTasks(count), batch)
  const taken = await seconds(async () => {
    for (const tasks of batches) {
      await company.create(tasks)
      await company.done(tasks.map((task) => task.id))
    }
    await company.settle()
  })
  await company.dispose()
  return taken
}

const baseline = async () => {
  const company = openBaseline(popugs)
  const batches = chunks(newTasks(count), batch)
  return seconds(() => {
    for (const tasks of batches) {
      company.create(tasks, 0)
      company.done(
        tasks.map((task) => task.id),
        0
      )
    }
  })
}

export const tasks = () =>
  compare({
    what: "create + assign + done, booked, in batches of 1,000",
    units: "tasks/s",
    count,
    goal: { atLeast: 0.35 },
    ours,
    baseline
  })
