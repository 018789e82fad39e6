/**
 * Processes at work for many companies of two databases on Postgres, which rest, wake and move meanwhile. The processes
 * belong to the adapter's tests; here they are started and watched.
 */
import { randomInt } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Progress from "../cli/Progress.ts"
import { counted, say, write } from "../cli/terminal.ts"
import * as Child from "./Child.ts"

interface Work {
  readonly commands: number
  readonly moves: number
  readonly kills: number
  readonly pauses: number
}

type Outcome = { readonly kept: string | null } & (
  | (Work & {
      readonly events: number
      readonly transfers: number
      readonly periods: number
      readonly violations: ReadonlyArray<string>
    })
  | { readonly error: string }
)

const program = new URL("../../../../packages/postgres/test/crash/companies/soak.ts", import.meta.url)

const work = ({ commands, kills, moves, pauses }: Work): string =>
  `${counted(commands, "command")} acknowledged, ${counted(moves, "move")}, ${counted(kills, "kill")}, ` +
  counted(pauses, "pause")

/** What people are told, and how to see it again if something was wrong. */
const describe = (rounds: number, seed: number, outcome: Outcome): string => {
  const found = "error" in outcome ? [outcome.error] : outcome.violations
  const said =
    "error" in outcome
      ? "could not go on"
      : `${work(outcome)}, ${counted(outcome.events, "event")}, ${counted(outcome.transfers, "transfer")}, ` +
        counted(outcome.periods, "day")
  const summary = `companies: ${counted(rounds, "round")}, ${said}, ${found.length === 0 ? "nothing wrong" : "BROKEN"}`
  if (found.length === 0) return summary
  return [
    summary,
    ...found.map((line) => `  ${line}`),
    ...(outcome.kept === null ? [] : [`its data: ${outcome.kept}`]),
    `again: npm run soak -- companies --rounds ${rounds} --seed ${seed}`
  ].join("\n")
}

/** Runs the rounds, and says whether nothing was wrong. */
export const companies = Effect.fnUntraced(function* ({
  rounds,
  seed = randomInt(1, 2 ** 31)
}: {
  readonly rounds: number
  readonly seed: number | undefined
}) {
  yield* say(`${counted(rounds, "round")} of work for many companies on Postgres, seed ${seed}`)
  const bar = Progress.make("companies", rounds)
  const outcome = yield* Child.run<Work & { readonly round: number }, Outcome>(
    program,
    ["--rounds", `${rounds}`, "--seed", `${seed}`],
    (line) => bar.at(line.round, work(line))
  )
  bar.end()
  yield* write(`${describe(rounds, seed, outcome)}\n`)
  return !("error" in outcome) && outcome.violations.length === 0
})
