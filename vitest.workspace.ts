import { defaultServerConditions } from "vite"
import { configDefaults, defineConfig } from "vitest/config"
import { hasChromium } from "./scripts/chromium.mjs"
import { hasNats } from "./scripts/nats.mjs"

/** Tests see the packages' sources; nothing has to be built first. */
const conditions = ["@popug/source", ...defaultServerConditions]

/**
 * Files that run one after another share a process, and so what they import. So a file leaves nothing behind: it closes
 * what it opens, ends what it starts, and changes nothing that modules of others see.
 */
const isolate = false

export const project = (
  name: string,
  directory: string,
  setup: {
    globalSetup?: Array<string>
    setupFiles?: Array<string>
    include?: Array<string>
    exclude?: Array<string>
  } = {}
) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name,
    include: [`${directory}/test/**/*.test.ts`],
    environment: "node" as const,
    isolate,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    ...setup
  }
})

/** For tests of what serves the page: it is there as its sources are. */
const page = { globalSetup: ["packages/dashboard/test/support/built.ts"] }

/** Journeys need a browser: here is one for each thing that people come for, and `npm run test:browser` has the rest. */
const journeys = {
  ...page,
  exclude: [
    ...configDefaults.exclude,
    "packages/dashboard/test/matrix/**",
    ...(hasChromium ? [] : ["packages/dashboard/test/browser/**"])
  ]
}

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
      project("core", "packages/core"),
      project("memory", "packages/memory"),
      project("postgres", "packages/postgres", {
        globalSetup: ["packages/postgres/test/server/setup.ts"],
        setupFiles: ["packages/postgres/test/server/pglite.ts"]
      }),
      project("mail", "packages/mail"),
      ...(hasNats ? [project("nats", "packages/nats", { globalSetup: ["packages/nats/test/server/setup.ts"] })] : []),
      project("http", "packages/http"),
      project("dashboard", "packages/dashboard", journeys),
      project("testkit", "packages/testkit"),
      // Processes that are killed, and several servers at once, are in `npm run test:services`.
      project("examples", "examples/*", {
        ...page,
        exclude: [...configDefaults.exclude, "examples/*/test/processes/**"]
      }),
      project("docs", "docs", page),
      types
    ],
    maxWorkers: 3,
    // Says something about failures only.
    reporters: ["minimal"],
    silent: "passed-only"
  }
})
