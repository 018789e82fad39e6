/**
 * One run: the company is founded, its days pass as planned, and what is left is collected and checked.
 */
import { BillingStore, EventLog, type Ports } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { check } from "./checks/check.ts"
import { collect, type Evidence } from "./checks/Evidence.ts"
import type { Violation } from "./checks/Violation.ts"
import type { Fault } from "./Faults.ts"
import { happen } from "./happen.ts"
import { daysOf, type Options, resolve, type Settings } from "./Settings.ts"
import { Clients } from "./workload/Clients.ts"
import { dayOver, plan } from "./workload/Plan.ts"
import { View } from "./workload/View.ts"
import { build, inspector, makeWorld } from "./world/create.ts"
import { Node } from "./world/Node.ts"
import type { Services as NodeServices } from "./world/Process.ts"
import { calmDown, finish, open } from "./world/settle.ts"
import { Stuck } from "./world/VirtualTime.ts"
import { note, type World } from "./world/World.ts"

/** What a run came to. */
export interface Run {
  readonly settings: Settings
  /** What was broken; nothing in a healthy company. */
  readonly violations: ReadonlyArray<Violation>
  /** The digest of all that happened: equal for the same seed and options. */
  readonly digest: string
  readonly counts: Counts
  /** The numbers of what was planned. */
  readonly planned: ReadonlyArray<number>
  /** The lines of the trace, if they were asked for. */
  readonly trace: ReadonlyArray<string>
}

export interface Counts {
  readonly commands: number
  readonly refused: number
  readonly events: number
  readonly transfers: number
  readonly periods: number
  readonly faults: Readonly<Record<Fault, number>>
}

/** The services of the company over what a run has left. */
export type Services = NodeServices | Ports

/** Runs the company; then the effect, which may use its services, but wait for nothing of the real world. */
export const runWith = <A, E>(options: Options, use: Effect.Effect<A, E, Services>): Run & { readonly value: A } => {
  const { run, value } = execute(options, use)
  if (value === undefined) throw new Error(run.violations.map(({ message }) => message).join("\n"))
  return { ...run, value: value.is }
}

/** Runs the company. The same options give the same run, to the byte. */
export const run = (options: Options): Run => execute(options, Effect.void).run

const execute = <A, E>(
  options: Options,
  use: Effect.Effect<A, E, Services>
): { readonly run: Run; readonly value: { readonly is: A } | undefined } => {
  const settings = resolve(options)
  const world = makeWorld(options, settings)
  const { chance, dice, time, trace } = world
  const peaceful = Object.values(settings.faults).every((rate) => rate === 0)
  const happenings = plan(settings, chance.stream("plan"), peaceful ? 0 : 2)
  const outcome = conclude(world, life(world, settings, options, happenings, use))
  const evidence = outcome.of?.evidence
  if (evidence !== undefined) note(world, fingerprint(evidence))
  return {
    run: {
      settings,
      violations: evidence === undefined ? outcome.violations : check(evidence),
      counts: countsOf(evidence, dice.counts),
      planned: happenings.flatMap(({ number }) => (number === dayOver ? [] : number)),
      trace: trace.lines,
      digest: `${trace.digest()} ${time.tasks}`
    },
    value: outcome.of && { is: outcome.of.value }
  }
}

/** All that happens, from the first start of the nodes to the last question. */
const life = Effect.fnUntraced(function* <A, E>(
  world: World,
  settings: Settings,
  options: Options,
  happenings: ReturnType<typeof plan>,
  use: Effect.Effect<A, E, Services>
) {
  const { time } = world
  const opened = time.now
  const nodes = Array.from({ length: settings.nodes }, (_, index) => new Node(world, `n${index + 1}`))
  const observer = yield* build(Memory.layerOn(world.disk))
  const view = new View(Context.get(observer, EventLog), Context.get(observer, BillingStore))
  const clients = new Clients(world, settings, nodes, view)
  yield* open(world, nodes)
  yield* Effect.forkDetach(clients.found)
  for (const happening of happenings) {
    yield* time.sleepUntil(() => happening.at)
    yield* Effect.forkDetach(happen(world, nodes, clients, happening, options))
  }
  yield* calmDown(world, nodes, clients.asked)
  const services = yield* inspector(world)
  yield* finish(world, settings, services, view, daysOf(settings).all.at(-1)!)
  const known = { settings, opened, asked: clients.asked, sent: world.sent }
  const evidence = yield* Effect.provideContext(collect(known), services)
  return { evidence, value: yield* Effect.provideContext(use, services) }
})

/** Runs to the end, or says why there is none. */
const conclude = <A, E>(world: World, effect: Effect.Effect<A, E>) => {
  try {
    const exit = world.time.run(Effect.runForkWith(world.base)(effect))
    if (exit._tag === "Success") return { of: exit.value, violations: [] }
    return { of: undefined, violations: [{ rule: "the end", message: Cause.pretty(exit.cause) }] }
  } catch (error) {
    if (!(error instanceof Stuck)) throw error
    return { of: undefined, violations: [{ rule: "the end", message: error.message }] }
  }
}

/** What the heads say of all that was committed. */
const fingerprint = ({ billingHead, events, taskHead }: Evidence): string =>
  [taskHead.digest, billingHead.digest, billingHead.journalDigest, billingHead.seal, events.users.length].join(" ")

const countsOf = (evidence: Evidence | undefined, faults: Counts["faults"]): Counts => ({
  commands: evidence?.asked.length ?? 0,
  refused: evidence?.asked.filter(({ outcome }) => outcome?._tag === "Refused").length ?? 0,
  events: evidence === undefined ? 0 : Object.values(evidence.events).reduce((sum, { length }) => sum + length, 0),
  transfers: evidence?.transfers.length ?? 0,
  periods: evidence?.closed.length ?? 0,
  faults
})
