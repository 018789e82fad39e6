/**
 * The NATS of all test files: `POPUG_TEST_NATS_URL`, or a server of our own.
 */
import type { TestProject } from "vitest/node"
import { natsUrl } from "../../../../scripts/nats.mjs"
import { launch } from "./Server.ts"

declare module "vitest" {
  interface ProvidedContext {
    readonly natsUrl: string
  }
}

export default async (project: TestProject) => {
  const server = natsUrl === undefined ? await launch() : undefined
  project.provide("natsUrl", server?.url ?? natsUrl!)
  return () => server?.stop()
}
