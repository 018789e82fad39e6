/**
 * One process of the company: `POPUG_SERVICE` says which. It is how each is deployed.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { endAtOnceWhenAskedAgain, teardown } from "@popug-examples/server/ending"
import { explain, type Failure } from "@popug-examples/server/failure"
import { help } from "@popug-examples/server/help"
import { observability } from "@popug-examples/server/observability"
import { forgive } from "@popug-examples/server/output"
import { prepare } from "@popug-examples/server/prepare"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { layer } from "./serving.ts"
import { read, sections, type Settings } from "./settings.ts"

const run = (settings: Settings) => {
  endAtOnceWhenAskedAgain()
  // Whoever started it and has gone would leave it behind.
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"))
  prepare(settings).pipe(
    Effect.andThen(Layer.launch(layer(settings))),
    Effect.provide(observability(settings)),
    Effect.tapCause((cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.void
        : Effect.sync(() => console.error(explain(cause as Cause.Cause<Failure>, settings)))
    ),
    NodeRuntime.runMain({ teardown, disableErrorReporting: true })
  )
}

forgive()
const named = process.env["POPUG_SERVICE"]
const given = {
  ...process.env,
  OTEL_SERVICE_NAME: process.env["OTEL_SERVICE_NAME"] || `popug-${named}`
}
const settings = read(given)
if (process.argv.length > 2) console.log(help("One process of popug's contexts apart.", sections))
else if (Result.isSuccess(settings)) run(settings.success)
else {
  console.error(["popug can't start:", ...settings.failure.map((line) => `  ${line}`), "See --help."].join("\n"))
  process.exitCode = 2
}
