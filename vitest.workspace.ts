import { defaultServerConditions } from "vite"
import { defineConfig } from "vitest/config"

/** Tests see the packages' sources; nothing has to be built first. */
const conditions = ["@popug/source", ...defaultServerConditions]

const project = (name: string, directory: string, setup: ReadonlyArray<string> = []) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name,
    include: [`${directory}/test/**/*.test.ts`],
    environment: "node" as const,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    globalSetup: [...setup]
  }
})

/** Tests of types: what must infer, and what must not compile. Nothing in them runs. */
const types = {
  test: {
    name: "types",
    include: [],
    typecheck: {
      enabled: true,
      only: true,
      include: ["packages/*/test/**/*.test-d.ts"],
      tsconfig: "./tsconfig.json",
      // The types step reports errors elsewhere.
      ignoreSourceErrors: true
    }
  }
}

export default defineConfig({
  test: {
    projects: [
      project("core", "packages/core"),
      project("memory", "packages/memory"),
      project("postgres", "packages/postgres", ["packages/postgres/test/server/setup.ts"]),
      project("mail", "packages/mail"),
      project("http", "packages/http"),
      project("testkit", "packages/testkit"),
      project("examples", "examples/*"),
      project("docs", "docs"),
      types
    ],
    maxWorkers: 2,
    // Says something about failures only.
    reporters: ["minimal"],
    silent: "passed-only"
  }
})
