/**
 * What is simulated: a company, its nodes, its days and its faults. Whatever is left out, the seed decides.
 */
import type * as Context from "effect/Context"
import type { Bug } from "./bugs/Bug.ts"
import { calendar } from "./calendar.ts"
import * as Faults from "./Faults.ts"
import { Chance } from "./world/Chance.ts"

export interface Options {
  /** Decides everything: the same seed with the same options is the same run, to the byte. */
  readonly seed: number | string
  /** How many workers there are, besides an admin, a manager and an accountant. */
  readonly popugs?: number
  /** How many business days, in a row but for `gap`. */
  readonly days?: number
  readonly nodes?: number
  readonly commandsPerDay?: number
  /** What goes wrong: all of these faults, or none of the others when only some are given. */
  readonly faults?: Partial<Faults.Faults>
  /** Days in the middle on which nobody is there. */
  readonly gap?: number
  readonly timeZone?: string
  readonly cutoff?: string
  /** The first business day. */
  readonly from?: string
  /** Whether periods are closed by hand. */
  readonly byHand?: boolean
  /** Whether clients also ask for what must be refused. */
  readonly mischief?: boolean
  /**
   * Whether everything settles before time moves: calls take no time, and what happens at an instant is over before
   * the next. Then the results depend on the seed alone, whatever the stores.
   */
  readonly lockstep?: boolean
  /**
   * Whether each context runs alone: in processes of its own, over a store of its own, and with a network between that
   * fails. Not over real stores.
   */
  readonly apart?: boolean
  /** Policies of the company: values for the core's references. */
  readonly policies?: Context.Context<never>
  /** Called when a day is over. */
  readonly onDay?: (progress: { readonly day: number; readonly days: number; readonly period: string }) => void
  /** A mistake built in on purpose. */
  readonly bug?: Bug
  /** Numbers of planned happenings that are left out: how a failing run is made smaller. */
  readonly without?: ReadonlyArray<number>
  /** Whether the lines of the trace are kept. */
  readonly trace?: boolean
}

/** Options with nothing left out. */
export interface Settings {
  readonly seed: string
  readonly popugs: number
  readonly days: number
  readonly nodes: number
  readonly commandsPerDay: number
  readonly faults: Faults.Faults
  readonly gap: number
  readonly timeZone: string
  readonly cutoff: string
  readonly from: string
  readonly byHand: boolean
  readonly mischief: boolean
  readonly lockstep: boolean
  readonly apart: boolean
  /** Whether the company has policies of its own, which the checkers do not know. */
  readonly ownPolicies: boolean
  readonly without: ReadonlyArray<number>
}

/** Zones, and dates a day or two before something happens to their clocks. */
const places: ReadonlyArray<{ readonly timeZone: string; readonly from: ReadonlyArray<string> }> = [
  { timeZone: "UTC", from: ["2026-02-27", "2027-12-30"] },
  { timeZone: "Europe/Prague", from: ["2026-03-27", "2026-10-23"] },
  { timeZone: "America/New_York", from: ["2026-03-06", "2026-10-30"] },
  { timeZone: "Asia/Kolkata", from: ["2026-06-29"] },
  { timeZone: "Asia/Kathmandu", from: ["2026-01-01"] },
  // Half an hour of summer time.
  { timeZone: "Australia/Lord_Howe", from: ["2026-04-03", "2026-10-02"] },
  // Clocks change at midnight: a day that starts at one, an evening that comes twice.
  { timeZone: "Africa/Cairo", from: ["2026-04-22", "2026-10-28"] },
  { timeZone: "America/Santiago", from: ["2026-04-02", "2026-09-04"] },
  { timeZone: "Asia/Beirut", from: ["2026-03-27", "2026-10-23"] },
  // 30 December 2011 never was.
  { timeZone: "Pacific/Apia", from: ["2011-12-28"] }
]

/** The settings that the options and the seed come to. */
export const resolve = (options: Options): Settings => {
  const chance = new Chance(`${options.seed}`).stream("settings")
  // Every draw is made, so that a given option does not change the others.
  const place = chance.pick(places)!
  const drawn: Omit<Settings, "seed" | "without" | "ownPolicies"> = {
    popugs: chance.between(1, 6),
    days: chance.between(3, 5),
    nodes: chance.between(1, 3),
    commandsPerDay: chance.between(6, 16),
    faults: Faults.drawn(chance.stream("faults")),
    gap: chance.hit(0.3) ? chance.between(1, 4) : 0,
    timeZone: place.timeZone,
    from: chance.pick(place.from)!,
    cutoff: chance.pick(["00:00", "00:00", "06:00", "23:45", "02:30"])!,
    byHand: chance.hit(0.15),
    mischief: true,
    lockstep: false,
    apart: false
  }
  const given = omit(options, "bug", "onDay", "policies", "trace")
  return {
    ...drawn,
    // A zone without a date: any days will do.
    from: options.timeZone === undefined ? drawn.from : "2026-03-02",
    without: [],
    ...given,
    faults: options.faults === undefined ? drawn.faults : { ...Faults.none, ...options.faults },
    seed: `${options.seed}`,
    ownPolicies: options.policies !== undefined
  }
}

/** A record without some of its fields. */
export const omit = <A extends object, Name extends keyof A>(record: A, ...names: ReadonlyArray<Name>): Omit<A, Name> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name as Name))) as Omit<A, Name>

/** The business days of a run: from the first, without the gap. */
export const daysOf = (
  settings: Settings
): { readonly all: ReadonlyArray<string>; readonly worked: ReadonlySet<string> } => {
  const { cutoff, days, from, gap, timeZone } = settings
  const later = new Date(Date.parse(`${from}T00:00:00Z`) + (days + gap + 3) * 86_400_000).toISOString().slice(0, 10)
  const all = calendar(timeZone, cutoff)
    .days(from, later)
    .slice(0, days + gap)
  const first = gap === 0 ? days : Math.ceil(days / 2)
  return { all, worked: new Set([...all.slice(0, first), ...all.slice(first + gap)]) }
}
