/**
 * The reports context: reports of closed days, and who is told (`send.report` and `send.audit` of the event storming).
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import type * as Actor from "../company/Actor.ts"
import type { Company } from "../company/Company.ts"
import type { CompanyMismatch } from "../company/Identity.ts"
import type { Consumers, Handle } from "../stream/Consumers.ts"
import type { EventBus } from "../stream/EventBus.ts"
import type { EventLog } from "../stream/EventLog.ts"
import { StreamNotStopped } from "../stream/Resume.ts"
import * as BusinessDay from "../values/BusinessDay.ts"
import type { Digest } from "../values/Digest.ts"
import * as Input from "../values/Input.ts"
import { type Page, type PageRequest, parse as pageOf } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import { traced } from "../values/traced.ts"
import { Causes } from "./Causes.ts"
import { consumer, start } from "./commits.ts"
import { startDispatch } from "./dispatch.ts"
import type * as Report from "./Report.ts"
import { type NoticeFilter, type Notifier, type Payouts, ReportStore } from "./ReportStore.ts"

type ReadError = Input.InvalidInput | Actor.ActorError | Access.NotAllowed | StoreError

export class Reports extends Context.Service<
  Reports,
  {
    /** The reports of closed periods: management's earnings by day. For admins. */
    readonly daily: (
      actor: Actor.Actor,
      range: BusinessDay.PeriodRange,
      paging?: PageRequest
    ) => Effect.Effect<Page<Report.DailyReport>, ReadError>
    /** The report of one closed period. For admins. */
    readonly report: (
      actor: Actor.Actor,
      period: string
    ) => Effect.Effect<Report.DailyReport, ReadError | BusinessDay.PeriodNotFound>
    /** What was sent, and what failed so far. For admins. */
    readonly notices: (
      actor: Actor.Actor,
      filter: NoticeFilter,
      paging?: PageRequest
    ) => Effect.Effect<Page<Report.KeptNotice>, ReadError>
    /** Lets the context's stopped consumer try again. For admins. */
    readonly resume: (
      actor: Actor.Actor
    ) => Effect.Effect<void, Actor.ActorError | Access.NotAllowed | StreamNotStopped | StoreError>
    /** Sends all that is due now and returns how many were sent; the layer does it by itself, a test calls it. */
    readonly dispatch: Effect.Effect<number, StoreError>
  }
>()("@popug/core/Reports") {
  static readonly layer: Layer.Layer<
    Reports,
    CompanyMismatch | StoreError,
    Company | ReportStore | Notifier | Payouts | EventBus | EventLog | Consumers | Digest | Actor.Directory
  > = Layer.effect(
    Reports,
    Effect.suspend(() => make)
  )
}

const parseRange = Input.parse(BusinessDay.PeriodRange)
const parsePeriod = Input.parseOne("period", BusinessDay.Period)
const parseNoticeFilter = Input.parse(
  Schema.Struct({
    status: Schema.optionalKey(Schema.Literals(["pending", "sent"])),
    failed: Schema.optionalKey(Schema.Boolean)
  })
)
const parsePeriods = pageOf(BusinessDay.Period)
/** An id of a notice has no control characters, which not every store takes in text. */
const parseKeys = pageOf(Schema.String.check(Schema.isPattern(/^\P{Cc}{1,200}$/u, { expected: "the id of a notice" })))

/** What the operations work with. */
interface Inside {
  readonly store: ReportStore["Service"]
  readonly closes: Handle
}

const make = Effect.gen(function* () {
  const directory = yield* Effect.context<Actor.Directory>()
  const news = yield* Latch.make()
  const causes = new Causes()
  const inside: Inside = { store: yield* ReportStore, closes: yield* start(news, causes) }
  return Reports.of({
    daily: flow(daily(inside), Effect.provideContext(directory)),
    report: flow(report(inside), Effect.provideContext(directory)),
    notices: flow(notices(inside), Effect.provideContext(directory)),
    resume: flow(resume(inside), Effect.provideContext(directory)),
    dispatch: yield* startDispatch(news, causes)
  })
})

const daily = ({ store }: Inside) =>
  traced("Reports.daily")(function* (actor: Actor.Actor, range: BusinessDay.PeriodRange, paging?: PageRequest) {
    yield* Access.authorize(actor, "see the analytics")
    return yield* store.reports(yield* parseRange(range), yield* parsePeriods(paging))
  })

const report = ({ store }: Inside) =>
  traced("Reports.report")(function* (actor: Actor.Actor, input: string) {
    yield* Access.authorize(actor, "see the analytics")
    const period = yield* parsePeriod(input)
    const [found] = (yield* store.reports({ from: period, to: period }, { limit: 1 })).rows
    return found ?? (yield* new BusinessDay.PeriodNotFound({ period }))
  })

const notices = ({ store }: Inside) =>
  traced("Reports.notices")(function* (actor: Actor.Actor, filter: NoticeFilter, paging?: PageRequest) {
    yield* Access.authorize(actor, "operate the streams")
    return yield* store.notices(yield* parseNoticeFilter(filter), yield* parseKeys(paging))
  })

const resume = ({ closes, store }: Inside) =>
  traced("Reports.resume")(function* (actor: Actor.Actor) {
    yield* Access.authorize(actor, "operate the streams")
    yield* store.transact(
      Effect.fnUntraced(function* (tx) {
        if (tx.cursor.stopped === null) return yield* new StreamNotStopped({ consumer })
        yield* tx.save({ cursor: { ...tx.cursor, stopped: null }, reports: [], notices: [] })
      })
    )
    yield* closes.drain
  })
