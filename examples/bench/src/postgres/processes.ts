/**
 * What Linux tells of the server's processes. Other systems tell nothing.
 */
import { readdirSync, readFileSync } from "node:fs"
import { setImmediate as turn } from "node:timers/promises"
import { connect } from "./sql.ts"

const read = (pid: number | string, name: string) => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8")
  } catch {
    // It has ended, or this is another system.
    return ""
  }
}

/** Whether the CPU time of the server's processes can be read here. */
export const canMeter = (): boolean => read("self", "schedstat") !== ""

/** The state and the parent of a process: what comes after its name, which may have spaces and parentheses. */
const status = (pid: number | string): ReadonlyArray<string> => {
  const text = read(pid, "stat")
  return text.slice(text.lastIndexOf(")") + 2).split(" ")
}

/** The nanoseconds of CPU time that a process has used, as of when it last slept or was looked at by the scheduler. */
const nanos = (pid: number | string): number => Number(read(pid, "schedstat").split(" ")[0])

/** The same, exactly: waits until the process sleeps. */
export const nanosAsleep = async (pid: number): Promise<number> => {
  while (status(pid)[0] !== "S") await turn()
  return nanos(pid)
}

/** The nanoseconds of CPU time that all threads of a process have used. */
export const nanosOfThreads = (pid: number): number => {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((total, thread) => total + nanos(`${pid}/task/${thread}`), 0)
  } catch {
    return 0
  }
}

/** The process that the server's connections are children of. */
const serverOf = async (url: string) => {
  const { client, close, run } = await connect(url, 1)
  const [row] = await run(client.unsafe<{ readonly pid: number }>("select pg_backend_pid() as pid"))
  const server = status(row!.pid)[1]!
  await close()
  return server
}

/** The processes of the open connections, to any database or one. The others write the log ahead, vacuum, ... */
const connectionsOf = (server: string, database = ""): ReadonlyArray<string> =>
  readdirSync("/proc").filter(
    (pid) => /^\d+$/.test(pid) && status(pid)[1] === server && read(pid, "cmdline").includes(`${database} 127.0.0.1(`)
  )

/** The seconds of CPU time that the server's connections have used, those that are open. */
export type ServerCpu = () => number

/** The nanoseconds that the open connections to a database have used; null where the system does not tell. */
export const openDatabaseNanos = async (url: string): Promise<((database: string) => number) | null> => {
  if (!canMeter()) return null
  const server = await serverOf(url)
  return (database) => connectionsOf(server, ` ${database}`).reduce((total, pid) => total + nanos(pid), 0)
}

/** Null where the system does not tell. */
export const openServerCpu = async (url: string): Promise<ServerCpu | null> => {
  if (!canMeter()) return null
  const server = await serverOf(url)
  return () => connectionsOf(server).reduce((total, pid) => total + nanos(pid), 0) / 1e9
}

/** The bytes of memory that each of the server's connections has for itself alone, besides what they share. */
export const openServerMemory = async (url: string): Promise<(() => ReadonlyArray<number>) | null> => {
  if (!canMeter()) return null
  const server = await serverOf(url)
  return () =>
    connectionsOf(server).map((pid) => Number(/RssAnon:\s+(\d+) kB/.exec(read(pid, "status"))?.[1] ?? 0) * 1024)
}
