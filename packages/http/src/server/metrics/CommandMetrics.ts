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
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Series from "./Series.ts"

const commands = (attributes: Metric.Metric.AttributeSet) =>
  Metric.counter("popug_commands_total", {
    description: "Commands by name and use case, and by outcome: done, the name of the error, defect or interrupted",
    incremental: true,
    attributes
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

const counted = <S extends object>(count: Series.Update, context: string, service: S, names: Names<S>): S => {
  const wrapped: Record<string, unknown> = { ...(service as Record<string, unknown>) }
  for (const [capital, command] of Object.entries(names) as ReadonlyArray<[string, string]>) {
    const name = capital.charAt(0).toLowerCase() + capital.slice(1)
    const use = service[name as keyof S] as unknown as (
      ...args: ReadonlyArray<unknown>
    ) => Effect.Effect<unknown, { readonly _tag: string }>
    const call = `${context}.${name}`
    const settled = (exit: Exit.Exit<unknown, { readonly _tag: string }>) =>
      Effect.sync(() => count(1, call, command, outcomeOf(exit)))
    wrapped[name] = (...args: ReadonlyArray<unknown>) => Effect.onExit(use(...args), settled)
  }
  return wrapped as S
}

type Counting = <S extends object>(context: string, service: S, names: Names<S>) => S

const counting: Effect.Effect<Counting> = Effect.gen(function* () {
  const count = Series.make(yield* Effect.context<never>(), ["call", "command", "outcome"], commands)
  return (context, service, names) => counted(count, context, service, names)
})

/** The services of one context, counted; each layer for whoever asks for its commands. */
export const layerUsers: Layer.Layer<Users, never, Users> = Layer.effect(
  Users,
  Effect.gen(function* () {
    return (yield* counting)("users", yield* Users, userCommandNames)
  })
)
export const layerTasks: Layer.Layer<Tasks, never, Tasks> = Layer.effect(
  Tasks,
  Effect.gen(function* () {
    return (yield* counting)("tasks", yield* Tasks, taskCommandNames)
  })
)
export const layerBilling: Layer.Layer<Billing, never, Billing> = Layer.effect(
  Billing,
  Effect.gen(function* () {
    return (yield* counting)("billing", yield* Billing, billingCommandNames)
  })
)
export const layerReports: Layer.Layer<Reports, never, Reports> = Layer.effect(
  Reports,
  Effect.gen(function* () {
    return (yield* counting)("reports", yield* Reports, { Resume: "report.resume" })
  })
)
/** It resumes consumers of all contexts by itself. */
export const layerStreams: Layer.Layer<Streams, never, Streams> = Layer.effect(
  Streams,
  Effect.gen(function* () {
    return (yield* counting)("streams", yield* Streams, { Resume: "stream.resume" })
  })
)

type Services = Users | Tasks | Billing | Reports | Streams

/** All services, counted: provide it over `Popug.layer` to whoever asks for commands. */
export const layer: Layer.Layer<Services, never, Services> = Layer.mergeAll(
  layerUsers,
  layerTasks,
  layerBilling,
  layerReports,
  layerStreams
)
