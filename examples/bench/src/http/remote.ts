/**
 * A server of the benchmark as its parent sees it.
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { Used } from "./child.ts"

const program = fileURLToPath(new URL("./child.ts", import.meta.url))

export interface Remote {
  readonly name: string
  readonly port: number
  /** What a caller needs to say besides: a bearer token, where the server wants one. */
  readonly headers: Readonly<Record<string, string>>
  /** What it has used so far; `sweep` collects garbage before. */
  readonly used: (sweep?: boolean) => Promise<Used>
  readonly close: () => Promise<void>
}

/** The next message of a server. */
const answer = <A>(child: ChildProcess): Promise<A> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`a server ended with ${code}`))
    child.once("exit", ended)
    child.once("message", (message) => {
      child.off("exit", ended)
      resolve(message as A)
    })
  })

/** Starts a server with its schemas compiled; `env` is added to this process' own. */
export const open = async (name: string, variant = "", env: Record<string, string> = {}): Promise<Remote> => {
  const child = fork(program, [name, variant], {
    env: { ...process.env, ...env },
    execArgv: [
      "--expose-gc",
      "--conditions=@popug/source",
      "--disable-warning=ExperimentalWarning",
      "--import=effect/schema/SchemaJITCompiler/enable",
      ...(process.env["BENCH_PROFILE"] === undefined
        ? []
        : ["--cpu-prof", `--cpu-prof-dir=${process.env["BENCH_PROFILE"]}`])
    ]
  })
  const { headers = {}, port } = await answer<{ port: number; headers?: Record<string, string> }>(child)
  return {
    name: variant === "" ? name : `${name} ${variant}`,
    port,
    headers,
    used: (sweep = false) => {
      const used = answer<Used>(child)
      child.send(sweep)
      return used
    },
    close: async () => {
      const ended = once(child, "exit")
      child.disconnect()
      await ended
    }
  }
}
