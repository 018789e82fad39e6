/**
 * A Postgres server for tests, in a temporary folder, started from what npm installed.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { chmodSync, chownSync, mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { binaries, user } from "./binaries.ts"

export interface Server {
  readonly url: string
  readonly folder: string
  /** What it has said since it was launched, the last mebibyte of it. */
  readonly log: () => string
  /** Ends the server as a crash would: all of its processes, at once. */
  readonly kill: () => Promise<void>
  /** Starts it again after a crash. */
  readonly start: () => Promise<void>
  /** Ends the server and removes its folder, unless it is to be kept. */
  readonly stop: (keep?: boolean) => Promise<void>
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = createServer()
    probe.once("error", reject)
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

/** How many characters of what a server says are kept. */
const longest = 1_048_576

const execute = (command: string, args: ReadonlyArray<string>) => {
  const { error, status, stderr, stdout } = spawnSync(command, args, { ...user, cwd: tmpdir(), encoding: "utf8" })
  if (status !== 0) throw error ?? new Error(`${command} failed:\n${stdout}${stderr}`)
}

/**
 * `fsync` for tests of crashes and for benchmarks; the others need not wait for a disk. `settings` are `name=value`.
 */
export const launch = async (
  options: { readonly fsync?: boolean; readonly settings?: ReadonlyArray<string> } = {}
): Promise<Server> => {
  const folder = mkdtempSync(join(tmpdir(), "popug-postgres-"))
  if ("uid" in user) chownSync(folder, user.uid!, user.gid!)
  chmodSync(folder, 0o700)
  const bin = binaries(join(folder, "programs"))
  const data = join(folder, "data")
  execute(join(bin, "initdb"), ["-D", data, "-U", "popug", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"])
  const port = await freePort()
  const settings = [
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${process.platform === "win32" ? "" : folder}`,
    "max_connections=200",
    ...(options.fsync === true ? [] : ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]),
    ...(options.settings ?? [])
  ]
  let child: ChildProcess | undefined
  let said = ""

  /** Starts it and returns undefined once it is up, or what it said when it ended instead. */
  const attempt = async (): Promise<string | undefined> => {
    let output = ""
    const started = spawn(
      join(bin, "postgres"),
      ["-D", data, "-p", `${port}`, ...settings.flatMap((setting) => ["-c", setting])],
      { ...user, cwd: tmpdir(), stdio: ["ignore", "ignore", "pipe"], detached: true }
    )
    child = started
    started.stderr!.on("data", (chunk) => {
      output = (output + chunk).slice(-longest)
      said = (said + chunk).slice(-longest)
    })
    const ended = new Promise<void>((resolve) => started.once("close", () => resolve()))
    // A crash under load is long to recover from.
    for (let waited = 0; waited < 60_000; waited += 20) {
      if (output.includes("ready to accept connections")) return undefined
      if (started.exitCode !== null || started.signalCode !== null) return ended.then(() => output)
      await sleep(20)
    }
    throw new Error(`postgres did not start:\n${output}`)
  }

  const start = async () => {
    for (let retries = 100; ; retries--) {
      const output = await attempt()
      if (output === undefined) return
      // Its processes were killed all at once, but the last of them may still be on its way out.
      if (retries === 0 || !output.includes("pre-existing shared memory")) {
        throw new Error(`postgres ended at once:\n${output}`)
      }
      await sleep(50)
    }
  }

  const end = async (signal: NodeJS.Signals) => {
    const ending = child
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const gone = new Promise((resolve) => ending.once("exit", resolve))
    // The server's processes are a group of their own.
    if (signal === "SIGKILL") process.kill(-ending.pid!, signal)
    else ending.kill(signal)
    await gone
  }

  await start()
  return {
    url: `postgres://popug@127.0.0.1:${port}/postgres`,
    folder,
    log: () => said,
    kill: () => end("SIGKILL"),
    start,
    stop: async (keep = false) => {
      await end("SIGINT")
      if (!keep) rmSync(folder, { recursive: true, force: true })
    }
  }
}
