import { defineConfig } from "vitest/config"
import { project } from "./vitest.workspace.ts"

/** Services as processes, killed, paused and started again while people work; and what takes several servers. */
const processes = project("services", "examples/services", {
  include: ["examples/*/test/processes/**/*.test.ts"],
  globalSetup: ["packages/dashboard/test/support/built.ts"]
})

export default defineConfig({
  test: { projects: [processes], maxWorkers: 1, reporters: ["verbose"], silent: "passed-only" }
})
