/**
 * What stands around the processes: a database.
 */
import { spawn } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../../../../", import.meta.url))

/** A Postgres in a process of its own. */
export const postgres = async () => {
  const file = join(root, "packages/postgres/test/server/main.ts")
  const child = spawn(process.execPath, ["--conditions=@popug/source", file], { stdio: ["pipe", "pipe", "inherit"] })
  const ended = new Promise((resolve) => child.on("close", resolve))
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk) => resolve(String(chunk).trim()))
    void ended.then(() => reject(new Error("Postgres did not start")))
  })
  return {
    url,
    stop: () => {
      child.kill("SIGTERM")
      return ended
    }
  }
}
