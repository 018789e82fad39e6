/**
 * The verification of a whole company: each context proves its own rows from its record, none looks at another's.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Books } from "./billing/Books.ts"
import type * as Access from "./company/Access.ts"
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

/** What a context's verification came to; `consumers` are the cursors of a host's own. */
export interface Verified {
  readonly context: "users" | "tasks" | "billing" | "reports" | "consumers"
  readonly difference: Difference | null
}

/** What the verification of a company came to. */
export interface Verdict {
  /** What the books' went through. */
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
     * What can't be read is a difference too. It reads everything. For accountants and admins.
     */
    readonly run: (
      actor: Actor.Actor,
      options?: { readonly after?: string; readonly seal?: string }
    ) => Effect.Effect<Verdict, InvalidInput | Actor.ActorError | Access.NotAllowed | StoreError>
  }
>()("@popug/core/Verification") {
  static readonly layer: Layer.Layer<
    Verification,
    never,
    Books | UserStore | TaskStore | ReportStore | Payouts | EventLog | Company | Digest
  > = Layer.effect(
    Verification,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const books = yield* Books
  const hosts = yield* Effect.serviceOption(CursorStore)
  const services = yield* Effect.context<UserStore | TaskStore | ReportStore | Payouts | EventLog | Company | Digest>()

  const run = Effect.fn("Verification.run")(function* (
    actor: Actor.Actor,
    options: { readonly after?: string; readonly seal?: string } = {}
  ) {
    const { difference: billing, ...counts } = yield* books.verify(actor, options)
    const contexts: ReadonlyArray<Verified> = [
      { context: "users", difference: yield* verifyUsers },
      { context: "tasks", difference: yield* verifyTasks },
      { context: "billing", difference: billing },
      { context: "reports", difference: yield* verifyReports },
      { context: "consumers", difference: yield* verifyCursors(hosts) }
    ]
    const first = contexts.find(({ difference }) => difference !== null)
    return { ...counts, difference: first?.difference ?? null, contexts }
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
