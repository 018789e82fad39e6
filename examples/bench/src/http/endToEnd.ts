/**
 * From the socket to Postgres and back: tasks made over HTTP, beside a transaction for each written by hand (A), which
 * has no HTTP. Every answer is durable.
 */
import * as Effect from "effect/Effect"
import { median, type Row } from "../measure.ts"
import { openCommands } from "../postgres/baseline.ts"
import { withServer } from "../postgres/server.ts"
import { run } from "./load.ts"
import type { Settings } from "./rates.ts"
import { open } from "./remote.ts"
import { writes, writesWithKey } from "./requests.ts"
import { line, number, type Section } from "./section.ts"

const callers = 64
/** Connections for (A): more callers than these wait for one, which is faster than one connection for each. */
const connections = 32
const rounds = 5
/** A second of commands is not many. */
const seconds = 4

export const endToEnd = ({ say }: Settings): Promise<Section> =>
  withServer(false, async (url) => {
    say("over HTTP on Postgres")
    const byHand = await openCommands(url, "by_hand_http", connections)
    const followed = await open("assembled", "core", { BENCH_DATABASE_URL: url })
    const unfollowed = await open("assembled", "core", { BENCH_DATABASE_URL: url, BENCH_UNFOLLOWED: "yes" })
    let id = 0
    const create = () => byHand.create(`t${String((id += 1)).padStart(9, "0")}`, `Task number ${id}`)
    const handWritten = async () => {
      const [from, until] = [id, performance.now() + seconds * 1_000]
      const caller = Effect.whileLoop({ while: () => performance.now() < until, body: create, step: () => {} })
      await byHand.run(
        Effect.forEach(Array.from({ length: callers }), () => caller, { concurrency: "unbounded", discard: true })
      )
      return (id - from) / seconds
    }
    const kinds = [
      { what: "POST a task, 64 connections, nobody follows", server: unfollowed, load: writes(unfollowed) },
      { what: "the same, billing and reports follow", server: followed, load: writes(followed) },
      { what: "the same with an Idempotency-Key", server: followed, load: writesWithKey(followed) }
    ]
    const rates: ReadonlyArray<Array<number>> = kinds.map(() => [])
    const theirs: Array<number> = []
    const cpu: ReadonlyArray<Array<number>> = kinds.map(() => [])
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const [index, { load, server }] of kinds.entries()) {
        const { cpuSeconds } = await server.used()
        const answered = await run(server.port, load, callers, seconds)
        if (round === 0) continue
        rates[index]!.push(answered / seconds)
        cpu[index]!.push(((await server.used()).cpuSeconds - cpuSeconds) / answered)
      }
      const rate = await handWritten()
      if (round > 0) theirs.push(rate)
    }
    await Promise.all([followed.close(), unfollowed.close(), byHand.close()])
    const rows = kinds.map(({ what }, index): Row => ({
      what,
      units: "requests/s",
      ours: median(rates[index]!),
      baseline: median(theirs),
      ratio: median(rates[index]!.map((rate, round) => rate / theirs[round]!)),
      goal: null
    }))
    return {
      rows,
      text: [
        line("on Postgres", "unit", "popug over HTTP", "CPU of each", "(A), without HTTP", "ratio"),
        line("---", "---", "---:", "---:", "---:", "---:"),
        ...rows.map(({ baseline, ours, ratio, units, what }, index) =>
          line(
            what,
            units,
            number(ours),
            `${number(median(cpu[index]!) * 1e6)} µs`,
            number(baseline!),
            ratio!.toFixed(2)
          )
        )
      ].join("\n")
    }
  })
