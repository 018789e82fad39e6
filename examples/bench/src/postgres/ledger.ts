/**
 * Billing applying tasks' events to the ledger, beside a hand-written insert of 1,000 transfers a transaction (B), with
 * little history and with much.
 */
import type { Row } from "../measure.ts"
import { newTasks, open } from "./company.ts"
import { openTransfers } from "./transfers.ts"
import { medianOf, type Settings, type Taken, taken } from "./watch.ts"

const popugs = 1_000
const rounds = 3

const rate = ({ seconds }: Taken, count: number) => count / seconds

/** What was measured with so many transfers in the books. */
interface Measured {
  readonly ours: Taken
  readonly bare: Taken
  readonly indexed: Taken
}

const row = (what: string, count: number, ours: Taken, baseline: Taken, goal: Row["goal"]): Row => ({
  what,
  units: "transfers/s",
  ours: rate(ours, count),
  baseline: rate(baseline, count),
  ratio: rate(ours, count) / rate(baseline, count),
  goal,
  waiting: ours.waiting
})

const growthRow = (size: string, early: Measured, late: Measured): Row => {
  const [ours, baseline] = [early.ours.seconds / late.ours.seconds, early.bare.seconds / late.bare.seconds]
  return {
    what: `transfers/s after ${size} over those before; by hand (B) bare, whose changes are the machine's`,
    units: "growth",
    ours,
    baseline,
    ratio: ours / baseline,
    goal: { atLeast: 0.9 }
  }
}

export const ledger = async ({ history, say, scale, url }: Settings): Promise<ReadonlyArray<Row>> => {
  const count = Math.ceil(100 * scale) * 1_000
  const many = history * scale
  const company = await open(url, popugs)
  const plain = await openTransfers(url, "by_hand_transfers", popugs, "bare")
  const same = await openTransfers(url, "by_hand_indexed", popugs, "indexed")
  const booked = { transfers: 0 }

  /** Has one new transfer booked for each task: the first time for a new one, then for one that a shuffle moved. */
  const apply = async () => {
    say(`ledger, ${booked.transfers.toLocaleString("en-US")} transfers so far`)
    if (booked.transfers === 0) await company.run(company.create(newTasks(count)))
    booked.transfers += booked.transfers === 0 ? count : await company.shuffle()
    return taken(() => company.follow())
  }
  const measure = async (): Promise<Measured> => {
    const [ours, bare, indexed]: [Array<Taken>, Array<Taken>, Array<Taken>] = [[], [], []]
    for (let round = 0; round < rounds; round++) {
      ours.push(await apply())
      bare.push(await taken(() => plain.book(count)))
      indexed.push(await taken(() => same.book(count)))
    }
    return { ours: medianOf(ours), bare: medianOf(bare), indexed: medianOf(indexed) }
  }

  // The first round creates the tasks: two events a transfer, and a price for each.
  const creating = await apply()
  const early = await measure()
  while (booked.transfers < many) await apply()
  const size = booked.transfers.toLocaleString("en-US")
  const late = await measure()
  for (const each of [company, plain, same]) await each.close()

  const indexed = "(B) into the baseline's tables and indexes"
  return [
    row("billing books a shuffle's events; (B) bare", count, early.ours, early.bare, { atLeast: 0.5 }),
    row(`the same; ${indexed}`, count, early.ours, early.indexed, null),
    row(`the same after ${size} transfers; (B) bare`, count, late.ours, late.bare, null),
    row(`the same after ${size} transfers; ${indexed}`, count, late.ours, late.indexed, null),
    growthRow(size, early, late),
    row("billing books new tasks (two events and a price each); (B) bare", count, creating, early.bare, {
      atLeast: 0.35
    })
  ]
}
