/**
 * A big day: shuffles of a hundred thousand open tasks, each charged to the end, the day's close, and the proof of it.
 */
import { Actor, Books } from "@popug/core"
import * as Effect from "effect/Effect"
import type { Row } from "../measure.ts"
import { newTasks, open } from "./company.ts"
import { medianOf, rateRow, type Settings, type Taken, together, type Watch } from "./watch.ts"

/** Created, eight times shuffled and done: ten transfers a task. */
const shuffles = 8

const row = (what: string, { seconds, waiting }: Taken): Row => ({
  what,
  units: "s",
  ours: seconds,
  baseline: null,
  ratio: null,
  goal: null,
  waiting
})

type BenchCompany = Awaited<ReturnType<typeof open>>

/** Shuffles every open task; returns what deciding took, what booking took, and both. */
const shuffleOnce = async (company: BenchCompany, watch: Watch) => {
  const decided = await watch(company.shuffle)
  const booked = await watch(() => company.follow())
  return { decided, booked, whole: together(decided, booked) }
}

/** Proves the books; returns what that took, and how many transfers they hold. */
const verifyAll = async (company: BenchCompany, watch: Watch) => {
  let transfers = 0
  const verify = Effect.gen(function* () {
    const verified = yield* (yield* Books).verify(Actor.system)
    if (verified.difference !== null) throw new Error(verified.difference.message)
    transfers = verified.transfers
  })
  const proof = await watch(() => company.follow(verify))
  return { proof, transfers }
}

export const day = async ({ say, scale, url, watch }: Settings): Promise<ReadonlyArray<Row>> => {
  const [count, popugs] = [Math.ceil(100 * scale) * 1_000, Math.ceil(10_000 * scale)]
  say("a day's tasks")
  const company = await open(url, popugs)
  const tasks = newTasks(count)
  for (let from = 0; from < count; from += 10_000) await company.run(company.create(tasks.slice(from, from + 10_000)))
  await company.follow()

  const rounds: Array<Awaited<ReturnType<typeof shuffleOnce>>> = []
  for (let round = 1; round <= shuffles; round++) {
    say(`shuffle ${round} of ${shuffles}`)
    rounds.push(await shuffleOnce(company, watch))
  }

  say("done")
  for (let from = 0; from < count; from += 10_000) {
    await company.done(tasks.slice(from, from + 10_000).map(({ id }) => id))
  }
  await company.follow()

  say("close")
  await company.endDay()
  const close = await watch(() => company.follow())

  say("verify")
  const { proof, transfers } = await verifyAll(company, watch)
  await company.close()

  const text = (value: number) => value.toLocaleString("en-US")
  return [
    row(`shuffle of ${text(count)} open tasks, charged to the end`, medianOf(rounds.map(({ whole }) => whole))),
    row("of that, until the shuffle is answered", medianOf(rounds.map(({ decided }) => decided))),
    row("of that, until billing has booked it", medianOf(rounds.map(({ booked }) => booked))),
    row(`close of a day with ${text(popugs)} popugs and ${text(transfers)} transfers, reported`, close),
    rateRow("`Books.verify` over all of it", "transfers/s", { count: transfers, taken: proof }, null, {
      atLeast: 100_000,
      of: "ours"
    })
  ]
}
