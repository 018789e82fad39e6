/**
 * Where the company stands, as gauges: read when somebody looks, and at the most every few seconds.
 */
import {
  BillingStore,
  BusinessDay,
  Company,
  Consumers,
  EventLog,
  type Period,
  ReportStore,
  type StoreError,
  Trouble
} from "@popug/core"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Rec from "effect/Record"
import type { ContextName } from "../../api/contexts.ts"
import * as Series from "./Series.ts"

export interface GaugeOptions {
  /** How old what is shown may be; default: 2 seconds. */
  readonly maxAge?: Duration.Input | undefined
}

interface Gauge {
  readonly name: string
  readonly description: string
  readonly labels?: ReadonlyArray<string>
}

const ofConsumers = ["consumer", "source"]
const gauges = {
  behind: {
    name: "popug_consumer_events_behind",
    description: "Events of its source that a consumer has not applied yet",
    labels: ofConsumers
  },
  stopped: {
    name: "popug_consumer_stopped",
    description: "1 when a consumer is stopped until an operator acts",
    labels: ofConsumers
  },
  attempts: {
    name: "popug_consumer_failed_attempts",
    description: "How often a consumer has tried in vain since it last went on",
    labels: ofConsumers
  },
  openPeriod: {
    name: "popug_billing_open_period_start_timestamp_seconds",
    description: "When the business day began that billing has open"
  },
  closedPeriod: {
    name: "popug_billing_last_closed_period_start_timestamp_seconds",
    description: "When the business day began that billing has closed last"
  },
  awaiting: {
    name: "popug_billing_period_awaiting_close",
    description: "1 when a period has ended and waits to be closed by hand"
  },
  transfers: {
    name: "popug_ledger_transfers",
    description: "Transfers in the journal; each posts a debit and a credit"
  },
  pending: {
    name: "popug_notices_pending",
    description: "Notices that are not sent yet, counted up to 1,000"
  },
  failing: {
    name: "popug_notices_failing",
    description: "Notices that are not sent yet though it was tried, counted up to 1,000"
  },
  up: {
    name: "popug_store_up",
    description: "0 when the store did not answer: the other gauges are old"
  }
} satisfies Record<string, Gauge>

/** What sets each gauge: of those with labels the series that is named. */
const setters = (context: Context.Context<never>) =>
  Rec.map(gauges, ({ description, labels = [], name }: Gauge) =>
    Series.make(context, labels, (attributes) => Metric.gauge(name, { description, attributes }))
  )

/** Of very many that wait, the exact number tells nothing. */
const countedNotices = 1_000
/** How long the store may take, in milliseconds: a scraper gives up at some point as well. */
const patience = 2_000
/** How far before the open period the one before it can lie, if the calendar skips dates. */
const longestSkip = 7

export class Gauges extends Context.Service<Gauges, { readonly refresh: Effect.Effect<void> }>()("@popug/http/Gauges") {
  /**
   * Of the contexts whose stores are here, or of one alone. A process of one context says which: its
   * database brings the stores of all, and the company was opened there for that one only.
   */
  static readonly layer = (
    options: GaugeOptions = {},
    context?: ContextName
  ): Layer.Layer<Gauges, never, Company | Consumers> =>
    Layer.effect(
      Gauges,
      Effect.map(make(options, context), (refresh) => ({ refresh }))
    )
}

const make = Effect.fnUntraced(function* ({ maxAge = "2 seconds" }: GaugeOptions, context?: ContextName) {
  const { calendar } = yield* Company
  const consumers = yield* Consumers
  const isHere = (name: ContextName) => context === undefined || context === name
  const billing = Option.filter(yield* Effect.serviceOption(BillingStore), () => isHere("billing"))
  const reports = Option.filter(yield* Effect.serviceOption(ReportStore), () => isHere("reports"))
  const log = Option.filter(yield* Effect.serviceOption(EventLog), () => context === "users" || context === "tasks")

  const set = setters(yield* Effect.context<never>())

  const readConsumers = Effect.map(consumers.status, (all) => {
    for (const { behind, consumer, failing, source, stopped } of all) {
      set.behind(Math.max(0, behind), consumer, source)
      set.stopped(stopped === null ? 0 : 1, consumer, source)
      set.attempts(failing?.attempts ?? 0, consumer, source)
    }
  })

  const readBilling = Effect.fnUntraced(function* (billing: BillingStore["Service"]) {
    const head = yield* billing.head
    set.transfers(head.journal.number)
    set.awaiting(head.awaiting === null ? 0 : 1)
    if (head.period === null) return
    set.openPeriod(startOf(head.period))
    const { rows } = yield* billing.closed(
      { from: BusinessDay.daysBefore(head.period, longestSkip) },
      { limit: longestSkip + 1 }
    )
    const last = rows.at(-1)
    if (last !== undefined) set.closedPeriod(startOf(last.period))
  })

  const readNotices = Effect.fnUntraced(function* (reports: ReportStore["Service"]) {
    const limit = { limit: countedNotices }
    set.pending((yield* reports.notices({ status: "pending" }, limit)).rows.length)
    set.failing((yield* reports.notices({ status: "pending", failed: true }, limit)).rows.length)
  })

  const startOf = (period: Period): number => BusinessDay.startOf(calendar, period).epochMilliseconds / 1000

  const trouble = Trouble.make("the gauges could not be read")
  const reads: ReadonlyArray<Effect.Effect<unknown, StoreError>> = [
    readConsumers,
    // Their stores have no gauges, and whether they answer is one.
    ...Option.toArray(Option.map(log, (log) => log.last(context === "users" ? "users" : "tasks"))),
    ...Option.toArray(Option.map(billing, readBilling)),
    ...Option.toArray(Option.map(reports, readNotices))
  ]
  const read = Effect.all(reads, { discard: true }).pipe(
    Effect.timeout(Duration.millis(patience)),
    Effect.tap(Effect.sync(() => set.up(1))),
    Effect.andThen(trouble.over),
    Effect.catch((error) => {
      set.up(0)
      return trouble.met(Cause.fail(error))
    })
  )
  return yield* Effect.cachedWithTTL(read, maxAge)
})
