/**
 * `/v1/reports`: from the wire to the reports and the books, and back.
 */
import {
  Account,
  Books,
  BusinessDay,
  Company,
  Digest,
  type Period,
  Reports,
  type StoreError,
  TaskStore
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import { Api } from "../../api/Api.ts"
import { CurrentActor } from "../../api/middleware.ts"
import * as Problem from "../../api/Problem.ts"
import type { Span } from "../../api/Reports.ts"
import * as Contract from "../contract/Contract.ts"
import { Turns } from "../guard/Turns.ts"
import { asProblems } from "../wire/asProblems.ts"
import { conditional } from "../wire/etag.ts"
import * as Pages from "../wire/Pages.ts"
import * as Views from "../wire/Views.ts"

/** What a top task may be asked for. */
interface Asked {
  readonly from?: Period
  readonly to?: Period
  readonly date?: Period
  readonly span?: typeof Span.Type
}

/** The span of a kind around a date. */
const around = (date: Period, span: typeof Span.Type) => {
  switch (span) {
    case "day":
      return { from: date, to: date }
    case "week":
      return BusinessDay.weekOf(date)
    case "month":
      return BusinessDay.monthOf(date)
  }
}

/** The periods that are asked for: either both ends, or a span around a date; default: `today`. */
const rangeOf = Effect.fnUntraced(function* <E>(today: Effect.Effect<Period, E>, { date, from, span, to }: Asked) {
  if (from !== undefined || to !== undefined) {
    if (date !== undefined || span !== undefined) {
      return yield* new Problem.InvalidInput({ detail: "ask for from and to, or for date and span: not for both" })
    }
    if (from === undefined || to === undefined) {
      return yield* new Problem.InvalidInput({ detail: "from and to are given together" })
    }
    return { from, to }
  }
  return around(date ?? (yield* today), span ?? "day")
})

const days = Pages.byText("daily reports")
const lines = Pages.byText("balances")

/** What reports answer by themselves. */
export const ofReports = Effect.gen(function* () {
  const reports = yield* Reports
  const { sha256 } = yield* Digest.Digest
  const { settings } = yield* Company
  const views = Views.make(settings.currency)

  const daily = HttpApiBuilder.handler(
    Api,
    "reports",
    "daily",
    Effect.fnUntraced(function* ({ query }) {
      const page = yield* asProblems(
        reports.daily(yield* CurrentActor, Pages.filterOf(query), yield* days.asked(query))
      )
      return days.toWire(query, page, (row) => row.period, views.report)
    })
  )

  const day = HttpApiBuilder.handler(
    Api,
    "reports",
    "day",
    Effect.fnUntraced(function* ({ headers, params }) {
      const found = yield* asProblems(reports.report(yield* CurrentActor, params.period))
      return yield* conditional(sha256, headers["if-none-match"], views.report(found))
    })
  )

  return { daily, day }
})

/** What is read from the books; `today` is the day that a top task is of when none is named. */
export const ofBooks = Effect.fnUntraced(function* (today: Effect.Effect<Period, StoreError>) {
  const books = yield* Books
  const turns = yield* Turns
  const { settings } = yield* Company
  const views = Views.make(settings.currency)

  const balances = HttpApiBuilder.handler(
    Api,
    "reports",
    "balances",
    Effect.fnUntraced(function* ({ query }) {
      const page = yield* asProblems(books.balances(yield* CurrentActor, query.period, yield* lines.asked(query)))
      return lines.toWire(query, page, (row) => Account.ownerOf(row.account)!, views.balance)
    })
  )

  const distribution = HttpApiBuilder.handler(
    Api,
    "reports",
    "distribution",
    Effect.fnUntraced(function* () {
      return views.distribution(yield* asProblems(turns.alone("distribution")(books.distribution(yield* CurrentActor))))
    })
  )

  const balance = HttpApiBuilder.handler(
    Api,
    "reports",
    "balance",
    Effect.fnUntraced(function* () {
      const { inTheRed, popugs } = yield* asProblems(books.trialBalance(yield* CurrentActor))
      return { total: views.money(Account.balance(popugs)), inTheRed }
    })
  )

  const topTask = HttpApiBuilder.handler(
    Api,
    "reports",
    "topTask",
    Effect.fnUntraced(function* ({ query }) {
      const range = yield* rangeOf(asProblems(today), query)
      const found = yield* asProblems(books.topTask(yield* CurrentActor, range))
      return { ...range, topTask: views.topTask(found) }
    })
  )

  return { balances, distribution, balance, topTask }
})

export const layer = Contract.group(
  Api,
  "reports",
  Effect.fnUntraced(function* (handlers) {
    // Today is the day that tasks fall into, whatever the clock of this process shows.
    const today = Effect.map((yield* TaskStore).head, ({ period }) => period)
    return handlers.handleAll({ ...(yield* ofReports), ...(yield* ofBooks(today)) })
  })
).pipe(Layer.provide(Turns.layer))
