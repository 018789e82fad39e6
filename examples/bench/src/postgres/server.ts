/**
 * The embedded Postgres for a benchmark, with default settings and every commit flushed.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

const program = fileURLToPath(new URL("../../../../packages/postgres/test/server/main.ts", import.meta.url))

/** Runs something with the server's address, and ends the server. `statements` has it count them, at a small cost. */
export const withServer = async <A>(statements: boolean, body: (url: string) => Promise<A>): Promise<A> => {
  const settings = statements ? ["shared_preload_libraries=pg_stat_statements"] : []
  const server = spawn(process.execPath, [program, ...settings], { stdio: ["pipe", "pipe", "inherit"] })
  try {
    const [url] = (await once(server.stdout.setEncoding("utf8"), "data")) as [string]
    return await body(url.trim())
  } finally {
    const ended = once(server, "exit")
    server.stdin.end()
    await ended
  }
}
