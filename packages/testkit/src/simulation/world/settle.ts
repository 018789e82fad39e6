/**
 * The end of a run: nothing goes wrong any more, everybody gets their answer, and the last day is ended and closed.
 */
import { Actor, Billing, Consumers, Reports, Tasks } from "@popug/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { calendar } from "../calendar.ts"
import type { Settings } from "../Settings.ts"
import { type Asked } from "../workload/ask.ts"
import type { View } from "../workload/View.ts"
import type { Node } from "./Node.ts"
import type { Services } from "./Process.ts"
import { note, type World } from "./World.ts"

const minute = 60_000

/** How long commands may still take once nothing goes wrong. */
const patience = 6 * 60

/** Starts the nodes and waits until they are up: nothing goes wrong before the company is opened. */
export const open = Effect.fnUntraced(function* ({ dice, time }: World, nodes: ReadonlyArray<Node>) {
  dice.calm = true
  for (const node of nodes) yield* node.start
  while (nodes.some(({ up }) => up === undefined)) yield* time.sleepUntil(() => time.now + 1)
  dice.calm = false
})

/** Waits until every command has its answer, or none comes any more. */
export const calmDown = Effect.fnUntraced(function* (
  world: World,
  nodes: ReadonlyArray<Node>,
  asked: ReadonlyArray<Asked>
) {
  const { dice, time } = world
  note(world, "from here on nothing goes wrong")
  dice.calm = true
  for (const node of nodes) {
    node.skew = 0
    node.downUntil = 0
    node.wake()
    yield* node.start
  }
  for (let minutes = 0; minutes < patience; minutes++) {
    // The last command of the plan may not even have been chosen yet.
    yield* time.sleepUntil(() => time.now + minute)
    if (asked.every(({ outcome }) => outcome !== undefined)) return
  }
})

const later = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + 3 * 24 * 60 * minute).toISOString().slice(0, 10)

/** Ends and closes all days that are over, and sends all notices. */
export const finish = Effect.fnUntraced(function* (
  world: World,
  settings: Settings,
  services: Context.Context<Services>,
  view: View,
  lastDay: string
) {
  const { time } = world
  const tasks = Context.get(services, Tasks)
  const consumers = Context.get(services, Consumers)
  const reports = Context.get(services, Reports)
  const billing = Context.get(services, Billing)
  const { days, startOf } = calendar(settings.timeZone, settings.cutoff)
  yield* consumers.settle
  yield* view.refresh
  // A clock that was ahead may have taken the company beyond the last day.
  const latest = view.latest > lastDay ? view.latest : lastDay
  const next = days(latest, later(latest))[1]!
  yield* time.sleepUntil(() => startOf(next) + minute)
  yield* tasks.endRegistration(Actor.system, { commandId: "the-last-day" })
  yield* consumers.settle
  yield* view.refresh
  if (settings.byHand) {
    for (const period of view.ended) {
      if (view.closed.has(period)) continue
      yield* Effect.ignore(billing.close(Actor.user("accountant"), period, { commandId: `close-${period}` }))
      yield* consumers.settle
    }
  }
  // Notices that failed are due again later.
  for (let hours = 0; hours < 24; hours++) {
    yield* reports.dispatch
    const pending = yield* reports.notices(Actor.system, { status: "pending" }, { limit: 1 })
    if (pending.rows.length === 0) return
    yield* time.sleepUntil(() => time.now + 60 * minute)
  }
})
