/**
 * Runs the programs of its arguments and sends what each has printed. They share a process and what they import, which
 * takes longer to load than they take to run; the next one begins when the one before has left nothing to do.
 */
import { pathToFileURL } from "node:url"
import { inspect } from "node:util"

export interface Ran {
  readonly path: string
  readonly stdout: string
  readonly stderr: string
}

const paths = process.argv.slice(2)
let running: { path: string; stdout: string; stderr: string; hasEnded: boolean } | undefined

for (const name of ["stdout", "stderr"] as const) {
  process[name].write = (chunk: string | Uint8Array) => {
    if (running !== undefined) running[name] += String(chunk)
    return true
  }
}

const begin = () => {
  if (running !== undefined) {
    const { hasEnded, ...ran } = running
    if (!hasEnded) ran.stderr += "it waits for what never comes\n"
    if (process.exitCode !== undefined) ran.stderr += `it ended with ${process.exitCode}\n`
    process.exitCode = undefined
    process.send!(ran satisfies Ran)
  }
  const path = paths.shift()
  if (path === undefined) return void (running = undefined)
  const program = { path, stdout: "", stderr: "", hasEnded: false }
  running = program
  // Something has to be left to do, or the process ends.
  setImmediate(() =>
    import(pathToFileURL(path).href)
      .catch((error: unknown) => void (program.stderr += `${inspect(error)}\n`))
      .finally(() => (program.hasEnded = true))
  )
}

process.on("uncaughtException", (error) => void (running!.stderr += `${inspect(error)}\n`))
process.on("beforeExit", begin)
