/**
 * One run: the company is founded, its days pass as planned, and what is left is collected and checked.
 */
import { BillingStore, type Company, EventLog, type Ports } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Contexts from "../apart/Contexts.ts"
import { check } from "./checks/check.ts"
import { collect, type Evidence } from "./checks/Evidence.ts"
import type { Violation } from "./checks/Violation.ts"
import type { Fault } from "./Faults.ts"
import { happen } from "./happen.ts"
import type { Booked } from "./sameBooks.ts"
import { daysOf, type Options, resolve, type Settings } from "./Settings.ts"
import { Clients } from "./workload/Clients.ts"
import { dayOver, plan } from "./workload/plan.ts"
import { View } from "./workload/View.ts"
import { companyOf, inspector, makeWorld, observer } from "./world/create.ts"
import { Network } from "./world/Network.ts"
import { Node } from "./world/Node.ts"
import type { Services as NodeServices, Stores } from "./world/Process.ts"
import { calmDown, finish, open } from "./world/settle.ts"
import { Stuck } from "./world/VirtualTime.ts"
import { note, type World } from "./world/World.ts"

/** What a run came to. */
export interface Run {
  readonly settings: Settings
  /** What was broken; nothing in a healthy company. */
  readonly violations: ReadonlyArray<Violation>
  /** The digest of all that happened: equal for the same seed and options over the same store. */
  readonly digest: string
  readonly counts: Counts
  /** The numbers of what was planned. */
  readonly planned: ReadonlyArray<number>
  /** The lines of the trace, if they were asked for. */
  readonly trace: ReadonlyArray<string>
  /** What the company has booked, for `sameBooks`; null if the run did not come to its end. */
  readonly booked: Booked | null
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

export type { Stores } from "./world/Process.ts"

/** Runs the company; then the effect, which may use its services, but wait for nothing of the real world. */
export const runWith = <A, E>(options: Options, use: Effect.Effect<A, E, Services>): Run & { readonly value: A } =>
  valued(execute(options, use))

/** Runs the company. The same options give the same run, to the byte. */
export const run = (options: Options): Run => execute(options, Effect.void).run

/**
 * Runs the company over stores of your own, empty, and in lockstep: virtual time waits for their answers. Processes
 * are killed in the middle of their transactions as they are in memory; the bus between them is the simulation's. The
 * stores must take the instants of commits from Effect's `Clock`; they are given the simulation's `Company`.
 *
 * The same options give the same books as `lockstep` does in memory, as long as nothing goes wrong; what goes wrong
 * may go wrong elsewhere.
 */
export const runOn = <E, R>(
  stores: Layer.Layer<Stores, E, R>,
  options: Options
): Effect.Effect<Run, E, Exclude<R, Company>> => Effect.map(executeOn(stores, options, Effect.void), ({ run }) => run)

/** `runOn`; then the effect, which may use the company's services. */
export const runOnWith = <A, E, E2, R>(
  stores: Layer.Layer<Stores, E, R>,
  options: Options,
  use: Effect.Effect<A, E2, Services>
): Effect.Effect<Run & { readonly value: A }, E, Exclude<R, Company>> =>
  Effect.map(executeOn(stores, options, use), valued)

/** What runs apart, each in so many processes. */
const contexts = ["users", "tasks", "billing", "reports"] as const

interface Executed<A> {
  readonly run: Run
  readonly value: { readonly is: A } | undefined
}

const valued = <A>({ run, value }: Executed<A>): Run & { readonly value: A } => {
  if (value === undefined) throw new Error(run.violations.map(({ message }) => message).join("\n"))
  return { ...run, value: value.is }
}

const execute = <A, E>(options: Options, use: Effect.Effect<A, E, Services>): Executed<A> => {
  const { report, start, world } = prepare(options, use)
  return report(conclude(() => world.time.run(start())))
}

const executeOn = <A, E, E2, R>(
  stores: Layer.Layer<Stores, E, R>,
  options: Options,
  use: Effect.Effect<A, E2, Services>
): Effect.Effect<Executed<A>, E, Exclude<R, Company>> =>
  Effect.gen(function* () {
    const inLockstep = { ...options, lockstep: true }
    const company = Layer.succeedContext(companyOf(resolve(inLockstep)))
    const { report, start, world } = prepare(
      inLockstep,
      use,
      yield* Layer.build(Layer.fresh(Layer.provide(stores, company)))
    )
    const exit = yield* Effect.promise(() => world.time.drive(start()).then((exit) => () => exit, raising))
    return report(conclude(exit))
  }).pipe(Effect.scoped)

const raising = (error: unknown) => () => {
  throw error
}

/** A run that has not begun, and what is made of its end. */
const prepare = <A, E>(options: Options, use: Effect.Effect<A, E, Services>, stores?: Context.Context<Stores>) => {
  const settings = resolve(options)
  const world = makeWorld(options, settings, stores)
  const { chance, dice, time, trace } = world
  const peaceful = Object.values(settings.faults).every((rate) => rate === 0)
  const nodes = settings.nodes * (settings.apart ? contexts.length : 1)
  const happenings = plan({ ...settings, nodes }, chance.stream("plan"), peaceful ? 0 : 2)
  const report = (outcome: Outcome<A>): Executed<A> => {
    const evidence = outcome.of?.evidence
    if (evidence !== undefined) note(world, fingerprint(evidence))
    return {
      run: {
        settings,
        violations: [...world.broken, ...(evidence === undefined ? outcome.violations : check(evidence))],
        counts: countsOf(evidence, dice.counts),
        planned: happenings.flatMap(({ number }) => (number === dayOver ? [] : number)),
        trace: trace.lines,
        booked: evidence ?? null,
        digest: `${trace.digest()} ${time.tasks}`
      },
      value: outcome.of && { is: outcome.of.value }
    }
  }
  const start = () => Effect.runForkWith(world.base)(life(world, settings, options, happenings, use))
  return { world, start, report }
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
  const nodes = nodesOf(world, settings)
  if (settings.apart) world.network = new Network(world, nodes)
  const seen = yield* observer(world, settings)
  const view = new View(Context.get(seen, EventLog), Context.get(seen, BillingStore))
  const clients = new Clients(world, settings, nodes, view)
  yield* open(world, nodes)
  yield* Effect.forkDetach(clients.found)
  if (settings.lockstep) yield* time.settled
  for (const happening of happenings) {
    yield* time.sleepUntil(() => happening.at)
    yield* Effect.forkDetach(happen(world, nodes, clients, happening, options))
    if (settings.lockstep) yield* time.settled
  }
  yield* calmDown(world, nodes, clients.asked)
  const services = yield* inspector(world, settings)
  yield* finish(world, settings, services, view, daysOf(settings).all.at(-1)!)
  const { committed, saved, sent } = world
  const known = { settings, opened, asked: clients.asked, sent, committed, saved }
  const evidence = yield* Effect.provideContext(collect(known), services)
  return { evidence, value: yield* Effect.provideContext(use, services) }
})

