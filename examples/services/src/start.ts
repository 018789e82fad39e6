/**
 * `npm run services`: a whole company whose contexts run apart, for a newcomer, from one command.
 */
import { resolve } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { moved } from "@popug-examples/server/clocks"
import { teardown } from "@popug-examples/server/ending"
import { explain, type Failure } from "@popug-examples/server/failure"
import { help } from "@popug-examples/server/help"
import { prepare } from "@popug-examples/server/prepare"
import { ofFolder } from "@popug-examples/server/secret"
import { contexts } from "@popug/http/api"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Demo from "./Demo.ts"
import { databaseOf, refusals } from "./given.ts"
import { parts, read, sections, type Settings } from "./settings.ts"
import { type Company, supervise } from "./supervise.ts"

const newcomers = {
  HOST: "127.0.0.1",
  POPUG_DATA_DIR: "data/services",
  POPUG_DEV_LOGIN: "true",
  POPUG_DEV_CLOCK: "true",
  POPUG_DEMO: "true",
  // The clock may have stood for a year since the last look: nobody is paid here.
  POPUG_LONGEST_JUMP: "1000000",
  POPUG_LOG_FORMAT: "pretty",
  POPUG_LOG_LEVEL: "Warn"
}

/** What is for this command alone. */
const own = ["POPUG_NATS_URL", ...contexts.map(databaseOf)]

const about = `npm run services: users, tasks, billing and reports as processes, and one address in front at PORT.
  POPUG_USERS_DATABASE_URL     A Postgres for users, and so on for each context; without it, PGlite in the data folder
  POPUG_NATS_URL               A NATS with JetStream; none for none. Otherwise nats-server is started if it is there
All other variables are those of one process, and the same for each; where the others are, their keys, DATABASE_URL and
POPUG_TRUSTED_PROXIES are decided here, and refused.`

const set = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "")
)
const environment: Record<string, string> = { ...newcomers, ...set }
const forAll = Object.fromEntries(Object.entries(environment).filter(([name]) => !own.includes(name)))

/** What each process is told, but for its key and where the others are. */
const readAll = () => {
  const key = { POPUG_KEY: "k".repeat(32), POPUG_KEYS: `tasks=${"k".repeat(32)}` }
  const nats = environment["POPUG_NATS_URL"]
  const carrier = nats === undefined || nats === "none" ? {} : { POPUG_NATS_URL: nats }
  return parts.map((part) => read({ ...forAll, ...key, ...carrier, POPUG_SERVICE: part }))
}

/** Everything that is wrong with the environment, for whichever of the processes. */
const problems = (all: ReturnType<typeof readAll>): ReadonlyArray<string> => {
  const refused = refusals(set)
  if (refused.length > 0) return refused
  const needed = own.slice(1).filter((name) => environment[name] !== undefined && set["POPUG_SECRET"] === undefined)
  return [
    ...new Set(all.flatMap((one) => (Result.isFailure(one) ? one.failure : []))),
    ...(needed.length > 0 && forAll["POPUG_DEV_LOGIN"] !== "true" ? [`POPUG_SECRET: needed with ${needed[0]}`] : [])
  ]
}

/** NATS tells of its every step. */
const isChatter = (name: string, line: string) => name === "nats" && / \[(INF|DBG|TRC)\] /u.test(line)

/** While they start, contexts miss those that start after them: that is said if one of them does not come up. */
const quietUntilReady = () => {
  let kept: Array<string> | undefined = []
  const tell = () => {
    kept?.forEach((line) => console.log(line))
    kept = undefined
  }
  return {
    said: (name: string, line: string) => {
      if (isChatter(name, line)) return
      if (kept === undefined) console.log(`${name.padEnd(8)} ${line}`)
      else kept.push(`${name.padEnd(8)} ${line}`)
      if (kept !== undefined && /is started again in/u.test(line)) tell()
    },
    ready: () => void (kept = undefined)
  }
}

const welcome = ({ nats, parts, url }: Company, folder: string) => {
  const carried = nats === null ? "by asking the contexts that write them, as there is no NATS" : `by NATS at ${nats}`
  console.log(
    [
      "",
      `  popug is at ${url}`,
      "  Open it in a browser, and choose who you want to be.",
      "",
      ...contexts.map((name) => `  ${name.padEnd(9)} ${parts.get(name)!.url}, process ${parts.get(name)!.child.pid()}`),
      `  events    ${carried}`,
      `  data      ${folder}`,
      "",
      `  Development login: whoever reaches ${forAll["HOST"]} can act as anybody.`,
      "  Kill one of them and see what the others do: it is started again.",
      "  Ctrl-C ends all in order. What is done is kept.",
      ""
    ].join("\n")
  )
}

const running = Effect.fnUntraced(function* (settings: Settings) {
  const folder = resolve(environment["POPUG_DATA_DIR"]!)
  // Who listens at the front's port already would be taken for it, and given what is the demonstration's.
  yield* prepare(settings)
  const secret = set["POPUG_SECRET"] ?? (yield* ofFolder(folder, { anew: false }))
  const isDemo = forAll["POPUG_DEMO"] === "true"
  if (forAll["POPUG_DEV_CLOCK"] === "true") yield* moved({ POPUG_DATA_DIR: folder, POPUG_DEMO: isDemo })
  console.log("\n  popug starts its contexts: the first time this takes some twenty seconds ...")
  const log = quietUntilReady()
  const company = yield* Effect.acquireRelease(
    Effect.promise(() =>
      supervise({
        environment: forAll,
        port: Number(environment["PORT"] ?? 3000),
        folder,
        secret,
        nats: environment["POPUG_NATS_URL"],
        databases: Object.fromEntries(
          contexts.flatMap((name) => {
            const url = environment[databaseOf(name)]
            return url === undefined ? [] : [[name, url]]
          })
        ),
        said: log.said
      })
    ),
    ({ end }) => Effect.promise(end)
  )
  yield* Effect.promise(() => company.ready)
  log.ready()
  if (isDemo) yield* Effect.promise(() => Demo.make(company.url))
  welcome(company, folder)
  return yield* Effect.never
}, Effect.scoped)

const run = (settings: Settings) =>
  running(settings).pipe(
    Effect.tapCause((cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.void
        : Effect.sync(() => console.error(explain(cause as Cause.Cause<Failure>, settings)))
    ),
    NodeRuntime.runMain({ teardown, disableErrorReporting: true })
  )

const all = readAll()
const wrong = problems(all)
if (process.argv.length > 2) console.log(`${about}\n\n${help("One process.", sections, newcomers)}`)
else if (wrong.length > 0) {
  console.error(["popug can't start:", ...wrong.map((line) => `  ${line}`), "See --help."].join("\n"))
  process.exitCode = 2
} else run(Result.getOrThrow(all[parts.indexOf("front")]!))
