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

export const ledger = async ({ say, scale, url }: Settings): Promise<ReadonlyArray<Row>> => {
  const count = Math.ceil(100 * scale) * 1_000
  const many = 3_000_000 * scale
  const company = await open(url, popugs)
  const plain = await openTransfers(url, "by_hand_transfers", popugs, false)
  const same = await openTransfers(url, "by_hand_indexed", popugs, true)
  let transfers = 0
  let last = 0

  /** One new transfer for each task, which billing has still to book. */
  const produce = async () => {
    if (transfers === 0) await company.run(company.create(newTasks(count)))
    else last = await company.shuffle()
    transfers += last === 0 ? count : last
  }
  const apply = async () => {
    await produce()
    return taken(() => company.follow())
  }
  const measure = async () => {
    const [ours, bare, indexed]: [Array<Taken>, Array<Taken>, Array<Taken>] = [[], [], []]
    for (let round = 0; round < rounds; round++) {
      say(`ledger, ${transfers.toLocaleString("en-US")} transfers so far`)
      ours.push(await apply())
      bare.push(await taken(() => plain.book(count)))
      indexed.push(await taken(() => same.book(count)))
    }
    return { ours: medianOf(ours), bare: medianOf(bare), indexed: medianOf(indexed) }
  }

  // The first round creates the tasks: two events a transfer, and a price for each.
  const creating = await apply()
  const early = await measure()
  while (transfers < many) {
    say(`ledger, ${transfers.toLocaleString("en-US")} transfers so far`)
    await apply()
  }
  const booked = transfers
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
  const size = booked.toLocaleString("en-US")
  return [
    row("billing books a shuffle's events; (B) bare", early.ours, early.bare, { atLeast: 0.6 }),
    row("the same; (B) into popug's tables and indexes", early.ours, early.indexed, null),
    row(`billing after ${size} transfers; (B) bare`, late.ours, late.bare, null),
    row(`the same, beside popug before them`, late.ours, early.ours, { atLeast: 1 / 1.2 }),
    row("billing books new tasks (two events and a price each); (B) bare", creating, early.bare, null)
  ]
}