/** So many nodes, or so many for each context. */
const nodesOf = (world: World, { apart, nodes }: Settings): ReadonlyArray<Node> => {
  const some = (name: string, context?: Contexts.Name) =>
    Array.from({ length: nodes }, (_, index) => new Node(world, `${name}${index + 1}`, context))
  return apart ? contexts.flatMap((context) => some(`${context} `, context)) : some("n")
}

interface Outcome<A> {
  readonly of: { readonly evidence: Evidence; readonly value: A } | undefined
  readonly violations: ReadonlyArray<Violation>
}

/** What the end of a run was, or why there is none. */
const conclude = <A, E>(end: () => Exit.Exit<NonNullable<Outcome<A>["of"]>, E>): Outcome<A> => {
  try {
    const exit = end()
    if (exit._tag === "Success") return { of: exit.value, violations: [] }
    return { of: undefined, violations: [{ rule: "the end", message: Cause.pretty(exit.cause) }] }
  } catch (error) {
    if (!(error instanceof Stuck)) throw error
    return { of: undefined, violations: [{ rule: "the end", message: error.message }] }
  }
}

/** What the heads say of all that was committed. */
const fingerprint = ({ billingHead, events, taskHead }: Evidence): string =>
  [taskHead.digest, billingHead.digest, billingHead.journal.digest, billingHead.closed.seal, events.users.length].join(
    " "
  )

const countsOf = (evidence: Evidence | undefined, faults: Counts["faults"]): Counts => ({
  commands: evidence?.asked.length ?? 0,
  refused: evidence?.asked.filter(({ outcome }) => outcome?._tag === "Refused").length ?? 0,
  events: evidence === undefined ? 0 : Object.values(evidence.events).reduce((sum, { length }) => sum + length, 0),
  transfers: evidence?.transfers.length ?? 0,
  periods: evidence?.closed.length ?? 0,
  faults
})
