/**
 * Commands: one task each from many callers, and a thousand in a batch, beside a hand-written transaction for each (A).
 * Nobody follows the events in either.
 */
import * as Effect from "effect/Effect"
import type { Row } from "../measure.ts"
import { openCommands } from "./baseline.ts"
import { newTasks, open } from "./company.ts"
import { medianOf, type Settings, type Taken, taken } from "./watch.ts"

const popugs = 1_000
/** Connections for (A): more callers than these wait for one, which is faster than one connection for each. */
const connections = 32
const rounds = 5

/** So many callers, each with its next command as soon as its last is answered. */
const callers = <A, E, R>(count: number, commands: number, command: (index: number) => Effect.Effect<A, E, R>) => {
  let next = 0
  const caller = Effect.whileLoop({ while: () => next < commands, body: () => command(next++), step: () => {} })
  return Effect.forEach(Array.from({ length: count }), () => caller, { concurrency: "unbounded", discard: true })
}

const setUp = async (url: string, schema: string) => {
  const company = await open(url, popugs)
  const byHand = await openCommands(url, schema, connections)
  let ours = 0
  let theirs = 0
  return {
    company,
    byHand,
    /** One command of ours for the next task. */
    create: () => company.create(newTasks(1, ours++)),
    createMany: (count: number) => company.create(newTasks(count, (ours += count) - count)),
    createByHand: () => {
      const id = theirs++
      return byHand.create(`t${String(id).padStart(9, "0")}`, `Task number ${id}`)
    },
    close: async () => {
      await company.close()
      await byHand.close()
    }
  }
}

/** Ours and (A) in turn; gives the medians. The first round warms up. */
const inTurn = async (a: () => Promise<Taken>, b: () => Promise<Taken>) => {
  const [ours, theirs]: [Array<Taken>, Array<Taken>] = [[], []]
  for (let round = 0; round <= rounds; round++) {
    const [one, other] = [await a(), await b()]
    if (round === 0) continue
    ours.push(one)
    theirs.push(other)
  }
  return [medianOf(ours), medianOf(theirs)] as const
}

export const singles = async ({ say, scale, url }: Settings): Promise<ReadonlyArray<Row>> => {
  const bench = await setUp(url, "by_hand_singles")
  const rows: Array<Row> = []
  for (const count of [8, 64, 512]) {
    say(`${count} callers`)
    const [commands, byHand] = [Math.ceil(Math.min(20_000, count * 250) * scale), Math.ceil(4_000 * scale)]
    const [ours, theirs] = await inTurn(
      () => taken(() => bench.company.run(callers(count, commands, bench.create))),
      () => taken(() => bench.byHand.run(callers(count, byHand, bench.createByHand)))
    )
    const [a, b] = [commands / ours.seconds, byHand / theirs.seconds]
    rows.push({
      what: `one task a command, ${count} callers, each answer durable`,
      units: "commands/s",
      ours: a,
      baseline: b,
      ratio: a / b,
      goal: count === 64 ? { atLeast: 4 } : null,
      waiting: ours.waiting
    })
  }
  await bench.close()
  return rows
}

export const batches = async ({ say, scale, url }: Settings): Promise<ReadonlyArray<Row>> => {
  const bench = await setUp(url, "by_hand_batches")
  say("batches of 1,000")
  const [count, byHand] = [Math.ceil(20 * scale), Math.ceil(4_000 * scale)]
  const [ours, theirs] = await inTurn(
    () => taken(() => bench.company.run(callers(1, count, () => callers(1_000, 1_000, bench.create)))),
    () => taken(() => bench.byHand.run(callers(64, byHand, bench.createByHand)))
  )
  const lists = await inTurn(
    () => taken(() => bench.company.run(callers(1, count, () => bench.createMany(1_000)))),
    () => Promise.resolve(theirs)
  )
  const b = byHand / theirs.seconds
  const row = (what: string, { seconds, waiting }: Taken, goal: Row["goal"]): Row => {
    const a = (count * 1_000) / seconds
    return { what, units: "commands/s", ours: a, baseline: b, ratio: a / b, goal, waiting }
  }
  await bench.close()
  return [
    row("batches of 1,000 create commands; (A) with 64 callers", ours, { atLeast: 10 }),
    row("1,000 tasks in one create command; (A) with 64 callers", lists[0], null)
  ]
}

/** Milliseconds of single commands, one after another. */
const latencies = async (count: number, command: () => Promise<unknown>) => {
  const millis: Array<number> = []
  for (let index = 0; index < count; index++) {
    const start = performance.now()
    await command()
    millis.push(performance.now() - start)
  }
  return millis
}

const quantile = (values: ReadonlyArray<number>, at: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * at)]!

export const latency = async ({ say, scale, url }: Settings): Promise<ReadonlyArray<Row>> => {
  const bench = await setUp(url, "by_hand_latency")
  say("latency")
  const [ours, theirs]: [Array<number>, Array<number>] = [[], []]
  const few = Math.ceil(200 * scale)
  for (let round = 0; round <= 10; round++) {
    const one = await latencies(few, () => bench.company.run(bench.create()))
    const other = await latencies(few, () => bench.byHand.run(bench.createByHand()))
    if (round === 0) continue
    ours.push(...one)
    theirs.push(...other)
  }
  await bench.close()
  return [0.5, 0.99].map((at) => {
    const [a, b] = [quantile(ours, at), quantile(theirs, at)]
    const what = `one command after another, p${at * 100}`
    return { what, units: "ms", ours: a, baseline: b, ratio: a / b, goal: null }
  })
}
