/**
 * What was found, as tables: everything beside the company of one process.
 */
import { line, number } from "../http/section.ts"
import { beside, type Found, type Measured, ratio, usual } from "./rounds.ts"

const head = (first: string, all: ReadonlyArray<Measured>) => [
  line(first, ...all.map(({ place }) => place.name)),
  line("---", ...all.map(() => "---:"))
]

/** A row of medians, with what each is of the first. */
const row = (what: string, callers: number, all: ReadonlyArray<Measured>, of: (found: Found) => number) => {
  const first = all[0]!.work.get(callers)!
  const cells = all.map(({ work }, index) => {
    const rounds = work.get(callers)!
    const value = number(usual(rounds, of))
    return index === 0 ? value : `${value} (${ratio(rounds, first, of).toFixed(2)})`
  })
  return line(what, ...cells)
}

const who = (callers: number) => (callers === 1 ? "1 caller" : `${callers} callers`)

export const work = (all: ReadonlyArray<Measured>): string => {
  const callers = [...all[0]!.work.keys()]
  return [
    ...head("", all),
    ...callers.map((count) => row(`${who(count)}: commands/s`, count, all, ({ rate }) => rate)),
    ...callers.flatMap((count) => [
      row(`${who(count)}: a command, ms, p50`, count, all, ({ command }) => command.p50),
      row(`${who(count)}: a command, ms, p99`, count, all, ({ command }) => command.p99),
      row(`${who(count)}: a balance, ms, p50`, count, all, ({ read }) => read.p50),
      row(`${who(count)}: a balance, ms, p99`, count, all, ({ read }) => read.p99)
    ])
  ].join("\n")
}

export const lag = (all: ReadonlyArray<Measured>): string => {
  const cells = (of: (measured: Measured) => number) => all.map((measured) => number(of(measured)))
  return [
    ...head("ms from the answer to the entry", all),
    line("nobody else works, p50", ...cells(({ lag }) => lag.alone.p50)),
    line("nobody else works, p99", ...cells(({ lag }) => lag.alone.p99)),
    line(`${beside} work, p50`, ...cells(({ lag }) => lag.busy.p50)),
    line(`${beside} work, p99`, ...cells(({ lag }) => lag.busy.p99))
  ].join("\n")
}

const total = ({ cpu }: Found) => Object.values(cpu).reduce((sum, each) => sum + each, 0)

/** Undefined where the system does not tell. */
export const cpu = (all: ReadonlyArray<Measured>): string | undefined => {
  const callers = [...all[0]!.work.keys()]
  const names = new Set(all.flatMap(({ work }) => Object.keys(work.get(callers[0]!)![0]!.cpu)))
  if (names.size === 0) return undefined
  const rows = callers.flatMap((count) => [
    ...[...names].map((name) =>
      line(
        `${who(count)}: ${name}`,
        ...all.map(({ work }) => {
          const rounds = work.get(count)!
          return rounds[0]!.cpu[name] === undefined ? "" : number(usual(rounds, ({ cpu }) => cpu[name]!))
        })
      )
    ),
    row(`${who(count)}: all`, count, all, total)
  ])
  return [...head("µs CPU for a command", all), ...rows].join("\n")
}
