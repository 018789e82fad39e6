/**
 * What a row costs: the server's CPU time for it, in batches of 1,000, and the bytes that it takes on disk with its
 * indexes. Beside popug's own statements and tables stand those of the baseline, with the same rows.
 */
import { randomBytes } from "node:crypto"
import type { TaskId } from "@popug/core"
import { median, type Row } from "../measure.ts"
import { type BenchTask, open } from "./company.ts"
import { Meter } from "./Meter.ts"
import { canMeter } from "./processes.ts"
import { eventsOf, openRows } from "./rowsByHand.ts"
import { openSizes, type Sizes } from "./sizes.ts"
import type { Settings } from "./watch.ts"

const popugs = 1_000
const rounds = 5
const batch = 1_000
/** A task of this benchmark is created, assigned and done: three events, a fee and an award. */
const life = { events: 3, transfers: 2 }

/** The tables of popug that hold transfers and events, with all that keeps each of them the only one of its cause. */
const tables = { transfer: ["transfers"], event: ["events"] }

/** Ids as popug makes them (UUIDv7): 36 characters, each above those before it. */
const uuids = (count: number, from = 0): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => {
    const time = (0x19a_0000_0000 + from + index).toString(16).padStart(12, "0")
    const random = randomBytes(8).toString("hex")
    return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(4)}`
  })

/** Nanoseconds and bytes of the rows of a round, ours or the baseline's. */
interface Costs {
  readonly transfer: Array<number>
  readonly event: Array<number>
}

const bytesRow = (what: string, ours: number, baseline: number, goal: Row["goal"]): Row => ({
  what,
  units: "bytes",
  ours,
  baseline,
  ratio: ours / baseline,
  goal
})

const cpuRow = (what: string, ours: ReadonlyArray<number>, baseline: ReadonlyArray<number>, atMost: number): Row => {
  const [a, b] = [median(ours) / 1_000, median(baseline) / 1_000]
  return { what, units: "µs", ours: a, baseline: b, ratio: a / b, goal: { atMost, of: "ours" } }
}

/** Bytes that the rows since `before` take, of so many. */
const grown = (before: Sizes, after: Sizes, of: ReadonlyArray<string> | "all", count: number): number => {
  const sum = (sizes: Sizes) =>
    [...sizes].reduce((total, [table, bytes]) => (of === "all" || of.includes(table) ? total + bytes : total), 0)
  return (sum(after) - sum(before)) / count
}

const setUp = async (url: string) => {
  const meter = new Meter([...tables.transfer, ...tables.event])
  const company = await open(url, popugs, { ids: uuids(popugs), ...(canMeter() ? { meter } : {}) })
  const byHand = await openRows(url, "by_hand_rows")
  const sizes = await openSizes(url)
  let tasks = 0
  let events = (await company.events(0, 1)).length
  const costs: { readonly ours: Costs; readonly theirs: Costs } = {
    ours: { transfer: [], event: [] },
    theirs: { transfer: [], event: [] }
  }

  /** So many tasks' lives, ours and then the same rows by hand. */
  const round = async (count: number) => {
    const made = uuids(count, tasks).map((id, index): BenchTask => ({
      id: id as TaskId,
      title: `Task number ${tasks + index}`
    }))
    tasks += count
    // A new task has two events.
    for (let from = 0; from < count; from += batch / 2) {
      await company.run(company.create(made.slice(from, from + batch / 2)))
    }
    await company.follow()
    for (let from = 0; from < count; from += batch) {
      await company.done(made.slice(from, from + batch).map(({ id }) => id))
    }
    await company.follow()
    const written = await eventsOf(company.events, events)
    events += written.length
    const lives = written.filter(({ type }) => type === "task.updated")
    if (lives.length !== life.events * count) throw new Error(`${lives.length} events of ${count} tasks`)
    const theirs = await byHand.write(lives)
    await sizes.vacuum([company.schema, byHand.schema])
    if (!canMeter()) return
    costs.ours.transfer.push(meter.take(tables.transfer) / (life.transfers * count))
    costs.ours.event.push(meter.take(tables.event) / (life.events * count))
    costs.theirs.transfer.push(theirs.transfers / (life.transfers * count))
    costs.theirs.event.push(theirs.events / (life.events * count))
  }
  return {
    round,
    costs,
    sizes: async () => ({ ours: await sizes.of(company.schema), theirs: await sizes.of(byHand.schema) }),
    close: async () => {
      for (const each of [company, byHand, sizes]) await each.close()
    }
  }
}

export const rows = async ({ say, scale, url }: Settings): Promise<ReadonlyArray<Row>> => {
  const count = Math.ceil(10 * scale) * batch
  const bench = await setUp(url)
  say("rows")
  // The first round warms up, and leaves the room that later ones use again.
  await bench.round(count)
  const before = await bench.sizes()
  for (let round = 1; round <= rounds; round++) {
    say(`rows, round ${round} of ${rounds}`)
    await bench.round(count)
  }
  const after = await bench.sizes()
  await bench.close()

  const [ours, theirs] = [bench.costs.ours, bench.costs.theirs]
  const tasks = rounds * count
  const bytes = (
    what: string,
    of: readonly [ReadonlyArray<string> | "all", ReadonlyArray<string> | "all"],
    each: number,
    goal: Row["goal"]
  ) =>
    bytesRow(
      what,
      grown(before.ours, after.ours, of[0], tasks * each),
      grown(before.theirs, after.theirs, of[1], tasks * each),
      goal
    )
  const half = { atMost: 0.5 } as const
  return [
    ...(canMeter()
      ? [
          cpuRow(
            "the server's CPU time for a transfer; the baseline's",
            ours.transfer.slice(1),
            theirs.transfer.slice(1),
            8
          ),
          cpuRow("the server's CPU time for an event; the baseline's", ours.event.slice(1), theirs.event.slice(1), 3.5)
        ]
      : []),
    bytes(
      "a transfer on disk, with its indexes; the baseline's",
      [tables.transfer, ["transfers"]],
      life.transfers,
      half
    ),
    bytes("an event on disk, with its index; the baseline's", [tables.event, ["events"]], life.events, null),
    bytes("a task's life on disk (3 events, 2 transfers, task, price); the baseline's", ["all", "all"], 1, half)
  ]
}
