/**
 * Processes that are kept going: what ends is started again, after a while that grows as long as that goes on.
 */
import { type ChildProcess, spawn } from "node:child_process"

export interface Child {
  readonly name: string
  /** The process as it runs now; undefined between two of them. */
  readonly pid: () => number | undefined
  /** How often it was started again. */
  readonly restarts: () => number
  /** Has it end in its own way, and not come back. */
  readonly end: () => Promise<void>
  /** Starts it again after it was ended. */
  readonly again: () => void
}

export interface Command {
  readonly name: string
  readonly file: string
  readonly args: ReadonlyArray<string>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether it is told when this process goes, by a channel of Node's. */
  readonly isNode: boolean
  /** The longest wait before it is started again, in milliseconds; default: 10,000. */
  readonly longest?: number
  /** What it writes, line by line. */
  readonly said: (name: string, line: string) => void
}

/** The first and the longest wait, and after what time a process counts as one that runs, in milliseconds. */
const [shortest, usual, settled] = [250, 10_000, 30_000]
/** How long one may take to end; drained, it ends sooner. In milliseconds. */
const patience = 30_000

const lines = (chunks: NodeJS.ReadableStream, said: (line: string) => void) => {
  let rest = ""
  chunks.on("data", (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split("\n")
    rest = parts.pop()!
    parts.forEach(said)
  })
  chunks.on("end", () => rest !== "" && said(rest))
}

export const start = (command: Command): Child => {
  const { args, environment, file, isNode, longest = usual, name, said } = command
  let running: ChildProcess | undefined
  let ended: Promise<void> = Promise.resolve()
  let again: NodeJS.Timeout | undefined
  let restarts = 0
  let wait = shortest
  let isEnding = false

  const run = () => {
    const since = performance.now()
    const child = spawn(file, args, {
      env: environment as NodeJS.ProcessEnv,
      // A signal from the terminal is for the one that ends them in order.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", ...(isNode ? (["ipc"] as const) : [])]
    })
    running = child
    lines(child.stdout!, (line) => said(name, line))
    lines(child.stderr!, (line) => said(name, line))
    ended = new Promise((resolve) => {
      child.once("error", (error) => said(name, `${name} can't be started: ${error.message}`))
      child.once("close", (code, signal) => {
        running = undefined
        resolve()
        if (isEnding) return
        wait = performance.now() - since > settled ? shortest : Math.min(wait * 2, longest)
        said(name, `${name} ended with ${signal ?? code}; it is started again in ${wait} ms`)
        again = setTimeout(() => {
          restarts += 1
          run()
        }, wait)
      })
    })
  }
  run()

  return {
    name,
    pid: () => running?.pid,
    restarts: () => restarts,
    end: async () => {
      isEnding = true
      clearTimeout(again)
      const child = running
      if (child === undefined) return ended
      child.kill("SIGTERM")
      const cut = setTimeout(() => child.kill("SIGKILL"), patience)
      await ended
      clearTimeout(cut)
    },
    again: () => {
      if (!isEnding || running !== undefined) return
      isEnding = false
      run()
    }
  }
}
