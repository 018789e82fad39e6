import { configDefaults, defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"
import { hasChromium } from "./scripts/chromium.mjs"
import { hasNats } from "./scripts/nats.mjs"

/**
 * Files that run one after another share a process, and so what they import. So a file leaves nothing behind: it closes
 * what it opens, ends what it starts, and changes nothing that modules of others see.
 */
const isolate = false

/** Each has processes of its own, which load what its files import: so there are few. */
export const project = (
  name: string,
  include: ReadonlyArray<string>,
  setup: {
    globalSetup?: Array<string>
    exclude?: Array<string>
  } = {}
) => ({
  test: {
    name,
    include: [...include],
    environment: "node" as const,
    isolate,
    // Files are loaded by Node itself, as users' are: it keeps what it has compiled. They see the packages' sources;
    // nothing has to be built first.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // Also for the processes that tests start.
    env: { NODE_OPTIONS: `--import=${new URL("packages/postgres/test/server/preload.ts", import.meta.url)}` },
    execArgv: ["--conditions=@popug/source", "--disable-warning=ExperimentalWarning"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    ...setup
  }
})

const testsOf = (...directories: ReadonlyArray<string>) =>
  directories.map((directory) => `${directory}/test/**/*.test.ts`)

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

/** Files that take longest. The largest ones are not, and what has been measured before is not there on a new machine. */
const longest = [
  "postgres/test/pglite.conformance",
  "postgres/test/crash",
  "postgres/test/simulation",
  "postgres/test/edits",
  "postgres/test/pgliteFolder",
  "nats/test/conformance",
  "server/test/newcomer",
  "server/test/restarts",
  "simulation/test/programs",
  "simulation/test/soak",
  "docs/test/snippets",
  "testkit/test/simulation/apart",
  "http/test/fuzz/fuzz",
  "testkit/test/simulation/runs",
  "http/test/services/conformance",
  "testkit/test/simulation/bugs"
].map((file) => `/${file}.test.ts`)

/** Begins each project with what takes longest: otherwise one worker has it to do when the others have ended. */
class LongestFirst extends BaseSequencer {
  override async sort(specifications: Array<TestSpecification>) {
    const sorted = await super.sort(specifications)
    const places = new Map([...new Set(sorted.map(({ project }) => project))].map((project, place) => [project, place]))
    const rank = ({ moduleId, project }: TestSpecification) =>
      places.get(project)! * 2 + (longest.some((file) => moduleId.endsWith(file)) ? 0 : 1)
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // They run one after another, in the order of their names: what takes longest comes first.
    projects: [
      project("apart", testsOf("packages/{postgres,nats,dashboard}", "examples/*", "docs"), {
        globalSetup: [
          "packages/postgres/test/server/setup.ts",
          ...(hasNats ? ["packages/nats/test/server/setup.ts"] : []),
          "packages/dashboard/test/support/built.ts"
        ],
        exclude: [
          ...configDefaults.exclude,
          ...(hasNats ? [] : ["packages/nats/**"]),
          // Journeys need a browser: here is one for each thing that people come for, and `npm run test:browser` has the rest.
          ...(hasChromium ? [] : ["packages/dashboard/test/browser/**"]),
          "packages/dashboard/test/matrix/**",
          // Processes that are killed, several servers at once and more seeds are in `npm run test:services`.
          "examples/*/test/processes/**",
          "packages/*/test/long/**"
        ]
      }),
      project("plain", testsOf("packages/{core,memory,mail,http,testkit}")),
      types
    ],
    maxWorkers: 3,
    // Says something about failures only.
    reporters: ["minimal"],
    silent: "passed-only"
  }
})
