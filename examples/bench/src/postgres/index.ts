/**
 * `npm run bench -- postgres`: commands and postings on the embedded Postgres, beside SQL written by hand.
 */
import { Actor, Consumers, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import type { Row } from "../measure.ts"
import * as Baseline from "./baseline.ts"
import * as Company from "./company.ts"
import { withServer } from "./server.ts"

/** How long each rate is measured. */
const seconds = 3
const popugs = 1_000

/** Runs from many callers for a while, each one call after another; gives calls per second. */
const rate = async (callers: number, call: (index: number) => Effect.Effect<unknown, unknown>): Promise<number> => {
  let count = 0
  let next = 0
  const end = performance.now() + seconds * 1000
  const caller = Effect.gen(function* () {
    while (performance.now() < end) {
      yield* call((next += 1))
      count += 1
    }
  })
  const start = performance.now()
  await Effect.runPromise(
    Effect.forEach(Array.from({ length: callers }), () => caller, { concurrency: "unbounded", discard: true })
  )
  return count / ((performance.now() - start) / 1000)
}

const row = (what: string, units: string, ours: number, baseline: number, atLeast: number | null): Row => ({
  what,
  units,
  ours,
  baseline,
  ratio: ours / baseline,
  goal: atLeast === null ? null : { atLeast }
})

const commands = async (url: string): Promise<ReadonlyArray<Row>> => {
  const company = await Company.registration(url, "bench", popugs)
  const tasks = await company.runPromise(Tasks)
  const base = await Baseline.open(url, 32)
  const rows: Array<Row> = []
  let round = 0
  const ours = (size: number) => (index: number) =>
    tasks.create(
      Actor.system,
      Array.from({ length: size }, (_, place) => ({ id: `t${round}.${index}.${place}`, title: `Task ${index}` }))
    )
  const byHand = (index: number) =>
    Baseline.create(base.sql, `t${round}.${index}`, `Task ${index}`, `p${index % popugs}`)
  let at64 = 1
  for (const callers of [1, 8, 64, 512]) {
    round += 1
    const baseline = await rate(callers, byHand)
    const mine = await rate(callers, ours(1))
    if (callers === 64) at64 = baseline
    rows.push(row(`one command each from ${callers} callers`, "commands/s", mine, baseline, callers === 64 ? 4 : null))
  }
  round += 1
  const batches = await rate(1, ours(1_000))
  rows.push(row("commands of 1,000 tasks, one after another", "tasks/s", batches * 1_000, at64, 10))
  await company.dispose()
  await base.runtime.dispose()
  return rows
}

const postings = async (url: string): Promise<Row> => {
  const schema = "bench_books"
  const company = await Company.registration(url, schema, popugs)
  const tasks = await company.runPromise(Tasks)
  const count = 60_000
  for (let batch = 0; batch < count / 1_000; batch++) {
    await company.runPromise(
      tasks.create(
        Actor.system,
        Array.from({ length: 1_000 }, (_, index) => ({
          id: `t${String(batch * 1_000 + index).padStart(8, "0")}`,
          title: "Task"
        }))
      )
    )
  }
  await company.dispose()
  const books = Company.books(url, schema)
  const consumers = await books.runPromise(Consumers)
  const start = performance.now()
  await books.runPromise(consumers.awaitApplied("billing", count * 2))
  const ours = count / ((performance.now() - start) / 1000)
  await books.dispose()
  const base = await Baseline.open(url.replace(/postgres$/, "template1"), 1)
  let batch = 0
  const baseline = await rate(1, () => Baseline.post(base.sql, (batch += 1), 1_000, popugs))
  await base.runtime.dispose()
  return row("billing applies events", "transfers/s", ours, baseline * 1_000, 0.6)
}

export const postgres = (): Promise<ReadonlyArray<Row>> =>
  withServer(async (url) => [...(await commands(url)), await postings(url)])
