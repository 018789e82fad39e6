/**
 * The reports context: reports of closed days, and who is told (`send.report` and `send.audit` of the event storming).
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Access from "../company/Access.ts"
import type * as Actor from "../company/Actor.ts"
import * as BusinessDay from "../values/BusinessDay.ts"
import * as Input from "../values/Input.ts"
import { type Company, identified } from "../company/Company.ts"
import type { CompanyMismatch } from "../company/Identity.ts"
import { decodeBillingEvent } from "../billing/events.ts"
import { Digest } from "../values/Digest.ts"
import * as Consumer from "../stream/Consumer.ts"
import type { Consumers } from "../stream/Consumers.ts"
import * as Cursor from "../stream/Cursor.ts"
import type { Envelope } from "../stream/Envelope.ts"
import type { EventBus } from "../stream/EventBus.ts"
import type { EventLog } from "../stream/EventLog.ts"
import { readable } from "../stream/Readable.ts"
import { StreamNotStopped } from "../stream/Resume.ts"
import type { UserId } from "../values/Ids.ts"
import { type Page, type PageRequest, parse as pageOf } from "../values/Page.ts"
import type { StoreError } from "../values/StoreError.ts"
import * as Text from "../values/Text.ts"
import * as Trouble from "../stream/Trouble.ts"
import * as Report from "./Report.ts"
import { type NoticeFilter, Notifier, Payouts, ReportStore, type ReportTransaction } from "./ReportStore.ts"

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

/** The name of the consumer of billing's events. */
const consumer = "reports"

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

const pageSize = 5_000
const together = 500

const make = Effect.gen(function* () {
  const store = yield* ReportStore
  const notifier = yield* Notifier
  const payouts = yield* Payouts
  const { sha256 } = yield* Digest
  const pollInterval = yield* Consumer.PollInterval
  const directory = yield* Effect.context<Actor.Directory>()
  yield* store.open(yield* identified)

  /** Everybody who was paid out in a closed period, which does not change any more. */
  const paid = Effect.fnUntraced(function* (period: BusinessDay.Period) {
    const all: Array<Report.Payout> = []
    let after: UserId | undefined
    for (let more = true; more;) {
      const page = yield* payouts.of(period, { after, limit: pageSize })
      for (const row of page.rows) if (row.payout !== 0n) all.push(row)
      after = page.rows.at(-1)?.owner
      more = page.more
    }
    return all
  })

  const apply = (after: number, fetched: ReadonlyArray<Envelope>, held?: Envelope | null) =>
    Effect.fnUntraced(function* (tx: ReportTransaction) {
      const admitted = Cursor.admit(sha256, tx.cursor, after, fetched, held)
      const { events, stop } = readable(decodeBillingEvent, admitted)
      const reports = events.flatMap((event) =>
        event.type === "billing.closed" ? [Report.fromClosed(event.data)] : []
      )
      const notices = yield* Effect.forEach(reports, (report) =>
        Effect.map(paid(report.period), (rows) => Report.notices(report, rows))
      )
      const cursor =
        events.length === 0 && stop !== null
          ? Cursor.stop(tx.cursor, stop)
          : Cursor.advance(tx.cursor, admitted, events.length)
      if (cursor !== tx.cursor) yield* tx.save({ cursor, reports, notices: notices.flat() })
      return cursor
    })

  const handle = yield* Consumer.start({
    name: consumer,
    source: "billing",
    cursor: store.cursor,
    apply: (after, fetched, held) => store.transact(apply(after, fetched, held))
  })

  const thrown = Trouble.make("the notifier threw")
  /** Sends, whatever the notifier does. A batch on which it throws goes one by one: one notice holds up no other. */
  const send = (notices: ReadonlyArray<Report.Notice>): Effect.Effect<ReadonlyArray<string | null>> =>
    Effect.suspend(() => notifier.send(notices)).pipe(
      Effect.tap(thrown.over),
      Effect.catchDefect((defect) =>
        notices.length > 1
          ? Effect.map(
              Effect.forEach(notices, (notice) => send([notice])),
              (errors) => errors.flat()
            )
          : Effect.as(thrown.met(Cause.die(defect)), [`the notifier threw: ${Text.ofDefect(defect)}`])
      )
    )

  const dispatch = Effect.gen(function* () {
    let sent = 0
    while (true) {
      const due = yield* store.due(together)
      if (due.length === 0) return sent
      const errors = yield* send(due.map(({ notice }) => notice))
      yield* store.settle(due.map((kept, index) => Report.attempted(kept, errors[index] ?? null)))
      sent += errors.filter((error) => error === null).length
    }
  })
  if (pollInterval !== null) {
    yield* Trouble.untilItWorks(dispatch, Trouble.make("notices could not be sent")).pipe(
      Effect.andThen(Effect.sleep(pollInterval)),
      Effect.forever,
      Effect.forkScoped
    )
  }

  const daily = Effect.fn("Reports.daily")(function* (
    actor: Actor.Actor,
    range: BusinessDay.PeriodRange,
    paging?: PageRequest
  ) {
    yield* Access.authorize(actor, "see the analytics")
    return yield* store.reports(yield* parseRange(range), yield* parsePeriods(paging))
  }, Effect.provideContext(directory))

  const report = Effect.fn("Reports.report")(function* (actor: Actor.Actor, input: string) {
    yield* Access.authorize(actor, "see the analytics")
    const period = yield* parsePeriod(input)
    const [found] = (yield* store.reports({ from: period, to: period }, { limit: 1 })).rows
    return found ?? (yield* new BusinessDay.PeriodNotFound({ period }))
  }, Effect.provideContext(directory))

  const notices = Effect.fn("Reports.notices")(function* (
    actor: Actor.Actor,
    filter: NoticeFilter,
    paging?: PageRequest
  ) {
    yield* Access.authorize(actor, "operate the streams")
    return yield* store.notices(yield* parseNoticeFilter(filter), yield* parseKeys(paging))
  }, Effect.provideContext(directory))

  const resume = Effect.fn("Reports.resume")(function* (actor: Actor.Actor) {
    yield* Access.authorize(actor, "operate the streams")
    yield* store.transact(
      Effect.fnUntraced(function* (tx) {
        if (tx.cursor.stopped === null) return yield* new StreamNotStopped({ consumer })
        yield* tx.save({ cursor: { ...tx.cursor, stopped: null }, reports: [], notices: [] })
      })
    )
    yield* handle.drain
  }, Effect.provideContext(directory))

  return Reports.of({ daily, report, notices, resume, dispatch })
})
