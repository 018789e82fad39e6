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
import { explain } from "./failure.ts"
import { help } from "./help.ts"
import { observability } from "./observability.ts"
import { forgive } from "./output.ts"
import { prepare } from "./prepare.ts"
import { read } from "./read.ts"
import { adopt, layer, type Welcome } from "./server.ts"
import { sections } from "./settings.ts"

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
  const unknown = args.filter((argument) => !["--help", "-h", "--adopt"].includes(argument))
  const adopts = args.includes("--adopt")
  if (unknown.length === 0 && args.length > (adopts ? 1 : 0)) {
    console.log(`${help("popug's server.", sections, defaults)}\n\n${aboutAdopt}\n\nFor example: PORT=8080 ${command}`)
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
  if (adopts && settings.success.POPUG_COMPANIES !== "off") {
    console.error("--adopt: not with POPUG_COMPANIES, where each company has settings of its own")
    process.exitCode = 2
    return
  }
  if (adopts) {
    adopt(settings.success).pipe(
      Effect.andThen(Effect.sync(() => console.log("The company has these settings now."))),
      Effect.provide(observability(settings.success)),
      Effect.tapCause((cause) => Effect.sync(() => console.error(explain(cause, settings.success)))),
      NodeRuntime.runMain({ teardown, disableErrorReporting: true })
    )
    return
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
