/**
 * Counts commands, whoever asks for them, by name and outcome: the services of the core with a counter around each
 * command.
 */
import {
  Billing,
  billingCommandNames,
  Reports,
  Streams,
  taskCommandNames,
  Tasks,
  userCommandNames,
  Users
} from "@popug/core"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"

const commands = Metric.counter("popug_commands_total", {
  description: "Commands by name and use case, and by outcome: done, the name of the error, defect or interrupted",
  incremental: true
})

const outcomeOf = (exit: Exit.Exit<unknown, { readonly _tag: string }>): string => {
  if (Exit.isSuccess(exit)) return "done"
  const failure = exit.cause.reasons.find((reason) => reason._tag === "Fail")
  if (failure !== undefined) return failure.error._tag
  return Cause.hasInterruptsOnly(exit.cause) ? "interrupted" : "defect"
}

type Use = (...args: never) => Effect.Effect<unknown, { readonly _tag: string }>
/** What the commands of a service are called, each under the name of its method with a capital. */
type Names<S> = { readonly [K in keyof S & string as S[K] extends Use ? Capitalize<K> : never]?: string }

const counted = <S extends object>(context: string, service: S, names: Names<S>): S => {
  const wrapped: Record<string, unknown> = { ...(service as Record<string, unknown>) }
  for (const [capital, command] of Object.entries(names) as ReadonlyArray<[string, string]>) {
    const name = capital.charAt(0).toLowerCase() + capital.slice(1)
    const use = service[name as keyof S] as unknown as (
      ...args: ReadonlyArray<unknown>
    ) => Effect.Effect<unknown, { readonly _tag: string }>
    const call = `${context}.${name}`
    const series = new Map<string, Metric.Counter<number>>()
    const count = (exit: Exit.Exit<unknown, { readonly _tag: string }>) => {
      const outcome = outcomeOf(exit)
      let counter = series.get(outcome)
      if (counter === undefined) {
        counter = Metric.withAttributes(commands, { call, command, outcome })
        series.set(outcome, counter)
      }
      return Metric.update(counter, 1)
    }
    wrapped[name] = (...args: ReadonlyArray<unknown>) => Effect.onExit(use(...args), count)
  }
  return wrapped as S
}

type Services = Users | Tasks | Billing | Reports | Streams

/** The same services, counted: provide it over `Popug.layer` to whoever asks for commands. */
export const layer: Layer.Layer<Services, never, Services> = Layer.effectContext(
  Effect.gen(function* () {
    const users = counted("users", yield* Users, userCommandNames)
    const tasks = counted("tasks", yield* Tasks, taskCommandNames)
    const billing = counted("billing", yield* Billing, billingCommandNames)
    const reports = counted("reports", yield* Reports, { Resume: "report.resume" })
    // It resumes consumers of all contexts by itself.
    const streams = counted("streams", yield* Streams, { Resume: "stream.resume" })
    return Context.make(Users, users).pipe(
      Context.add(Tasks, tasks),
      Context.add(Billing, billing),
      Context.add(Reports, reports),
      Context.add(Streams, streams)
    )
  })
)
