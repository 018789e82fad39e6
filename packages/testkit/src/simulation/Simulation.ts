/**
 * The deterministic simulation: the real core over stores in memory, a workload of clients, faults
 * of every kind, and checkers that compare what is left with a naive model.
 *
 * ```ts
 * const { violations } = Simulation.run({ seed: 42 })
 * ```
 */
export type { Violation } from "./checks/Violation.ts"
export { describe, replayCommand } from "./describe.ts"
export { type Counts, type Run, run, runOn, runOnWith, runWith, type Services, type Stores } from "./run.ts"
export { type Booked, type Bookkeeping, type Comparison, sameBooks } from "./sameBooks.ts"
export type { Options, Settings } from "./Settings.ts"
export { shrink, type Shrunk } from "./shrink.ts"
