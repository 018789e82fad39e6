/**
 * The soak's third part: the contexts as services, with everything going wrong between them that can. The processes
 * belong to the example's tests; here they are started and watched.
 */
import { randomInt } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Progress from "../cli/Progress.ts"
import { counted, say, write } from "../cli/terminal.ts"
import * as Child from "./Child.ts"
import type { Store } from "./crash.ts"

/** What carries the events between services. */
export const Bus = Schema.Literals(["nats", "polling"])
type Bus = typeof Bus.Type

interface Options {
  readonly rounds: number
  /** Default: PGlite, a folder for each. */
  readonly store: Store | undefined
  /** Default: NATS where there is a server. */
  readonly bus: Bus | undefined
  readonly seed: number | undefined
}

interface Work {
  /** Commands that were acknowledged. */
  readonly commands: number
  /** How often each trouble was made. */
  readonly counts: Readonly<Record<string, number>>
}

/** What the services came to: what they did, or why they could not go on. */
type Outcome =
  | (Work & {
      readonly refused: number
      readonly again: number
      readonly events: number
      readonly transfers: number
      readonly periods: number
      readonly slowest: number
      readonly bus: Bus
      readonly violations: ReadonlyArray<string>
      readonly kept: string | null
    })
  | Child.Failed

const program = new URL("../../../services/test/soak/soak.ts", import.meta.url)

const troubles = ({ counts }: Work): string =>
  Object.entries(counts)
    .map(([what, times]) => `${what} ${times}`)
    .join(", ")

const wrong = (outcome: Outcome): ReadonlyArray<string> => ("error" in outcome ? [outcome.error] : outcome.violations)

/** What people are told, and how to see it again if something was wrong. */
export const describe = (
  options: { readonly rounds: number; readonly store: Store; readonly bus: Bus | undefined; readonly seed: number },
  outcome: Outcome
): string => {
  const { rounds, seed, store } = options
  const bus = "error" in outcome ? options.bus : outcome.bus
  const found = wrong(outcome)
  const lines = [
    `services on ${store}${bus === undefined ? "" : `, events by ${bus}`}: ${counted(rounds, "round")}, ` +
      ("error" in outcome
        ? "could not go on, BROKEN"
        : `${counted(outcome.commands, "command")} acknowledged and ${outcome.refused} refused, ${outcome.again} sent again, ` +
          `${counted(outcome.events, "event")}, ${counted(outcome.transfers, "transfer")}, ${counted(outcome.periods, "day")} closed; ` +
          `${troubles(outcome)}; at rest within ${(outcome.slowest / 1_000).toFixed(1)} s; ` +
          (found.length === 0 ? "nothing wrong" : "BROKEN"))
  ]
  if (found.length > 0) {
    lines.push(
      ...found.map((line) => `  ${line}`),
      ...(outcome.kept === null ? [] : [`its data: ${outcome.kept}`]),
      `again: npm run soak -- services --store ${store} --rounds ${rounds} --seed ${seed}` +
        (bus === undefined ? "" : ` --bus ${bus}`)
    )
  }
  return lines.join("\n")
}

/** Runs the rounds, and says whether nothing was wrong. */
export const services = Effect.fnUntraced(function* (options: Options) {
  const { bus, rounds, seed = randomInt(1, 2 ** 31), store = "pglite" } = options
  yield* say(`${counted(rounds, "round")} of trouble between services on ${store}, seed ${seed}`)
  const bar = Progress.make("services", rounds)
  const outcome: Outcome = yield* Child.run<Work & { readonly round: number }, Exclude<Outcome, Child.Failed>>(
    program,
    ["--store", store, "--rounds", `${rounds}`, "--seed", `${seed}`].concat(bus === undefined ? [] : ["--bus", bus]),
    (done) => bar.at(done.round, `${counted(done.commands, "command")} acknowledged, ${troubles(done)}`)
  )
  bar.end()
  yield* write(`${describe({ rounds, store, bus, seed }, outcome)}\n`)
  return wrong(outcome).length === 0
})
