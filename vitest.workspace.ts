import { defaultServerConditions } from "vite"
import { defineConfig } from "vitest/config"

/** Tests see the packages' sources; nothing has to be built first. */
const conditions = ["@popug/source", ...defaultServerConditions]

/**
 * Files that run one after another share a process, and so what they import: none of them changes what the modules of
 * others see. Those that start processes, servers of Postgres or PGlite have one of their own.
 */
const together = { isolate: false }
const apart = {}

const project = (
  name: string,
  directory: string,
  how: { isolate?: boolean; globalSetup?: Array<string>; setupFiles?: Array<string> }
) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name,
    include: [`${directory}/test/**/*.test.ts`],
    environment: "node" as const,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    ...how
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
      tsconfig: "./tsconfig.type-tests.json",
      // The types step reports errors elsewhere.
      ignoreSourceErrors: true
    }
  }
}

export default defineConfig({
  test: {
    projects: [
      project("core", "packages/core", together),
      project("memory", "packages/memory", together),
      project("postgres", "packages/postgres", {
        globalSetup: ["packages/postgres/test/server/setup.ts"],
        setupFiles: ["packages/postgres/test/server/pglite.ts"]
      }),
      project("mail", "packages/mail", together),
      project("http", "packages/http", together),
      project("dashboard", "packages/dashboard", { globalSetup: ["packages/dashboard/test/support/built.ts"] }),
      project("testkit", "packages/testkit", together),
      project("examples", "examples/*", apart),
      project("docs", "docs", apart),
      types
    ],
    maxWorkers: 2,
    // Says something about failures only.
    reporters: ["minimal"],
    silent: "passed-only"
  }
})
