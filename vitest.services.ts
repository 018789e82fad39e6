import { defineConfig } from "vitest/config"
import { project } from "./vitest.workspace.ts"

/** Services as processes, killed, paused and started again while people work; what takes several servers; and more seeds. */
const processes = project("services", ["examples/*/test/processes/**/*.test.ts", "packages/*/test/long/**/*.test.ts"], {
  globalSetup: ["packages/dashboard/test/support/built.ts", "packages/postgres/test/server/setup.ts"]
})

export default defineConfig({
  test: { projects: [processes], maxWorkers: 1, reporters: ["verbose"], silent: "passed-only" }
})
