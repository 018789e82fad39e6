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

export class Streams extends Context.Service<
  Streams,
  {
    /** Where each consumer that runs in this process stands. For admins. */
    readonly status: (
      actor: Actor.Actor
    ) => Effect.Effect<ReadonlyArray<Status>, Actor.ActorError | Access.NotAllowed | StoreError>
    /**
     * Lets a stopped consumer go on, past the events up to `skip.through` if given: `tasks`, `billing`, `billing.users`
     * or `reports`. That of reports can't skip, and takes no command id: again it is `StreamNotStopped`. A host's own
     * consumers are resumed by the host. For admins.
     */
    readonly resume: (
      actor: Actor.Actor,
      consumer: string,
      options?: CommandOptions & { readonly skip?: Skip }
    ) => Effect.Effect<void, CommonError | UnknownConsumer | StreamNotStopped | NotSkippable | ClockJumped>
  }
>()("@popug/core/Streams") {
  static readonly layer: Layer.Layer<Streams, never, Tasks | Billing | Reports | Consumers | Actor.Directory> =
    Layer.effect(
      Streams,
      Effect.suspend(() => make)
    )
}

const make = Effect.gen(function* () {
  const tasks = yield* Tasks
  const billing = yield* Billing
  const reports = yield* Reports
  const consumers = yield* Consumers
  const directory = yield* Effect.context<Actor.Directory>()

  const status = Effect.fn("Streams.status")(function* (actor: Actor.Actor) {
    yield* Access.authorize(actor, "operate the streams")
    return yield* consumers.status
  }, Effect.provideContext(directory))

  const resume = Effect.fn("Streams.resume")(function* (
    actor: Actor.Actor,
    consumer: string,
    options: CommandOptions & { readonly skip?: Skip } = {}
  ) {
    yield* Access.authorize(actor, "operate the streams")
    switch (consumer) {
      case "tasks":
        return yield* Effect.asVoid(tasks.resume(actor, options))
      case "billing":
        return yield* Effect.asVoid(billing.resume(actor, "tasks", options))
      case "billing.users":
        return yield* Effect.asVoid(billing.resume(actor, "users", options))
      case "reports": {
        if (options.skip === undefined) return yield* reports.resume(actor)
        const message = "reports follow every close: none can be passed over"
        return yield* new NotSkippable({ consumer, number: options.skip.through, message })
      }
      default:
        return yield* new UnknownConsumer({ consumer })
    }
  }, Effect.provideContext(directory))

  return Streams.of({ status, resume })
})
