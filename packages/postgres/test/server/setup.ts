/**
 * What all test files of the run share. The server: `POPUG_TEST_DATABASE_URL`, or one of our own.
 */
import type { TestProject } from "vitest/node"
import { launch } from "./Server.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** Where the tests' Postgres is. */
    readonly databaseUrl: string
  }
}

export default async (project: TestProject) => {
  const given = process.env["POPUG_TEST_DATABASE_URL"]
  const server = given === undefined || given === "" ? await launch() : undefined
  project.provide("databaseUrl", server?.url ?? given!)
  return () => server?.stop()
}
