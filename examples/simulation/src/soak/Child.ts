/**
 * A program of a package's tests that the soak starts and watches: it says what it did in lines of JSON, and ends with
 * whoever started it.
 */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"

/** What a program came to that could not go on. */
export interface Failed {
  readonly error: string
  readonly kept: string | null
}

/** Runs it; the last line that is not of a round is its outcome. */
export const run = <Round extends { readonly round: number }, Outcome extends object>(
  program: URL,
  args: ReadonlyArray<string>,
  onRound: (round: Round) => void
) =>
  Effect.callback<Outcome | Failed>((resume) => {
    const node = ["--conditions=@popug/source", "--disable-warning=ExperimentalWarning", fileURLToPath(program)]
    const child = spawn(process.execPath, [...node, ...args], { stdio: ["pipe", "pipe", "inherit"] })
    let outcome: Outcome | undefined
    createInterface({ input: child.stdout }).on("line", (text) => {
      const line = JSON.parse(text) as Round | Outcome
      if ("round" in line) onRound(line)
      else outcome = line
    })
    child.once("close", (code, signal) =>
      resume(Effect.succeed(outcome ?? { error: `it ended with ${signal ?? code}`, kept: null }))
    )
    return Effect.callback<void>((ended) => {
      child.once("close", () => ended(Effect.void))
      child.stdin.end()
    })
  })
