/**
 * Says what went wrong in a run, and how to see it again.
 */
import type { Violation } from "./checks/Violation.ts"
import { omit, type Options } from "./Settings.ts"

const longest = 600

/** The command that runs the same again. */
export const replayCommand = (options: Options): string => {
  const plain = omit(options, "bug", "onDay", "policies", "trace")
  const bug = options.bug === undefined ? "" : ` --bug '${options.bug.name}'`
  return `npm run soak -- --replay '${JSON.stringify(plain)}'${bug}`
}

/** The violations of a run, and the command that repeats it. */
export const describe = (run: { readonly violations: ReadonlyArray<Violation> }, options: Options): string => {
  const { violations } = run
  return [
    `seed ${options.seed}: ${violations.length === 0 ? "nothing was broken" : "broken"}`,
    ...violations.map(({ message, rule }) => `  ${rule}: ${cut(message)}`),
    `replay: ${replayCommand(options)}`
  ].join("\n")
}

const cut = (message: string): string => (message.length <= longest ? message : `${message.slice(0, longest)} ...`)
