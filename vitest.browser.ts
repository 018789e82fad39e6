import { defineConfig } from "vitest/config"
import { project } from "./vitest.workspace.ts"

/** All that is tried in a browser: journeys, haste and trouble, every view in each theme, language and width, lists of 100,000 rows. */
const matrix = project("browser", ["packages/dashboard/test/{browser,matrix}/**/*.test.ts"], {
  globalSetup: ["packages/dashboard/test/support/built.ts"]
})

export default defineConfig({
  test: {
    projects: [{ ...matrix, test: { ...matrix.test, testTimeout: 120_000, hookTimeout: 120_000 } }],
    // What is measured shares the machine with nobody.
    maxWorkers: 1,
    reporters: ["default"],
    silent: "passed-only",
    // Findings are told whole.
    chaiConfig: { truncateThreshold: 0 }
  }
})
