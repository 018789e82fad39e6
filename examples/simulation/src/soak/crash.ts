/**
 * The soak's second half: processes at work on a real store that are killed with -9, and a Postgres server with them.
 * The processes belong to the adapter's tests; here they are started and watched.
 */
import { randomInt } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Progress from "../cli/Progress.ts"
import { counted, say, write } from "../cli/terminal.ts"
import * as Child from "./Child.ts"

export const Store = Schema.Literals(["postgres", "pglite"])
export type Store = typeof Store.Type

/** What carries the events in place of the store's own bus. */
type Bus = "nats"

export interface Options {
  readonly rounds: number
  /** Default: both. */
  readonly store: Store | undefined
  readonly bus: Bus | undefined
  readonly seed: number | undefined
}

interface Work {
  /** Commands that were acknowledged. */
  readonly commands: number
  readonly kills: number
  readonly recoveries: number
}

/** What the processes of a store came to: what they did, or why they could not go on. */
export type Outcome = { readonly kept: string | null } & (
  | (Work & {
      readonly events: number
      readonly transfers: number
      readonly periods: number
      readonly violations: ReadonlyArray<string>
      readonly failures: ReadonlyArray<string>
      /** How often NATS was in which trouble, and how many events it had at the end. */
      readonly nats?: Readonly<Record<string, number>>
    })
  | { readonly error: string }
)

const program = new URL("../../../../packages/postgres/test/crash/soak.ts", import.meta.url)

/** Runs the rounds on a store in a process of their own. */
const run = (store: Store, { bus, rounds }: Options, seed: number, onRound: (round: number, work: Work) => void) =>
  Child.run<Work & { readonly round: number }, Outcome>(
    program,
    ["--store", store, "--rounds", `${rounds}`, "--seed", `${seed}`].concat(bus === undefined ? [] : ["--bus", bus]),
    (line) => onRound(line.round, line)
  )

const work = ({ commands, kills, recoveries }: Work): string =>
  `${counted(commands, "command")} acknowledged, ${counted(kills, "kill")}, ${recoveries.toLocaleString("en-US")} recovered`

/** What was wrong, in a line each. */
const wrong = (outcome: Outcome): ReadonlyArray<string> =>
  "error" in outcome ? [outcome.error] : [...outcome.violations, ...outcome.failures]

/** What happened to NATS, where it carried the events. */
const carried = (outcome: Outcome): string => {
  if ("error" in outcome || outcome.nats === undefined) return ""
  const { carried: events, ...troubles } = outcome.nats
  const happened = Object.entries(troubles).map(([what, times]) => `${what} ${times}`)
  return `, NATS ${happened.join(", ")} times and with ${counted(events!, "event")} at the end`
}

/** What people are told of a store, and how to see it again if something was wrong. */
export const describe = (store: Store, rounds: number, seed: number, outcome: Outcome): string => {
  const said =
    "error" in outcome
      ? "could not go on"
      : `${work(outcome)}, ${counted(outcome.events, "event")}, ${counted(outcome.transfers, "transfer")}, ` +
        counted(outcome.periods, "day") +
        carried(outcome)
  const found = wrong(outcome)
  const summary = `${store}: ${counted(rounds, "round")}, ${said}, ${found.length === 0 ? "nothing wrong" : "BROKEN"}`
  if (found.length === 0) return summary
  return [
    summary,
    ...found.map((line) => `  ${line}`),
    ...(outcome.kept === null ? [] : [`its data: ${outcome.kept}`]),
    `again: npm run soak -- crash --store ${store} --rounds ${rounds} --seed ${seed}` +
      ("nats" in outcome && outcome.nats !== undefined ? " --bus nats" : "")
  ].join("\n")
}

/** Runs the rounds on each store, and says whether nothing was wrong. */
export const crash = Effect.fnUntraced(function* (options: Options) {
  const { bus, rounds, seed = randomInt(1, 2 ** 31), store } = options
  let whole = true
  for (const each of store === undefined ? Store.literals : [store]) {
    yield* say(
      `${counted(rounds, "round")} of kill -9 on ${each}${bus === undefined ? "" : " with NATS"}, seed ${seed}`
    )
    const bar = Progress.make(each, rounds)
    const outcome = yield* run(each, options, seed, (round, done) => bar.at(round, work(done)))
    bar.end()
    yield* write(`${describe(each, rounds, seed, outcome)}\n`)
    whole &&= wrong(outcome).length === 0
  }
  return whole
})
