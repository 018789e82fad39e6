/**
 * How the benchmarks measure: ours and the baseline in turn in one process, medians, and ratios between them.
 */

/** One row of the table. */
export interface Row {
  readonly what: string
  readonly units: string
  /** Units per second: ours and the baseline's. */
  readonly ours: number
  readonly baseline: number
  /** Ours over the baseline, and the least it should be. */
  readonly ratio: number
  readonly goal: number | null
}

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

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
  readonly goal?: number
  readonly rounds?: number
  /** Each gives the seconds of what is measured, leaving out how it was set up. */
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

/** The rows as a table in Markdown. */
export const table = (rows: ReadonlyArray<Row>): string =>
  [
    "| what | ours / s | plain TypeScript / s | ratio | goal |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...rows.map(
      ({ baseline, goal, ours, ratio, units, what }) =>
        `| ${what} (${units}) | ${number.format(ours)} | ${number.format(baseline)} | ${ratio.toFixed(2)} | ${
          goal === null ? "" : `≥ ${goal}`
        } |`
    )
  ].join("\n")
