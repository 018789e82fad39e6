/**
 * How the benchmarks measure: ours and the baseline in turn in one process, medians, and ratios between them.
 */
import { readFile, writeFile } from "node:fs/promises"

/** One row of the table: a rate in units per second, how long something takes, what it uses, or how a cost grows. */
export interface Row {
  readonly what: string
  readonly units: string
  readonly ours: number
  /** Nothing where there is nothing to compare with. */
  readonly baseline: number | null
  /** Ours over the baseline. */
  readonly ratio: number | null
  readonly goal: Goal | null
  /** The share of the time in which this process did nothing but wait for the database. */
  readonly waiting?: number
  /** Microseconds of CPU time for one, in this process and in the server; null where nobody tells them. */
  readonly cpu?: { readonly ours: Cpu | null; readonly baseline: Cpu | null }
}

interface Cpu {
  readonly here: number
  readonly server: number
}

/** What the ratio should be at least or at most, or what is ours where `of` says so. */
export type Goal = ({ readonly atLeast: number } | { readonly atMost: number }) & { readonly of?: "ours" }

/** What a row's goal is about; null where there is no goal, or nothing to compare with. */
const judged = ({ goal, ours, ratio }: Row): number | null => (goal?.of === "ours" ? ours : ratio)

const holds = (goal: Goal, value: number): boolean => ("atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost)

export const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

/** Seconds that a run takes, on a heap that was swept before when node runs with `--expose-gc`. */
export const seconds = async (run: () => unknown): Promise<number> => {
  globalThis.gc?.()
  const start = performance.now()
  await run()
  return (performance.now() - start) / 1000
}

/** Runs ours and the baseline in turn, once to warm up and then `rounds` times, and compares the medians. */
export const compare = async (options: {
  readonly what: string
  readonly units: string
  readonly count: number
  readonly goal?: Goal
  readonly rounds?: number
  /** Each returns the seconds of what is measured, leaving out how it was set up. */
  readonly ours: () => Promise<number>
  readonly baseline: () => Promise<number>
}): Promise<Row> => {
  const ours: Array<number> = []
  const baseline: Array<number> = []
  for (let round = 0; round <= (options.rounds ?? 3); round++) {
    const [a, b] = [await options.ours(), await options.baseline()]
    if (round === 0) continue
    ours.push(a)
    baseline.push(b)
  }
  const [a, b] = [options.count / median(ours), options.count / median(baseline)]
  return { what: options.what, units: options.units, ours: a, baseline: b, ratio: a / b, goal: options.goal ?? null }
}

const number = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 })

const goalOf = (row: Row): string => {
  const { goal, units } = row
  const value = judged(row)
  if (goal === null || value === null) return ""
  const bound = "atLeast" in goal ? `≥ ${number.format(goal.atLeast)}` : `≤ ${number.format(goal.atMost)}`
  return `${bound}${goal.of === "ours" ? ` ${units}` : ""} ${holds(goal, value) ? "✓" : "✗"}`
}

/** A column of the table; one that is optional stands where some row has something to say in it. */
interface Column {
  readonly head: string
  readonly cell: (row: Row) => string
  readonly isOptional?: true
}

const rounded = (value: number | null): string => (value === null ? "" : number.format(value))
const cpuCell = (cpu: Cpu | null | undefined): string =>
  cpu === null || cpu === undefined ? "" : `${rounded(cpu.here)} + ${rounded(cpu.server)}`

const columnsOf = (baseline: string): ReadonlyArray<Column> => [
  { head: "popug", cell: ({ ours }) => rounded(ours) },
  {
    head: "waits for Postgres",
    cell: ({ waiting }) => (waiting === undefined ? "" : `${Math.round(waiting * 100)} %`),
    isOptional: true
  },
  { head: "µs CPU, here + server", cell: ({ cpu }) => cpuCell(cpu?.ours), isOptional: true },
  { head: baseline, cell: (row) => rounded(row.baseline) },
  { head: `µs CPU ${baseline}`, cell: ({ cpu }) => cpuCell(cpu?.baseline), isOptional: true },
  { head: "ratio", cell: ({ ratio }) => (ratio === null ? "" : ratio.toFixed(2)) },
  { head: "goal", cell: goalOf }
]

/** The rows as a table in Markdown; `baseline` is what they are compared with. */
export const table = (rows: ReadonlyArray<Row>, baseline: string): string => {
  const columns = columnsOf(baseline).filter(
    ({ cell, isOptional }) => isOptional === undefined || rows.some((row) => cell(row) !== "")
  )
  const line = (cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`
  return [
    line(["what", "unit", ...columns.map(({ head }) => head)]),
    line(["---", "---", ...columns.map(() => "---:")]),
    ...rows.map((row) => line([row.what, row.units, ...columns.map(({ cell }) => cell(row))]))
  ].join("\n")
}

/** Whether a goal was missed. */
export const missed = (rows: ReadonlyArray<Row>): boolean =>
  rows.some((row) => {
    const value = judged(row)
    return row.goal !== null && value !== null && !holds(row.goal, value)
  })

/** Puts a text between the marks of a name in docs/benchmarks.md. */
export const publish = async (name: string, text: string): Promise<void> => {
  const file = new URL("../../../docs/benchmarks.md", import.meta.url)
  const page = await readFile(file, "utf8")
  const [begin, end] = [`<!-- table: ${name} -->`, `<!-- end: ${name} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`docs/benchmarks.md has no place for the table ${name}`)
  await writeFile(file, `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`)
}
