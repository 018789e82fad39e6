/**
 * What was found, as tables: everything beside the company of one process.
 */
import { line, number } from "../http/section.ts"
import { median } from "../measure.ts"
import { below, beside, type Found, type Measured, ratio, usual } from "./rounds.ts"

const head = (first: string, all: ReadonlyArray<Measured>) => [
  line(first, ...all.map(({ place }) => place.name)),
  line("---", ...all.map(() => "---:"))
]

/** A row of values, each with what it is of the first. */
const compared = (what: string, values: ReadonlyArray<{ readonly value: number; readonly ratio: number }>) =>
  line(what, ...values.map(({ ratio, value }, at) => number(value) + (at === 0 ? "" : ` (${ratio.toFixed(2)})`)))

/** A row of medians of the rounds; what each is of the first in the same round. */
const row = (what: string, callers: number, all: ReadonlyArray<Measured>, of: (found: Found) => number) => {
  const first = all[0]!.work.get(callers)!
  const values = all.map(({ work }) => {
    const rounds = work.get(callers)!
    return { value: usual(rounds, of), ratio: ratio(rounds, first, of) }
  })
  return compared(what, values)
}

/** A row of what so great a share of all times is below, whichever round they are of. */
const times = (what: string, share: number, all: ReadonlyArray<ReadonlyArray<number>>) => {
  const found = all.map((each) => below(each, share))
  return compared(
    what,
    found.map((value) => ({ value, ratio: value / found[0]! }))
  )
}

const who = (callers: number) => (callers === 1 ? "1 caller" : `${callers} callers`)

const kinds = [
  ["a command", ({ commands }: Found) => commands],
  ["a balance", ({ reads }: Found) => reads]
] as const

export const work = (all: ReadonlyArray<Measured>): string => {
  const callers = [...all[0]!.work.keys()]
  const latencies = callers.flatMap((count) =>
    kinds.flatMap(([kind, of]) => {
      const found = all.map(({ work }) => work.get(count)!.flatMap(of))
      const what = `${who(count)}: ${kind}, ms`
      return [times(`${what}, p50`, 0.5, found), times(`${what}, p99`, 0.99, found)]
    })
  )
  return [
    ...head("", all),
    ...callers.map((count) => row(`${who(count)}: commands/s`, count, all, ({ rate }) => rate)),
    ...latencies
  ].join("\n")
}

export const lag = (all: ReadonlyArray<Measured>): string => {
  const alone = all.map(({ lag }) => lag.alone)
  const busy = all.map(({ lag }) => lag.busy)
  return [
    ...head("ms from the answer to the entry", all),
    times("nobody else works, p50", 0.5, alone),
    times("nobody else works, p99", 0.99, alone),
    times(`${beside} work, p50`, 0.5, busy),
    times(`${beside} work, p99`, 0.99, busy)
  ].join("\n")
}

const total = (cpu: Found["cpu"]) => Object.values(cpu).reduce((sum, each) => sum + each, 0)

/** Undefined where the system does not tell. */
export const cpu = (all: ReadonlyArray<Measured>): string | undefined => {
  const callers = [...all[0]!.work.keys()]
  const names = [...new Set(all.flatMap(({ work }) => Object.keys(work.get(callers[0]!)![0]!.cpu)))]
  if (names.length === 0) return undefined
  const cells = (name: string, of: (measured: Measured) => ReadonlyArray<Found["cpu"]>) =>
    all.map((measured) => {
      const rounds = of(measured)
      return rounds[0]![name] === undefined ? "" : number(median(rounds.map((cpu) => cpu[name]!)))
    })
  const rows = callers.flatMap((count) => [
    ...names.map((name) =>
      line(`${who(count)}: ${name}`, ...cells(name, ({ work }) => work.get(count)!.map(({ cpu }) => cpu)))
    ),
    row(`${who(count)}: all`, count, all, ({ cpu }) => total(cpu))
  ])
  const idle = compared(
    "nobody works: all, each second",
    all.map(({ idle }) => {
      const of = (rounds: Measured["idle"]) => median(rounds.map(total))
      return { value: of(idle), ratio: of(idle) / of(all[0]!.idle) }
    })
  )
  return [...head("µs CPU for a command", all), ...rows, idle].join("\n")
}
