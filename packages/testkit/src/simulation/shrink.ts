/**
 * Makes a failing run smaller: fewer faults, nodes, days, popugs and commands, as long as a rule stays broken that was
 * broken before.
 */
import * as Faults from "./Faults.ts"
import { type Run, run } from "./run.ts"
import { omit, type Options } from "./Settings.ts"

/** The smallest failing options that were found, and the run that they lead to. */
export interface Shrunk {
  readonly options: Options
  readonly run: Run
  /** How many runs it took. */
  readonly runs: number
}

/** Shrinks options whose run is broken; `budget` is the number of runs it may take. */
export const shrink = (options: Options, budget = 400): Shrunk => {
  const quiet = omit(options, "onDay")
  const first = run(quiet)
  const rules = new Set(first.violations.map(({ rule }) => rule))
  let best = { options: withSettings(quiet, first), run: first }
  let runs = 1

  /** Takes the change if the run is still broken by one of the same rules. */
  const attempt = (change: Partial<Options>): boolean => {
    if (runs >= budget) return false
    runs += 1
    const candidate = { ...best.options, ...change }
    const result = run(candidate)
    if (!result.violations.some(({ rule }) => rules.has(rule))) return false
    best = { options: candidate, run: result }
    return true
  }

  if (rules.size === 0) return { ...best, runs }
  attempt({ faults: {} })
  for (const name of Faults.names) {
    const faults = best.options.faults ?? {}
    if ((faults[name] ?? 0) > 0) attempt({ faults: omit(faults, name) })
  }
  for (const field of ["nodes", "days", "popugs", "gap"] as const) {
    const least = field === "gap" ? 0 : 1
    for (let value = best.options[field] ?? least; value > least && attempt({ [field]: value - 1 }); value--) continue
  }
  attempt({ mischief: false })
  leaveOut(
    () => best.run.planned,
    (numbers) => attempt({ without: [...(best.options.without ?? []), ...numbers] })
  )
  return { ...best, runs }
}

/** Leaves out what can be left out of the plan: large parts first, then smaller ones. */
const leaveOut = (planned: () => ReadonlyArray<number>, attempt: (numbers: ReadonlyArray<number>) => boolean): void => {
  for (let size = Math.ceil(planned().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    let at = 0
    while (at < planned().length) if (!attempt(planned().slice(at, at + size))) at += size
  }
}

/** The options with all that the seed has decided spelled out, so that a change of one changes no other. */
const withSettings = (options: Options, { settings }: Run): Options => {
  const given = omit(settings, "ownPolicies")
  const faults = Object.fromEntries(Object.entries(settings.faults).filter(([, rate]) => rate > 0))
  return { ...options, ...given, faults }
}
