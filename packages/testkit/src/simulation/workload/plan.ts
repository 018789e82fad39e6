/**
 * What is to happen and when, drawn before the run starts: each happening has a number, and leaving one out changes no
 * other, so that a failing run can be made smaller.
 */
import type * as Contexts from "../../apart/Contexts.ts"
import { calendar } from "../calendar.ts"
import { daysOf, type Settings } from "../Settings.ts"
import type { Chance } from "../world/Chance.ts"

export type Happening = { readonly at: number; readonly number: number } & (
  | { readonly _tag: "Command" }
  /** A node looks into the log, as it would by polling. */
  | { readonly _tag: "Poll"; readonly node: number }
  /** A node sends the notices that are due. */
  | { readonly _tag: "Dispatch"; readonly node: number }
  | { readonly _tag: "Skew"; readonly node: number; readonly millis: number }
  | { readonly _tag: "Kill"; readonly node: number }
  | { readonly _tag: "Outage"; readonly until: number }
  | { readonly _tag: "Cut"; readonly between: readonly [Contexts.Name, Contexts.Name]; readonly until: number }
  | { readonly _tag: "DayOver"; readonly day: number; readonly days: number; readonly period: string }
)

/** Which contexts ask one another. */
const links = [
  ["tasks", "users"],
  ["billing", "users"],
  ["reports", "users"],
  ["billing", "tasks"],
  ["reports", "billing"],
  ["tasks", "billing"]
] as const

/** The number of what can't be left out. */
export const dayOver = 0

const minute = 60_000
const hour = 60 * minute

/** The happenings by time. `polls` is how often a node looks into the log in a day. */
export const plan = (settings: Settings, chance: Chance, polls: number): ReadonlyArray<Happening> => {
  const { commandsPerDay, cutoff, faults, nodes, timeZone } = settings
  const { all, worked } = daysOf(settings)
  const { startOf } = calendar(timeZone, cutoff)
  const without = new Set(settings.without)
  const happenings: Array<Happening> = []
  let number = 0
  const add = (happening: Omit<Happening, "number"> & Record<string, unknown>) => {
    number += 1
    if (!without.has(number)) happenings.push({ ...happening, number } as unknown as Happening)
  }
  for (const [day, period] of all.entries()) {
    const draws = chance.stream(period)
    const start = startOf(period)
    const end = startOf(all[day + 1] ?? after(period))
    const any = () => Math.floor(start + draws.next() * (end - start))
    const node = () => draws.between(0, nodes - 1)
    const rush = start + draws.between(8, 20) * hour
    if (worked.has(period)) {
      for (let command = 0; command < commandsPerDay; command++) {
        add({ _tag: "Command", at: Math.max(start, instant(draws, start, end, rush)) })
      }
    }
    for (let poll = 0; poll < polls * nodes; poll++) add({ _tag: "Poll", at: any(), node: node() })
    for (let dispatch = 0; dispatch < 2; dispatch++) add({ _tag: "Dispatch", at: any(), node: node() })
    for (let index = 0; index < nodes; index++) {
      if (draws.hit(faults.skew)) {
        const millis = draws.hit(0.3) ? 0 : draws.between(-3 * hour, 3 * hour)
        add({ _tag: "Skew", at: any(), node: index, millis })
      }
      if (draws.hit(faults.kill)) add({ _tag: "Kill", at: any(), node: index })
    }
    if (draws.hit(faults.outage)) {
      const at = any()
      add({ _tag: "Outage", at, until: at + draws.between(10, 36 * 60) * minute })
    }
    for (const between of settings.apart ? links : []) {
      if (!draws.hit(faults.cut)) continue
      const at = any()
      add({ _tag: "Cut", between, at, until: at + draws.between(1, 6 * 60) * minute })
    }
    happenings.push({ _tag: "DayOver", number: dayOver, at: end, day: day + 1, days: all.length, period })
  }
  return happenings.sort((a, b) => a.at - b.at || a.number - b.number)
}

/** Much happens all at once, some by day, some at any hour, and some within a minute of the day's ends. */
const instant = (draws: Chance, start: number, end: number, rush: number): number => {
  const fate = draws.next()
  if (fate < 0.35) return rush + draws.between(0, 300)
  if (fate < 0.7) return draws.between(start + 8 * hour, start + 18 * hour)
  if (fate < 0.85) return draws.between(start, end - 1)
  return (draws.hit(0.5) ? start : end) + draws.between(-minute, minute)
}

const after = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) + 24 * hour).toISOString().slice(0, 10)
