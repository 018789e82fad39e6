/**
 * The billing context: double-entry books that follow the tasks, and business days closed exactly (`accounting`
 * in the event storming).
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import type * as Actor from "../company/Actor.ts"
import type { Company } from "../company/Company.ts"
import type { CompanyMismatch } from "../company/Identity.ts"
import type * as Command from "../stream/Command.ts"
import type * as Commit from "../stream/Commit.ts"
import type { Consumers } from "../stream/Consumers.ts"
import type { EventBus } from "../stream/EventBus.ts"
import type { EventLog } from "../stream/EventLog.ts"
import * as Resume from "../stream/Resume.ts"
import { isMarker } from "../tasks/events.ts"
import { Period } from "../values/BusinessDay.ts"
import { Digest } from "../values/Digest.ts"
import type { Ids } from "../values/Ids.ts"
import * as Input from "../values/Input.ts"
import type { StoreError } from "../values/StoreError.ts"
import { traced } from "../values/traced.ts"
import { BillingStore } from "./BillingStore.ts"
import { type BillingOutcomes, Correction, PeriodNotComplete } from "./commands.ts"
import { start } from "./commits.ts"

type Answer<Tag extends keyof BillingOutcomes> = Effect.Effect<
  Command.Committed<BillingOutcomes[Tag]["answer"]>,
  BillingOutcomes[Tag]["error"] | Commit.CommonError
>

/** The commands of the context; what is read from it is in `Books`. */
export class Billing extends Context.Service<
  Billing,
  {
    /**
     * Reverses a transfer, or undoes a correction, by a new transfer in the open period that names it and a reason;
     * once per transfer, and again after an undo. For accountants.
     */
    readonly correct: (
      actor: Actor.Actor,
      correction: { readonly transfer: number; readonly reason: string },
      options?: Command.CommandOptions
    ) => Answer<"Correct">
    /**
     * `billing.close` by hand, for a company that asks for it: closes the period that has ended and is
     * complete. Waits until it is closed. For accountants and admins.
     */
    readonly close: (actor: Actor.Actor, period: string, options?: Command.CommandOptions) => Answer<"Close">
    /** Lets a stopped consumer of billing's go on, past the events up to `skip.through` if given. For admins. */
    readonly resume: (
      actor: Actor.Actor,
      consumer: "tasks" | "users",
      options?: Command.CommandOptions & { readonly skip?: Resume.Skip }
    ) => Answer<"Resume">
  }
>()("@popug/core/Billing") {
  static readonly layer: Layer.Layer<
    Billing,
    CompanyMismatch | StoreError,
    Company | BillingStore | EventBus | EventLog | Consumers | Ids | Digest | Actor.Directory
  > = Layer.effect(
    Billing,
    Effect.suspend(() => make)
  )
}

const parseCorrection = Input.parse(Correction)
const parseClose = Input.parse(Schema.Struct({ period: Period }))
const parseSkip = Input.parse(Resume.Skip)

const make = Effect.gen(function* () {
  const store = yield* BillingStore
  const { sha256 } = yield* Digest
  const services = yield* Effect.context<Actor.Directory | EventLog>()
  const { books, submit } = yield* start

  const correct = traced("Billing.correct")(function* (
    actor: Actor.Actor,
    input: { readonly transfer: number; readonly reason: string },
    options?: Command.CommandOptions
  ) {
    const parsed = yield* parseCorrection(input)
    return yield* submit(actor, { _tag: "Correct", ...parsed }, parsed, options)
  })

  const close = traced("Billing.close")(function* (
    actor: Actor.Actor,
    period: string,
    options?: Command.CommandOptions
  ) {
    const parsed = yield* parseClose({ period })
    const approved = yield* submit(actor, { _tag: "Close", ...parsed }, parsed, options)
    yield* books.drain
    const { period: open, tasks } = yield* store.head
    if (open === parsed.period && tasks.stopped !== null) {
      return yield* new PeriodNotComplete({
        ...parsed,
        message: `billing has stopped: ${tasks.stopped.message}`
      })
    }
    return approved
  })

  const resume = traced("Billing.resume")(function* (
    actor: Actor.Actor,
    consumer: "tasks" | "users",
    options: Command.CommandOptions & { readonly skip?: Resume.Skip } = {}
  ) {
    yield* Access.authorize(actor, "operate the streams")
    const asked = options.skip === undefined ? null : yield* parseSkip(options.skip)
    const skip = asked === null ? null : yield* Resume.prepare(sha256, (yield* store.head)[consumer], asked, isMarker)
    return yield* submit(actor, { _tag: "Resume", consumer, skip }, { consumer, skip: asked }, options)
  }, Effect.provideContext(services))

  return Billing.of({ correct, close, resume })
})
