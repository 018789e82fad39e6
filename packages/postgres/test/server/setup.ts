/**
 * One server for all test files of the run: `POPUG_TEST_DATABASE_URL`, or one of our own.
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
  if (given !== undefined && given !== "") {
    project.provide("databaseUrl", given)
    return undefined
  }
  const server = await launch()
  project.provide("databaseUrl", server.url)
  return () => server.stop()
}
