/**
 * A shuffle of a hundred thousand open tasks, charged to the end.
 */
import { chunks, newTasks, open, openBaseline } from "./company.ts"
import { compare, seconds } from "./measure.ts"

const count = 100_000
const popugs = 1_000

const ours = async () => {
  const company = await open(popugs)
  for (const tasks of chunks(newTasks(count), 10_000)) await company.create(tasks)
  await company.settle()
  const taken = await seconds(async () => {
    await company.shuffle()
    await company.settle()
  })
  await company.dispose()
  return taken
}

const baseline = async () => {
  const company = openBaseline(popugs)
  company.create(newTasks(count), 0)
  return seconds(() => company.shuffle(0))
}

export const shuffle = () =>
  compare({ what: "shuffle of 100,000 open tasks, charged", units: "tasks/s", count, ours, baseline })
