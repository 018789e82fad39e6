/**
 * What all test files of the run share. The server: `POPUG_TEST_DATABASE_URL`, or one of our own.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestProject } from "vitest/node"
import { launch } from "./Server.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** Where the tests' Postgres is. */
    readonly databaseUrl: string
    /** The file where a PGlite is kept that others are copied from; made by the first that needs one. */
    readonly pglite: string
  }
}

export default async (project: TestProject) => {
  const folder = mkdtempSync(join(tmpdir(), "popug-pglite-"))
  project.provide("pglite", join(folder, "copy.tar"))
  const given = process.env["POPUG_TEST_DATABASE_URL"]
  const server = given === undefined || given === "" ? await launch() : undefined
  project.provide("databaseUrl", server?.url ?? given!)
  return async () => {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
