/**
 * One server in a process of its own: `child.ts NAME VARIANT`. It says where it listens, and what it has used when
 * asked; it ends when its parent does.
 */
import type { Start } from "./servers/server.ts"

/** Each loads what it needs, and no more. */
const servers: Readonly<Record<string, () => Promise<{ readonly start: Start }>>> = {
  node: () => import("./servers/node.ts"),
  fastify: () => import("./servers/fastify.ts"),
  nest: () => import("./servers/nest.ts"),
  popug: () => import("./servers/popug.ts"),
  assembled: () => import("./servers/assembled.ts")
}

/** What a server has used since it was started. */
export interface Used {
  /** Of all its threads: those that compile and collect garbage too. */
  readonly cpuSeconds: number
  readonly heapBytes: number
  readonly residentBytes: number
}

/**
 * `sweep` collects garbage before. Never so between rounds: it throws compiled code away, of some more than of others.
 */
const used = (sweep: boolean): Used => {
  if (sweep) globalThis.gc?.()
  const { system, user } = process.cpuUsage()
  const { heapUsed, rss } = process.memoryUsage()
  return { cpuSeconds: (user + system) / 1e6, heapBytes: heapUsed, residentBytes: rss }
}

const [name = "", variant = ""] = process.argv.slice(2)
const { start } = await servers[name]!()
process.on("disconnect", () => process.exit())
process.on("message", (sweep) => process.send!(used(sweep === true)))
process.send!(await start(variant))
