/**
 * A big day: shuffles of a hundred thousand open tasks, each charged to the end, the day's close, and the proof of it.
 */
import { Actor, Books } from "@popug/core"
import * as Effect from "effect/Effect"
import type { Row } from "../measure.ts"
import { newTasks, open } from "./company.ts"
import { medianOf, type Settings, type Taken, taken } from "./watch.ts"

/** Created, eight times shuffled and done: ten transfers a task. */
const shuffles = 8

export const day = async ({ say, scale, url }: Settings): Promise<ReadonlyArray<Row>> => {
  const [count, popugs] = [Math.ceil(100 * scale) * 1_000, Math.ceil(10_000 * scale)]
  say("a day's tasks")
  const company = await open(url, popugs)
  const tasks = newTasks(count)
  for (let from = 0; from < count; from += 10_000) await company.run(company.create(tasks.slice(from, from + 10_000)))
  await company.follow()

  const [decided, booked, whole]: [Array<Taken>, Array<Taken>, Array<Taken>] = [[], [], []]
  for (let round = 1; round <= shuffles; round++) {
    say(`shuffle ${round} of ${shuffles}`)
    const first = await taken(company.shuffle)
    const second = await taken(() => company.follow())
    const seconds = first.seconds + second.seconds
    const waiting = (first.waiting * first.seconds + second.waiting * second.seconds) / seconds
    decided.push(first)
    booked.push(second)
    whole.push({ seconds, waiting })
  }

  say("done")
  for (let from = 0; from < count; from += 10_000) {
    await company.done(tasks.slice(from, from + 10_000).map(({ id }) => id))
  }
  await company.follow()

  say("close")
  await company.endDay()
  const close = await taken(() => company.follow())

  say("verify")
  let transfers = 0
  const verify = await taken(() =>
    company.follow(
      Effect.gen(function* () {
        const verified = yield* (yield* Books).verify(Actor.system)
        if (verified.difference !== null) throw new Error(verified.difference.message)
        transfers = verified.transfers
      })
    )
  )
  await company.close()

  const row = (what: string, { seconds, waiting }: Taken): Row => ({
    what,
    units: "s",
    ours: seconds,
    baseline: null,
    ratio: null,
    goal: null,
    waiting
  })
  const text = (value: number) => value.toLocaleString("en-US")
  return [
    row(`shuffle of ${text(count)} open tasks, charged to the end`, medianOf(whole)),
    row("of that, until the shuffle is answered", medianOf(decided)),
    row("of that, until billing has booked it", medianOf(booked)),
    row(`close of a day with ${text(popugs)} popugs and ${text(transfers)} transfers, reported`, close),
    row("`Books.verify` over all of it", verify)
  ]
}
