/**
 * `npm run soak`: simulated companies with everything going wrong that can, seed after seed; processes on real stores
 * that are killed at work, round after round; contexts as services with trouble between any two.
 */
import { isMainThread, workerData } from "node:worker_threads"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Bugs } from "@popug/testkit/simulation"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { explain } from "./cli/explain.ts"
import { Count, option, type Option as Asked, optional, type Parsed, parse, UsageError } from "./cli/options.ts"
import { companies } from "./soak/companies.ts"
import { crash, Store } from "./soak/crash.ts"
import * as Fleet from "./soak/Fleet.ts"
import { Bus, services } from "./soak/services.ts"
import { replay, simulate } from "./soak/simulate.ts"

/** A value, or nothing. */
const maybe = <A>(schema: Schema.Codec<A, string>, value: string, about: string): Asked<A | undefined> => ({
  schema: schema as Schema.Codec<A | undefined, string>,
  default: undefined,
  value,
  about
})

const parts = ["simulation", "crash", "services", "companies"]

const program = {
  usage: "npm run soak -- [WHAT] [options]",
  about:
    "Simulates companies with all faults, seed after seed, and stops at the first that breaks a rule. Then has processes\n" +
    "work on Postgres and on PGlite, kills them with -9 at any moment, and the server too, and checks what is left.\n" +
    "With `services` each context is a process, and whatever can go wrong between them does; with `companies` many of\n" +
    "them work, rest and move between two databases.",
  argument: {
    name: "WHAT",
    about: "simulation, crash, services or companies (the first two, one after the other)",
    optional: true
  },
  options: {
    minutes: maybe(
      Schema.FiniteFromString.check(Schema.isGreaterThan(0)),
      "NUMBER",
      "simulation: for how long (1, unless --seeds is given)"
    ),
    seeds: maybe(Count, "NUMBER", "simulation: how many seeds"),
    from: maybe(Count, "NUMBER", "simulation: the first seed (any)"),
    workers: option(Count, "NUMBER", 2, "simulation: how many threads"),
    apart: { about: "simulation: each context runs alone, with a network between them that fails" },
    bug: optional(
      "NAME",
      `simulation: build a mistake in, to see it found: ${Bugs.all.map(({ name }) => name).join(", ")}; ` +
        `with --apart also ${Bugs.apart.map(({ name }) => name).join(", ")}`
    ),
    replay: optional("OPTIONS", "simulation: run once what a failure has printed, and show what happened"),
    rounds: option(Count, "NUMBER", 50, "crash, services, companies: how many rounds (on each store)"),
    store: maybe(Store, "NAME", "crash: postgres or pglite alone (both); services: which (pglite)"),
    bus: maybe(
      Bus,
      "NAME",
      "crash: nats for events on a nats-server, which is in trouble as well (the store's own); services: nats or polling"
    ),
    seed: maybe(
      Count,
      "NUMBER",
      "crash, services, companies: decides when things go wrong, though not what they meet (any)"
    )
  },
  examples: [
    ["npm run soak -- --minutes 10", "Ten minutes of fresh seeds, then fifty rounds of crashes on each store"],
    ["npm run soak -- simulation --seeds 10000 --from 1", "The same ten thousand seeds every time"],
    ["npm run soak -- simulation --apart --seeds 500 --from 1", "Companies whose contexts run apart"],
    ["npm run soak -- crash --rounds 200 --store postgres", "Two hundred rounds of crashes on Postgres"],
    ["npm run soak -- services --rounds 10", "The contexts as services, with trouble between any two of them"],
    ["npm run soak -- companies --rounds 8", "Many companies on Postgres that move while their processes are killed"],
    ["npm run soak -- crash --bus nats", "Crashes under events on NATS, which is killed, emptied, cut off and paused"]
  ]
} as const

const soak = Effect.fnUntraced(function* (options: Parsed<typeof program>) {
  const { apart, argument, bug } = options
  if (argument !== undefined && !parts.includes(argument)) {
    return yield* new UsageError({ message: `what is ${JSON.stringify(argument)} for?` })
  }
  // These ask for something that crashes have no part in.
  const one = argument ?? (options.replay === undefined && bug === undefined && !apart ? undefined : "simulation")
  if (one === "services") {
    if (!(yield* services(options))) process.exitCode = 1
    return
  }
  if (one === "companies") {
    if (!(yield* companies(options))) process.exitCode = 1
    return
  }
  if (options.bus === "polling") return yield* new UsageError({ message: "--bus polling is for services" })
  let whole = true
  if (one !== "crash") {
    whole = yield* options.replay === undefined
      ? simulate(new URL(import.meta.url), options)
      : replay(options.replay, bug)
  }
  // Whoever broke a rule wants to see that rule.
  if (one !== "simulation" && whole) whole = yield* crash({ ...options, bus: options.bus })
  if (!whole) process.exitCode = 1
})

if (isMainThread) {
  parse(program, process.argv.slice(2)).pipe(
    Effect.flatMap((options) => (options === undefined ? Effect.void : soak(options))),
    Effect.catch(explain(program.usage)),
    Effect.provide(NodeServices.layer),
    NodeRuntime.runMain
  )
} else Fleet.work(workerData)
