/**
 * Billing applying tasks' events to the ledger, beside a hand-written insert of 1,000 transfers a transaction (B), with
 * little history and with much.
 */
import type { Row } from "../measure.ts"
import { openTransfers } from "./baseline.ts"
import { newTasks, open } from "./company.ts"
import { medianOf, type Settings, type Taken, taken } from "./watch.ts"

const popugs = 1_000
const rounds = 3

export const ledger = async ({ history, say, scale, url }: Settings): Promise<ReadonlyArray<Row>> => {
  const count = Math.ceil(100 * scale) * 1_000
  const many = history * scale
  const company = await open(url, popugs)
  const plain = await openTransfers(url, "by_hand_transfers", popugs, false)
  const same = await openTransfers(url, "by_hand_indexed", popugs, true)
  const booked = { transfers: 0 }

  /** Has one new transfer booked for each task: the first time for a new one, then for one that a shuffle moved. */
  const apply = async () => {
    say(`ledger, ${booked.transfers.toLocaleString("en-US")} transfers so far`)
    if (booked.transfers === 0) await company.run(company.create(newTasks(count)))
    booked.transfers += booked.transfers === 0 ? count : await company.shuffle()
    return taken(() => company.follow())
  }
  const measure = async () => {
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

  const rate = ({ seconds }: Taken) => count / seconds
  const row = (what: string, ours: Taken, baseline: Taken, goal: Row["goal"]): Row => ({
    what,
    units: "transfers/s",
    ours: rate(ours),
    baseline: rate(baseline),
    ratio: rate(ours) / rate(baseline),
    goal,
    waiting: ours.waiting
  })
  return [
    row("billing books a shuffle's events; (B) bare", early.ours, early.bare, { atLeast: 0.6 }),
    row("the same; (B) into popug's tables and indexes", early.ours, early.indexed, null),
    row(`the same after ${size} transfers; (B) bare`, late.ours, late.bare, null),
    row(`the same after ${size} transfers; (B) into popug's tables and indexes`, late.ours, late.indexed, null),
    {
      what: `transfers/s after ${size} over those before; by hand (B) bare, whose changes are the machine's`,
      units: "growth",
      ours: rate(late.ours) / rate(early.ours),
      baseline: rate(late.bare) / rate(early.bare),
      ratio: rate(late.ours) / rate(early.ours) / (rate(late.bare) / rate(early.bare)),
      goal: { atLeast: 0.83 }
    },
    row("billing books new tasks (two events and a price each); (B) bare", creating, early.bare, null)
  ]
}
