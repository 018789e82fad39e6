/**
 * Commands: one task each from many callers, and a thousand in a batch, beside a hand-written transaction for each (A).
 * Nobody follows the events in either. (A) writes the tables of the baseline; beside it stands what it does into those
 * that popug has now, which shows what is theirs alone.
 */
import * as Effect from "effect/Effect"
import type { Row } from "../measure.ts"
import { openCommands, type Tables } from "./baseline.ts"
import { newTasks, open } from "./company.ts"
import { medianOf, rateRow, type Settings, type Taken, type Work } from "./watch.ts"

const popugs = 1_000
/** Connections for (A): more callers than these wait for one, which is faster than one connection for each. */
const connections = 32
const rounds = 5

/** So many callers, each with its next command as soon as its last is answered. */
export const callers = <A, E, R>(
  count: number,
  commands: number,
  command: (index: number) => Effect.Effect<A, E, R>
) => {
  let next = 0
  const caller = Effect.whileLoop({ while: () => next < commands, body: () => command(next++), step: () => {} })
  return Effect.forEach(Array.from({ length: count }), () => caller, { concurrency: "unbounded", discard: true })
}

const openByHand = async (url: string, schema: string, tables: Tables) => {
  const { close, create, run } = await openCommands(url, schema, connections, tables)
  let next = 0
  const createNext = () => {
    const id = next++
    return create(`t${String(id).padStart(9, "0")}`, `Task number ${id}`)
  }
  return {
    one: () => run(createNext()),
    /** So many commands of so many callers. */
    many: (count: number, commands: number) => run(callers(count, commands, createNext)),
    close
  }
}

const setUp = async (url: string, schema: string) => {
  const company = await open(url, popugs)
  const byHand = await openByHand(url, schema, "baseline")
  const byHandNow = await openByHand(url, `${schema}_now`, "present")
  let ours = 0
  return {
    company,
    byHand,
    byHandNow,
    /** One command of ours for the next task. */
    create: () => company.create(newTasks(1, ours++)),
    createMany: (count: number) => company.create(newTasks(count, (ours += count) - count)),
    close: async () => {
      for (const each of [company, byHand, byHandNow]) await each.close()
    }
  }
}

/** Each in turn, round by round; returns the medians. The first round warms up. */
export const inTurn = async <const Runs extends ReadonlyArray<() => Promise<Taken>>>(runs: Runs) => {
  const measured: ReadonlyArray<Array<Taken>> = runs.map(() => [])
  for (let round = 0; round <= rounds; round++) {
    for (const [index, run] of runs.entries()) {
      const one = await run()
      if (round > 0) measured[index]!.push(one)
    }
  }
  return measured.map(medianOf) as { readonly [Index in keyof Runs]: Taken }
}

const row = (what: string, ours: Work, byHand: Work, goal: Row["goal"] = null) =>
  rateRow(what, "commands/s", ours, byHand, goal)

const present = "(A) into popug's present tables"

export const singles = async ({ say, scale, url, watch }: Settings): Promise<ReadonlyArray<Row>> => {
  const bench = await setUp(url, "by_hand_singles")
  const rows: Array<Row> = []
  const byHand = Math.ceil(4_000 * scale)
  for (const callersOf of [8, 64, 512]) {
    say(`${callersOf} callers`)
    const count = Math.ceil(Math.min(20_000, callersOf * 250) * scale)
    const ours = () => watch(() => bench.company.run(callers(callersOf, count, bench.create)))
    const theirs = () => watch(() => bench.byHand.many(callersOf, byHand))
    const what = `one task a command, ${callersOf} callers, each answer durable`
    if (callersOf !== 64) {
      const [a, b] = await inTurn([ours, theirs])
      rows.push(row(what, { count, taken: a }, { count: byHand, taken: b }))
      continue
    }
    const [a, b, now] = await inTurn([ours, theirs, () => watch(() => bench.byHandNow.many(callersOf, byHand))])
    rows.push(row(what, { count, taken: a }, { count: byHand, taken: b }, { atLeast: 5.5 }))
    rows.push(row(`the same; ${present}`, { count, taken: a }, { count: byHand, taken: now }))
  }
  await bench.close()
  return rows
}

export const batches = async ({ say, scale, url, watch }: Settings): Promise<ReadonlyArray<Row>> => {
  const bench = await setUp(url, "by_hand_batches")
  say("batches of 1,000")
  const [rounds, byHand] = [Math.ceil(20 * scale), Math.ceil(4_000 * scale)]
  const [ours, lists, theirs, now] = await inTurn([
    () => watch(() => bench.company.run(callers(1, rounds, () => callers(1_000, 1_000, bench.create)))),
    () => watch(() => bench.company.run(callers(1, rounds, () => bench.createMany(1_000)))),
    () => watch(() => bench.byHand.many(64, byHand)),
    () => watch(() => bench.byHandNow.many(64, byHand))
  ])
  await bench.close()
  const count = rounds * 1_000
  const baseline = { count: byHand, taken: theirs }
  return [
    row("batches of 1,000 create commands; (A) with 64 callers", { count, taken: ours }, baseline, { atLeast: 10 }),
    row(`the same; ${present}`, { count, taken: ours }, { count: byHand, taken: now }),
    row("1,000 tasks in one create command; (A) with 64 callers", { count, taken: lists }, baseline)
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

export const quantile = (values: ReadonlyArray<number>, at: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * at)]!

export const latency = async ({ say, scale, url }: Settings): Promise<ReadonlyArray<Row>> => {
  const bench = await setUp(url, "by_hand_latency")
  say("latency")
  const [ours, theirs]: [Array<number>, Array<number>] = [[], []]
  const few = Math.ceil(200 * scale)
  for (let round = 0; round <= 10; round++) {
    const one = await latencies(few, () => bench.company.run(bench.create()))
    const other = await latencies(few, bench.byHand.one)
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
