/**
 * The close of a day on which ten thousand popugs moved: payouts, seal, report, notices, the next day's opening.
 */
import { newTasks, open, openBaseline } from "./company.ts"
import { compare, seconds } from "./measure.ts"

const popugs = 10_000
const tasks = 30_000

const ours = async () => {
  const company = await open(popugs)
  const created = newTasks(tasks)
  await company.create(created)
  await company.done(created.filter((_, index) => index % 2 === 0).map((task) => task.id))
  await company.settle()
  const taken = await seconds(() => company.close(1))
  await company.dispose()
  return taken
}

const baseline = async () => {
  const company = openBaseline(popugs)
  const created = newTasks(tasks)
  company.create(created, 0)
  company.done(
    created.filter((_, index) => index % 2 === 0).map((task) => task.id),
    0
  )
  return seconds(() => company.books.close(0))
}

export const close = () =>
  compare({
    what: "close of a day with 10,000 popugs, sealed and reported",
    units: "popugs/s",
    count: popugs,
    ours,
    baseline
  })
