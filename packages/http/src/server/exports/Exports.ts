/**
 * What can be downloaded from the books. The answer is written while it is read; when the books can't be read to the
 * end, it breaks off, so that nobody takes a part for the whole.
 */
import { AuditLog, Books, Company, Money, type PageRequest, type PeriodRange, Text } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Stream from "effect/Stream"
import { Api } from "../../api/Api.ts"
import { CurrentActor } from "../../api/middleware.ts"
import { Turns } from "../guard/Turns.ts"
import { asProblems } from "../wire/asProblems.ts"
import { idOf } from "../wire/idOf.ts"
import * as Csv from "./Csv.ts"
import * as Journal from "./Journal.ts"
import * as Rows from "./Rows.ts"

const balanceColumns = [
  "period",
  "owner",
  "name",
  "opening",
  "fees",
  "awards",
  "payouts",
  "closing",
  "currency"
] as const

/** `audit-log-2026-11-01_2026-11-30`; an end that is left out is not named. */
const ranged = (what: string, { from, to }: PeriodRange): string => {
  if (from !== undefined && to !== undefined) return `${what}-${from}_${to}`
  if (from !== undefined) return `${what}-from-${from}`
  return to === undefined ? what : `${what}-to-${to}`
}

/** A file to be saved under a name of letters, digits, dots, dashes and underscores: nothing in it needs quoting. */
const download = <E extends { readonly message: string }>(filename: string, body: Stream.Stream<Uint8Array, E>) =>
  HttpApiSchema.withHeaders({
    body: Stream.tapError(body, (error) => Effect.logWarning(`the download of ${filename} broke off`, error)),
    headers: { "content-disposition": `attachment; filename="${filename}"` }
  })

/** The handlers of the exports, to be put among the others of the group `billing`. */
export const make = Effect.gen(function* () {
  const books = yield* Books
  const turns = yield* Turns
  const { settings } = yield* Company
  const journal = yield* Journal.make
  const { currency } = settings
  const decimal = (amount: bigint): string => Money.toDecimal(Money.make(amount, currency))

  const auditLogCsv = HttpApiBuilder.handler(
    Api,
    "billing",
    "auditLogCsv",
    Effect.fnUntraced(function* ({ query: { owner: ref, ...range } }) {
      const actor = yield* CurrentActor
      const owner = ref === undefined ? null : idOf(actor, ref)
      const entries = yield* asProblems(
        Rows.all(
          (paging: PageRequest<number>) => turns.of(actor)(books.auditLog(actor, owner, range, paging)),
          (row) => row.transfer
        )
      )
      const rows = Stream.map(entries, (entry) => AuditLog.line(entry, currency))
      const what = owner === null ? "audit-log" : `audit-log-${owner}`
      return download(`${ranged(what, range)}.csv`, Csv.encode(AuditLog.columns, rows))
    })
  )

  const balancesCsv = HttpApiBuilder.handler(
    Api,
    "billing",
    "balancesCsv",
    Effect.fnUntraced(function* ({ query: { period } }) {
      const actor = yield* CurrentActor
      const lines = yield* asProblems(
        Rows.all(
          (paging: PageRequest) => turns.of(actor)(books.balances(actor, period, paging)),
          ({ owner }) => owner
        )
      )
      const rows = Stream.map(lines, (line) => ({
        period: line.period,
        owner: Text.inCell(line.owner),
        name: Text.inCell(line.name ?? ""),
        opening: decimal(line.opening),
        fees: decimal(line.fees),
        awards: decimal(line.awards),
        payouts: decimal(line.payouts),
        closing: decimal(line.closing),
        currency
      }))
      return download(`balances-${period}.csv`, Csv.encode(balanceColumns, rows))
    })
  )

  const journalOf = HttpApiBuilder.handler(
    Api,
    "billing",
    "journal",
    Effect.fnUntraced(function* ({ query: range }) {
      const body = yield* asProblems(journal(yield* CurrentActor, range))
      return download(`${ranged("journal", range)}.hledger`, body)
    })
  )

  return { auditLogCsv, balancesCsv, journal: journalOf }
})
