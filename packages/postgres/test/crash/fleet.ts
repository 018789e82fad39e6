/**
 * Starts worker processes, kills them, and remembers what they said.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

/** A command that a worker sends. */
interface Command {
  readonly id: string
}

export interface Worker<Sent> {
  readonly process: ChildProcess
  /** Resolves when the worker has begun, or with false when it ended before. */
  readonly ready: Promise<boolean>
  /** Resolves with the exit code, null when it was killed. */
  readonly ended: Promise<number | null>
  /** Commands that it sent and got no answer of. */
  readonly open: Map<string, Sent>
}

/** Workers of one program, which is told a plan, and says what it does: a word and a value in a line. */
export class Fleet<Plan, Sent extends Command> {
  /** Every command that was acknowledged to somebody. */
  readonly acknowledged = new Map<string, Sent>()
  readonly failures: Array<string> = []
  /** How many times something has moved. */
  moves = 0
  readonly #program: URL
  readonly #children = new Set<ChildProcess>()

  constructor(program: URL) {
    this.#program = program
  }

  /** Ends whoever still runs, when a test gives up. */
  kill(): void {
    for (const child of this.#children) child.kill("SIGKILL")
  }

  start(plan: Plan): Worker<Sent> {
    const child = spawn(
      process.execPath,
      [
        "--conditions=@popug/source",
        "--disable-warning=ExperimentalWarning",
        fileURLToPath(this.#program),
        JSON.stringify(plan)
      ],
      { stdio: ["ignore", "pipe", "inherit"] }
    )
    this.#children.add(child)
    child.once("exit", () => void this.#children.delete(child))
    const open = new Map<string, Sent>()
    const lines = createInterface({ input: child.stdout! })
    const ready = Promise.withResolvers<boolean>()
    lines.on("line", (line) => {
      const space = line.indexOf(" ")
      const word = line.slice(0, space)
      if (word === "ready") ready.resolve(true)
      else if (word === "failed") this.failures.push(line)
      else if (word === "moved") this.moves += 1
      else if (word === "sent" || word === "done") {
        const sent = JSON.parse(line.slice(space)) as Sent
        if (word === "sent") open.set(sent.id, sent)
        else {
          open.delete(sent.id)
          this.acknowledged.set(sent.id, sent)
        }
      }
    })
    const closed = new Promise<void>((resolve) => lines.once("close", resolve))
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve)).then(async (code) => {
      await closed
      ready.resolve(false)
      return code
    })
    return { process: child, ready: ready.promise, ended, open }
  }
}
