/**
 * The stores under which processes are killed, new ones each time.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { launch } from "../server/Server.ts"
import type { Rounds } from "./rounds.ts"

interface Opened {
  readonly where: Pick<Rounds, "store" | "schema" | "processes" | "server">
  /** Ends it, and removes its data or returns where they are kept. */
  readonly leave: (keep?: boolean) => Promise<string | null>
}

/** A server of its own, which flushes what it commits; it is killed as well. */
const postgres = async (): Promise<Opened> => {
  const server = await launch({ fsync: true })
  const schema = "popug_crash"
  return {
    where: { store: { kind: "postgres", url: server.url, schema }, schema, processes: 2, server },
    leave: async (keep = false) => {
      await server.stop(keep)
      return keep ? server.folder : null
    }
  }
}

/** A folder of PGlite's, which one process can use at a time. */
const pglite = async (): Promise<Opened> => {
  const folder = mkdtempSync(join(tmpdir(), "popug-pglite-"))
  return {
    where: { store: { kind: "pglite", folder }, schema: "popug", processes: 1 },
    leave: async (keep = false) => {
      if (!keep) rmSync(folder, { recursive: true, force: true })
      return keep ? folder : null
    }
  }
}

export const open = { postgres, pglite }
