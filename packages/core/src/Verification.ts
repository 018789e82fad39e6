/**
 * The verification of a company, or of those of its contexts that run here: each proves its own rows from its record,
 * none looks at another's.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Books } from "./billing/Books.ts"
import * as Access from "./company/Access.ts"
import type * as Actor from "./company/Actor.ts"
import type { Company } from "./company/Company.ts"
import type { Payouts, ReportStore } from "./reports/ReportStore.ts"
import { verify as verifyReports } from "./reports/verify.ts"
import { CursorStore } from "./stream/CursorStore.ts"
import * as Envelope from "./stream/Envelope.ts"
import { EventLog } from "./stream/EventLog.ts"
import * as Follow from "./stream/Follow.ts"
import type { TaskStore } from "./tasks/TaskStore.ts"
import { verify as verifyTasks } from "./tasks/verify.ts"
import type { UserStore } from "./users/UserStore.ts"
import { verify as verifyUsers } from "./users/verify.ts"
import { check, type Difference } from "./values/Difference.ts"
import { Digest, origin } from "./values/Digest.ts"
import type { InvalidInput } from "./values/Input.ts"
import type { StoreError } from "./values/StoreError.ts"
import { traced } from "./values/traced.ts"

/** What a context's verification came to; `consumers` are the cursors of a host's own. */
export interface Verified {
  readonly context: "users" | "tasks" | "billing" | "reports" | "consumers"
  readonly difference: Difference | null
}

/** What the verification of a company came to. */
export interface Verdict {
  /** What the books' went through; nothing where they are kept elsewhere. */
  readonly periods: number
  readonly events: number
  readonly transfers: number
  /** The first of all contexts; null when everything is as the record makes it. */
  readonly difference: Difference | null
  readonly contexts: ReadonlyArray<Verified>
}

export class Verification extends Context.Service<
  Verification,
  {
    /**
     * `Books.verify`, and the same of users, tasks, reports and a host's cursors: names the first difference of each.
     * What can't be read is a difference too. A context that can't be asked for the moment is left out where another
     * has a difference; otherwise it fails. It reads everything. For accountants and admins.
     */
    readonly run: (
      actor: Actor.Actor,
      options?: { readonly after?: string; readonly seal?: string }
    ) => Effect.Effect<Verdict, InvalidInput | Actor.ActorError | Access.NotAllowed | StoreError>
  }
>()("@popug/core/Verification") {
  /** The verification of contexts that run here, of each its part: `Verification.layerOf([provingTasks])`. */
  static readonly layerOf = <R>(
    parts: ReadonlyArray<Part<R>>
  ): Layer.Layer<Verification, never, R | EventLog | Digest | Actor.Directory> =>
    Layer.effect(Verification, make(parts))

  /** That of a whole company. */
  static readonly layer: Layer.Layer<
    Verification,
    never,
    Books | UserStore | TaskStore | ReportStore | Payouts | EventLog | Company | Digest | Actor.Directory
  > = Layer.effect(
    Verification,
    Effect.suspend(() =>
      make<Books | UserStore | TaskStore | ReportStore | Payouts | EventLog | Company | Digest>([
        // First the one that has options, which may be wrong.
        provingBilling,
        provingUsers,
        provingTasks,
        provingReports
      ])
    )
  )
}

/** What one context's verification came to; billing's with what it went through. */
interface Proved extends Verified, Partial<Counts> {}

type Counts = Pick<Verdict, "periods" | "events" | "transfers">

interface Options {
  readonly after?: string
  readonly seal?: string
}

/** How a context proves its own rows. */
export type Part<R> = (
  actor: Actor.Actor,
  options: Options
) => Effect.Effect<Proved, InvalidInput | Actor.ActorError | Access.NotAllowed | StoreError, R>

export const provingUsers: Part<UserStore | EventLog | Digest> = () =>
  Effect.map(verifyUsers, (difference) => ({ context: "users", difference }))

export const provingTasks: Part<TaskStore | EventLog | Company | Digest> = () =>
  Effect.map(verifyTasks, (difference) => ({ context: "tasks", difference }))

export const provingBilling: Part<Books> = (actor, options) =>
  Effect.flatMap(Books, (books) =>
    Effect.map(books.verify(actor, options), (verified) => ({ context: "billing", ...verified }))
  )

export const provingReports: Part<ReportStore | Payouts | EventLog | Digest> = () =>
  Effect.map(verifyReports, (difference) => ({ context: "reports", difference }))

/** In what order contexts are told of. */
const order = ["users", "tasks", "billing", "reports", "consumers"] as const

const make = Effect.fnUntraced(function* <R>(parts: ReadonlyArray<Part<R>>) {
  const hosts = yield* Effect.serviceOption(CursorStore)
  const services = yield* Effect.context<R | EventLog | Digest | Actor.Directory>()

  const run = traced("Verification.run")(function* (actor: Actor.Actor, options: Options = {}) {
    yield* Access.authorize(actor, "see the books")
    const results: ReadonlyArray<Proved | StoreError> = yield* Effect.forEach(parts, (part) =>
      Effect.catchTag(part(actor, options), "StoreError", (error) => Effect.succeed(error))
    )
    const proved = results.filter((result): result is Proved => !("reason" in result))
    const failed = results.find((result): result is StoreError => "reason" in result)
    // Books that are broken may be why another context can't be proved: what is known of them is told all the same.
    if (failed !== undefined && proved.every(({ difference }) => difference === null)) return yield* failed
    proved.push({ context: "consumers", difference: yield* verifyCursors(hosts) })
    const counts: Counts = {
      periods: 0,
      events: 0,
      transfers: 0,
      ...proved.find(({ periods }) => periods !== undefined)
    }
    const contexts = order.flatMap((context) =>
      proved.filter((one) => one.context === context).map(({ difference }): Verified => ({ context, difference }))
    )
    const first = contexts.find(({ difference }) => difference !== null)
    const { events, periods, transfers } = counts
    return { periods, events, transfers, difference: first?.difference ?? null, contexts }
  }, Effect.provideContext(services))

  return Verification.of({ run })
})

/** A host's cursors carry the digest of the event that they stand at. */
const verifyCursors = (hosts: Option.Option<CursorStore["Service"]>) =>
  Follow.concluded(
    Effect.gen(function* () {
      const log = yield* EventLog
      const { sha256 } = yield* Digest
      if (Option.isNone(hosts)) return
      for (const { consumer, digest, number, source } of yield* hosts.value.list) {
        const [event] = number === 0 ? [] : yield* log.read(source, number - 1, 1)
        const expected = number === 0 ? origin : event?.number === number ? Envelope.digest(sha256, event) : undefined
        yield* check(`the cursor of ${consumer}`, expected, digest)
      }
    }),
    () => "the cursors of consumers"
  )
