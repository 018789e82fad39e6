/**
 * From an environment to a running server: `--help`, everything that is wrong with the settings at once, then the
 * layers until a signal ends them.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { endAtOnceWhenAskedAgain, teardown } from "./ending.ts"
import { explain, type Failure } from "./failure.ts"
import { help } from "./help.ts"
import { move } from "./moving.ts"
import { observability } from "./observability.ts"
import { forgive } from "./output.ts"
import { prepare } from "./prepare.ts"
import { read } from "./read.ts"
import { adopt, layer, type Welcome } from "./server.ts"
import { sections, type ServerSettings } from "./settings.ts"

const announce: Welcome = {
  starting: () => Effect.void,
  listening: (_, url) => Effect.logInfo(`popug listens at ${url}`)
}

/** How a program starts the server. */
export interface Program {
  /** How it was called, for `--help`. */
  readonly command: string
  /** What its variables are when the environment does not set them. */
  readonly defaults?: Readonly<Record<string, string>>
  readonly welcome?: Welcome
}

const aboutAdopt = `--adopt: has the company take the settings of this environment, and ends; a server that differs from
its company does not start. The secret and the closing can change at any time, for what is to come; zone, cutoff and
currency while no task was registered; the id never. End servers with the old settings first.`

const aboutMove = `--move: moves the company of POPUG_DATA_DIR to the database of DATABASE_URL, and ends. End the server first.`

/** Does one thing in place of serving, and says that it is done. */
const once = (settings: ServerSettings, doing: Effect.Effect<string, Failure>): void =>
  doing.pipe(
    Effect.flatMap((done) => Effect.sync(() => console.log(done))),
    Effect.provide(observability(settings)),
    Effect.tapCause((cause) => Effect.sync(() => console.error(explain(cause, settings)))),
    NodeRuntime.runMain({ teardown, disableErrorReporting: true })
  )

/** What an option asks for that a server so configured does not do. */
const refusal = (option: string | undefined, { DATABASE_URL: url, POPUG_COMPANIES: many }: ServerSettings) => {
  if (option === undefined) return undefined
  if (many !== "off")
    return `${option}: not with POPUG_COMPANIES, where each company has settings and a home of its own`
  return option === "--move" && url === undefined ? "--move: DATABASE_URL must say where to" : undefined
}

/** Runs the server as an environment has it. */
export const launch = (
  given: Readonly<Record<string, string | undefined>>,
  { command, defaults = {}, welcome = announce }: Program
): void => {
  forgive()
  // An empty variable is one that is not set.
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ""))
  const environment = { ...defaults, ...set }
  const args = process.argv.slice(2)
  const unknown = args.filter((argument) => !["--help", "-h", "--adopt", "--move"].includes(argument))
  const option = args.find((argument) => ["--adopt", "--move"].includes(argument))
  if (unknown.length === 0 && args.length > (option === undefined ? 0 : 1)) {
    const about = [
      help("popug's server.", sections, defaults),
      aboutAdopt,
      aboutMove,
      `For example: PORT=8080 ${command}`
    ]
    console.log(about.join("\n\n"))
    return
  }
  const settings = read(environment)
  if (Result.isFailure(settings) || unknown.length > 0) {
    const wrong = [
      ...unknown.map((argument) => `${argument}: there is no such option`),
      ...(Result.isFailure(settings) ? settings.failure : [])
    ]
    console.error(["popug can't start:", ...wrong.map((line) => `  ${line}`), "See --help."].join("\n"))
    process.exitCode = 2
    return
  }
  const refused = refusal(option, settings.success)
  if (refused !== undefined) {
    console.error(refused)
    process.exitCode = 2
    return
  }
  if (option === "--adopt") {
    return once(settings.success, Effect.as(adopt(settings.success), "The company has these settings now."))
  }
  if (option === "--move") {
    const moving = move(settings.success, settings.success.DATABASE_URL!)
    return once(
      settings.success,
      Effect.map(moving, (rows) => `The company has moved, with ${rows} rows.`)
    )
  }
  endAtOnceWhenAskedAgain()
  prepare(settings.success).pipe(
    Effect.andThen(welcome.starting(settings.success)),
    Effect.andThen(Layer.launch(layer(settings.success, welcome))),
    Effect.provide(observability(settings.success)),
    Effect.tapCause((cause) =>
      Cause.hasInterruptsOnly(cause) ? Effect.void : Effect.sync(() => console.error(explain(cause, settings.success)))
    ),
    NodeRuntime.runMain({ teardown, disableErrorReporting: true })
  )
}
