/**
 * Billing applying tasks' events to the ledger, beside a hand-written insert of 1,000 transfers a transaction (B), with
 * little history and with much.
 */
import type { Row } from "../measure.ts"
import { newTasks, open } from "./company.ts"
import { openTransfers } from "./transfers.ts"
import { medianOf, rateRow, type Settings, type Taken } from "./watch.ts"

const popugs = 1_000
const rounds = 3

/** What was measured with so many transfers in the books. */
interface Measured {
  readonly ours: Taken
  readonly bare: Taken
  readonly indexed: Taken
}

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

/**
 * New tasks booked in a company of their own: two events a transfer, and a price for each. The first round warms up.
 */
const bookNewTasks = async ({ say, url, watch }: Settings, count: number): Promise<Taken> => {
  say("ledger, new tasks")
  const company = await open(url, popugs)
  const measured: Array<Taken> = []
  for (let round = 0; round <= rounds; round++) {
    await company.run(company.create(newTasks(count, round * count)))
    measured.push(await watch(() => company.follow()))
  }
  await company.close()
  return medianOf(measured.slice(1))
}

export const ledger = async (settings: Settings): Promise<ReadonlyArray<Row>> => {
  const { history, say, scale, url, watch } = settings
  const count = Math.ceil(100 * scale) * 1_000
  const fresh = Math.ceil(50 * scale) * 1_000
  const creating = await bookNewTasks(settings, fresh)
  const company = await open(url, popugs)
  const plain = await openTransfers(url, "by_hand_transfers", popugs, "bare")
  const same = await openTransfers(url, "by_hand_indexed", popugs, "indexed")
  const booked = { transfers: 0 }

  /** Has one new transfer booked for each task: the first time for a new one, then for one that a shuffle moved. */
  const apply = async () => {
    say(`ledger, ${booked.transfers.toLocaleString("en-US")} transfers so far`)
    if (booked.transfers === 0) await company.run(company.create(newTasks(count)))
    booked.transfers += booked.transfers === 0 ? count : await company.shuffle()
    return watch(() => company.follow())
  }
  const measure = async (): Promise<Measured> => {
    const [ours, bare, indexed]: [Array<Taken>, Array<Taken>, Array<Taken>] = [[], [], []]
    for (let round = 0; round < rounds; round++) {
      ours.push(await apply())
      bare.push(await watch(() => plain.book(count)))
      indexed.push(await watch(() => same.book(count)))
    }
    return { ours: medianOf(ours), bare: medianOf(bare), indexed: medianOf(indexed) }
  }

  await apply()
  const early = await measure()
  while (booked.transfers < history * scale) await apply()
  const size = booked.transfers.toLocaleString("en-US")
  const late = await measure()
  for (const each of [company, plain, same]) await each.close()

  const row = (what: string, ours: Taken, baseline: Taken, goal: Row["goal"] = null) =>
    rateRow(what, "transfers/s", { count, taken: ours }, { count, taken: baseline }, goal)
  const indexed = "(B) into the baseline's tables and indexes"
  return [
    row("billing books a shuffle's events; (B) bare", early.ours, early.bare, { atLeast: 0.5 }),
    row(`the same; ${indexed}`, early.ours, early.indexed),
    row(`the same after ${size} transfers; (B) bare`, late.ours, late.bare),
    row(`the same after ${size} transfers; ${indexed}`, late.ours, late.indexed),
    growthRow(size, early, late),
    rateRow(
      "billing books new tasks (two events and a price each); (B) bare",
      "transfers/s",
      { count: fresh, taken: creating },
      { count, taken: early.bare },
      { atLeast: 0.35 }
    )
  ]
}
