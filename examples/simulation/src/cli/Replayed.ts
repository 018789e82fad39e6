/**
 * What a replay has to say besides the books: what was done, what was skipped, what was checked.
 */
import type { Money } from "@popug/core"
import type { Summary } from "@popug/testkit/days"
import type { Replay } from "@popug/testkit/replay"
import type * as Report from "../report/Report.ts"
import * as Days from "./Days.ts"
import { count, counted, cut, styled, table } from "./terminal.ts"

/** What was replayed, and how. */
export interface How {
  readonly file: string
  readonly seed: string
  readonly timeZone: string
  readonly cutoff: string
  readonly currency: Money.Currency
}

const mostInvalid = 20
const reasonWidth = 140

/** All of it for people. */
export const print = (result: Replay.Result, summary: Summary.Summary, how: How): string =>
  [header(result, summary, how), Days.print(summary, how.currency), invalid(result)]
    .filter((part) => part !== "")
    .join("\n")

const header = ({ commands, invalid, periods }: Replay.Result, { days }: Summary.Summary, how: How): string => {
  const skipped = invalid.length === 0 ? "" : `, ${counted(invalid.length, "invalid line")} skipped`
  const range = days.length === 0 ? "" : `, ${days[0]!.period} to ${days.at(-1)!.period}`
  return `${styled("bold", how.file)}: ${counted(commands, "command")} done${skipped}
${counted(periods, "business day")} closed${range} (${how.timeZone}, from ${how.cutoff}; ${how.currency}; seed ${how.seed})
`
}

const invalid = ({ invalid }: Replay.Result): string => {
  if (invalid.length === 0) return ""
  const more = invalid.length - mostInvalid
  return `${styled("bold", "Invalid lines")}\n${table(
    [
      { title: "Line", cell: ({ line }) => count(line), right: true },
      { title: "Reason", cell: ({ reason }) => cut(reason, reasonWidth) }
    ],
    invalid.slice(0, mostInvalid)
  )}${more > 0 ? `  ... and ${count(more)} more (--json has them all)\n` : ""}`
}

/** What the replay found when it checked itself. */
export const checked = ({ assigned, days, done, problems, verification }: Replay.Checks): string => {
  if (problems.length > 0) return `THE BOOKS ARE WRONG\n${problems.map((problem) => `  ${problem}`).join("\n")}`
  const booked =
    verification === null
      ? ""
      : `; ${counted(assigned, "assignment")} and ${count(done)} done, each booked once; ` +
        `replayed ${counted(verification.events, "event")} into ${counted(verification.transfers, "transfer")}: no difference`
  return `checked: ${counted(days, "day")} in balance${booked}`
}

/** What the report says of a replay. */
export const about = (result: Replay.Result, how: How): Report.About => ({
  title: `Replay of ${how.file.split(/[/\\]/).at(-1)}`,
  currency: how.currency,
  facts: [
    [
      "Trace",
      `${how.file}: ${counted(result.commands, "command")} done, ${counted(result.invalid.length, "invalid line")}`
    ],
    ["Business days", `${count(result.periods)}, in ${how.timeZone}, each from ${how.cutoff}`],
    ["Seed", how.seed],
    ["Checks", checked(result.checks).replace("checked: ", "")]
  ],
  repeat: [
    `npm run replay -- ${quoted(how.file)} --report report.html --seed ${quoted(how.seed)}`,
    ` --time-zone ${how.timeZone} --cutoff ${how.cutoff} --currency ${how.currency}`
  ].join(""),
  remarks: {
    title: "Invalid lines",
    lines: result.invalid.map(({ line, reason }) => `${line}: ${reason}`)
  }
})

/** An argument as a shell takes it. */
const quoted = (text: string): string => (/^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
