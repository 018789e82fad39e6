/**
 * The server as its operator has it: a process of the workspace's Node, with an environment and signals.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"

export const root = fileURLToPath(new URL("../../../../", import.meta.url))

type Environment = Readonly<Record<string, string>>

/** What the machine has, without what would configure a server; the tests' own options of Node stay. */
const machine = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(POPUG_|OTEL_|HOST$|PORT$|DATABASE_URL$)/.test(name))
)

export interface Launched {
  readonly child: ChildProcess
  /** What it has written to stdout, and to stderr. */
  readonly out: () => string
  readonly error: () => string
  /** Its address, once it listens. Rejects with what it said if it ends before. */
  readonly listening: Promise<string>
  /** Its exit code; null after a signal that it did not take. */
  readonly ended: Promise<number | null>
  /** Has it end in its own way, and returns the exit code. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number | null>
}

const launched = new Set<Launched>()
const folders: Array<string> = []

export interface LaunchOptions {
  /** The folder that it is started in; default: the repository's. */
  readonly cwd?: string
  readonly args?: ReadonlyArray<string>
  /** A file that it writes its log to, open; otherwise it is read here. */
  readonly log?: number
}

/** Starts `main.ts` as it is deployed, or `start.ts` as newcomers do. */
export const launch = (
  program: "main" | "start",
  environment: Environment,
  { args = [], cwd = root, log }: LaunchOptions = {}
): Launched => {
  const file = join(root, `examples/server/src/${program}.ts`)
  const child = spawn(
    process.execPath,
    ["--conditions=@popug/source", "--disable-warning=ExperimentalWarning", file, ...args],
    { env: { ...machine, ...environment }, cwd, stdio: ["ignore", log ?? "pipe", "pipe"] }
  )
  let [out, error] = ["", ""]
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
  const listening = new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", (chunk) => {
      out += chunk
      const url = /popug (?:is|listens) at (http:\/\/[^\s"]+)/.exec(out)
      if (url !== null) resolve(url[1]!)
    })
    child.stderr!.on("data", (chunk) => (error += chunk))
    void ended.then((code) => reject(new Error(`it ended with ${code}: ${out}${error}`)))
  })
  // Not everybody waits for it.
  listening.catch(() => undefined)
  const self: Launched = {
    child,
    out: () => out,
    error: () => error,
    listening,
    ended,
    end: (signal = "SIGTERM") => {
      child.kill(signal)
      return ended
    }
  }
  launched.add(self)
  void ended.then(() => launched.delete(self))
  return self
}

/** An empty folder for as long as the file's tests run. */
export const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "popug-server-"))
  folders.push(path)
  return path
}

/** Nothing stays behind: call it once in a file that launches. */
export const cleanUp = () =>
  afterAll(async () => {
    await Promise.all([...launched].map(({ end }) => end("SIGKILL")))
    for (const path of folders) rmSync(path, { recursive: true, force: true })
  })
