/**
 * The streams as an operator sees them: where each consumer stands, and how a stopped one goes on, whatever context it
 * belongs to.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Billing } from "./billing/Billing.ts"
import * as Access from "./company/Access.ts"
import type * as Actor from "./company/Actor.ts"
import { Reports } from "./reports/Reports.ts"
import type { CommandOptions } from "./stream/Command.ts"
import type { CommonError } from "./stream/Commit.ts"
import { Consumers, type Status, UnknownConsumer } from "./stream/Consumers.ts"
import { NotSkippable, type Skip, type StreamNotStopped } from "./stream/Resume.ts"
import type { ClockJumped } from "./tasks/commands.ts"
import { Tasks } from "./tasks/Tasks.ts"
import type { StoreError } from "./values/StoreError.ts"
import { traced } from "./values/traced.ts"

export class Streams extends Context.Service<
  Streams,
  {
    /** Where each consumer that runs in this process stands. For admins. */
    readonly status: (
      actor: Actor.Actor
    ) => Effect.Effect<ReadonlyArray<Status>, Actor.ActorError | Access.NotAllowed | StoreError>
    /**
     * Lets a stopped consumer go on, past the events up to `skip.through` if given: `tasks`, `billing`, `billing.users`
     * or `reports`, as far as their contexts run here. That of reports can't skip, and takes no command id: again it is
     * `StreamNotStopped`. A host's own consumers are resumed by the host. For admins.
     */
    readonly resume: (
      actor: Actor.Actor,
      consumer: string,
      options?: CommandOptions & { readonly skip?: Skip }
    ) => Effect.Effect<void, CommonError | UnknownConsumer | StreamNotStopped | NotSkippable | ClockJumped>
  }
>()("@popug/core/Streams") {
  /** The streams of contexts that run here, of each its part: `Streams.layerOf([resumingTasks])`. */
  static readonly layerOf = <R>(
    parts: ReadonlyArray<Effect.Effect<Resumable, never, R>>
  ): Layer.Layer<Streams, never, R | Consumers | Actor.Directory> => Layer.effect(Streams, make(parts))

  /** Those of a whole company. */
  static readonly layer: Layer.Layer<Streams, never, Tasks | Billing | Reports | Consumers | Actor.Directory> =
    Layer.effect(
      Streams,
      Effect.suspend(() => make<Tasks | Billing | Reports>([resumingTasks, resumingBilling, resumingReports]))
    )
}

type Options = CommandOptions & { readonly skip?: Skip }

/** How the consumers of a context go on, by their names. */
export type Resumable = Readonly<
  Record<
    string,
    (
      actor: Actor.Actor,
      options: Options
    ) => Effect.Effect<unknown, CommonError | StreamNotStopped | NotSkippable | ClockJumped>
  >
>

/** The consumer of the tasks context. */
export const resumingTasks: Effect.Effect<Resumable, never, Tasks> = Effect.map(Tasks, ({ resume }) => ({
  tasks: resume
}))

/** The consumers of billing. */
export const resumingBilling: Effect.Effect<Resumable, never, Billing> = Effect.map(Billing, ({ resume }) => ({
  billing: (actor, options) => resume(actor, "tasks", options),
  "billing.users": (actor, options) => resume(actor, "users", options)
}))

/** The consumer of reports. */
export const resumingReports: Effect.Effect<Resumable, never, Reports> = Effect.map(Reports, ({ resume }) => ({
  reports: (actor, { skip }) => {
    if (skip === undefined) return resume(actor)
    const message = "reports follow every close: none can be passed over"
    return Effect.fail(new NotSkippable({ consumer: "reports", number: skip.through, message }))
  }
}))

const make = Effect.fnUntraced(function* <R>(parts: ReadonlyArray<Effect.Effect<Resumable, never, R>>) {
  const resumable: Resumable = Object.assign({}, ...(yield* Effect.all(parts)))
  const consumers = yield* Consumers
  const directory = yield* Effect.context<Actor.Directory>()

  const status = traced("Streams.status")(function* (actor: Actor.Actor) {
    yield* Access.authorize(actor, "operate the streams")
    return yield* consumers.status
  }, Effect.provideContext(directory))

  const resume = traced("Streams.resume")(function* (actor: Actor.Actor, consumer: string, options: Options = {}) {
    yield* Access.authorize(actor, "operate the streams")
    if (!Object.hasOwn(resumable, consumer)) return yield* new UnknownConsumer({ consumer })
    yield* resumable[consumer]!(actor, options)
  }, Effect.provideContext(directory))

  return Streams.of({ status, resume })
})
