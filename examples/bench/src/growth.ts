/**
 * Whether a command costs more the longer the history: the same commands after ten thousand events and after a
 * million, beside how the baseline grows.
 */
import { type BenchTask, chunks, newTasks, open, openBaseline } from "./company.ts"
import { type Row, seconds } from "./measure.ts"

const popugs = 1_000
const few = 10_000
const many = 1_000_000
const measured = 10_000
/** What one task comes to: created, assigned and done are three events. */
const eventsOfTask = 3

/** Work of the same kind, repeated until there are so many events; returns the seconds of the measured commands. */
const after = async (
  events: number,
  work: (tasks: ReadonlyArray<BenchTask>) => unknown,
  from: { next: number }
): Promise<number> => {
  for (; from.next * eventsOfTask < events; from.next += 1_000) await work(newTasks(1_000, from.next))
  const batches = chunks(newTasks(measured, from.next), 100)
  from.next += measured
  return seconds(async () => {
    for (const batch of batches) await work(batch)
  })
}

const ours = async (): Promise<readonly [number, number]> => {
  const company = await open(popugs)
  const work = async (tasks: ReadonlyArray<BenchTask>) => {
    await company.create(tasks)
    await company.done(tasks.map((task) => task.id))
    await company.settle()
  }
  const from = { next: 0 }
  const early = await after(few, work, from)
  const late = await after(many, work, from)
  await company.dispose()
  return [early, late]
}

const baseline = async (): Promise<readonly [number, number]> => {
  const company = openBaseline(popugs)
  const work = (tasks: ReadonlyArray<BenchTask>) => {
    company.create(tasks, 0)
    company.done(
      tasks.map((task) => task.id),
      0
    )
  }
  const from = { next: 0 }
  return [await after(few, work, from), await after(many, work, from)]
}

/** The growth of a command's cost from few events to many, ours over the baseline's. */
export const growth = async (): Promise<Row> => {
  const [early, late] = await ours()
  const [baseEarly, baseLate] = await baseline()
  return {
    what: "cost of a task after 1,000,000 events over that after 10,000",
    units: "growth",
    ours: late / early,
    baseline: baseLate / baseEarly,
    ratio: late / early / (baseLate / baseEarly),
    goal: { atMost: 1.3 }
  }
}
