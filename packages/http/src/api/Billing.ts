/**
 * The books over HTTP: double entry, append only, closed by business day.
 */
import { Account, Digest, TaskId, Text, Transfer } from "@popug/core"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as Errors from "./Errors.ts"
import { Authorization, Idempotency, RateLimit } from "./middleware.ts"
import * as Problem from "./Problem.ts"
import * as View from "./View.ts"
import {
  Amount,
  Csv,
  download,
  fullRange,
  idempotencyKey,
  ifNoneMatch,
  NotModified,
  ordered,
  Page,
  paging,
  Period,
  range,
  MinorUnits,
  search,
  Tagged,
  UserRef
} from "./wire.ts"

/** A period by its date, or `current` for the open one. */
const PeriodRef = Schema.Union([Schema.Literal("current"), Period])

const kind = { kind: Schema.optionalKey(Transfer.Sought) }

const commands = [
  HttpApiEndpoint.post("correct", "/corrections", {
    headers: idempotencyKey,
    payload: Schema.Struct({
      transfer: Schema.Int.check(Schema.isGreaterThan(0)),
      reason: Text.Reason
    }),
    success: Schema.Struct({ transfer: Schema.Int }).annotate({ httpApiStatus: 201 }),
    error: [
      ...Errors.command,
      Problem.TransferNotFound,
      Problem.AlreadyCorrected,
      Problem.UndoIsFinal,
      Problem.SumTooLarge
    ]
  }),
  HttpApiEndpoint.post("close", "/periods/:period/close", {
    params: { period: Period },
    headers: idempotencyKey,
    success: Schema.Struct({ period: Period }),
    error: [...Errors.command, Problem.PeriodAlreadyClosed, Problem.PeriodNotComplete]
  })
] as const

const reads = [
  HttpApiEndpoint.get("accounts", "/accounts", {
    query: {
      ...paging,
      ...search,
      inTheRed: Schema.optionalKey(Schema.Boolean),
      balanceFrom: Schema.optionalKey(MinorUnits),
      balanceBelow: Schema.optionalKey(MinorUnits)
    },
    success: Page(View.AccountView),
    error: Errors.read
  }),
  HttpApiEndpoint.get("account", "/accounts/:owner", {
    params: { owner: UserRef },
    success: View.AccountView,
    error: Errors.read
  }),
  HttpApiEndpoint.get("statement", "/accounts/:owner/statement", {
    params: { owner: UserRef },
    query: { ...paging, ...ordered, ...fullRange, ...kind },
    success: Schema.Struct({
      account: Account.AccountId,
      from: Period,
      to: Period,
      opening: Amount,
      closing: Amount,
      totals: Schema.Struct({ fees: Amount, awards: Amount, payouts: Amount }),
      ...Page(View.StatementEntry).fields
    }),
    error: Errors.read
  }),
  HttpApiEndpoint.get("auditLog", "/audit-log", {
    query: {
      ...paging,
      ...ordered,
      ...range,
      ...kind,
      owner: Schema.optionalKey(UserRef),
      task: Schema.optionalKey(TaskId)
    },
    success: Page(View.AuditEntry),
    error: Errors.read
  }),
  HttpApiEndpoint.get("price", "/prices/:task", {
    params: { task: TaskId },
    success: View.PriceView,
    error: Errors.read
  }),
  HttpApiEndpoint.get("transfers", "/transfers", {
    query: { ...paging, ...ordered, ...range, account: Schema.optionalKey(Account.AccountId) },
    success: Page(View.TransferView),
    error: Errors.read
  }),
  HttpApiEndpoint.get("periods", "/periods", {
    query: { ...paging, ...range },
    success: Page(View.PeriodView),
    error: Errors.read
  }),
  HttpApiEndpoint.get("period", "/periods/:period", {
    params: { period: Period },
    headers: ifNoneMatch,
    success: [Tagged(View.PeriodView), NotModified],
    error: [...Errors.read, Problem.PeriodNotFound]
  }),
  HttpApiEndpoint.get("shuffles", "/shuffles", {
    query: { ...paging, ...range },
    success: Page(View.ShuffleView),
    error: Errors.read
  }),
  HttpApiEndpoint.get("shufflePreview", "/shuffles/preview", {
    success: View.ShufflePreviewView,
    error: Errors.read
  }),
  HttpApiEndpoint.get("preview", "/periods/:period/preview", {
    params: { period: PeriodRef },
    success: View.PreviewView,
    error: [...Errors.read, Problem.PeriodNotFound, Problem.PeriodAlreadyClosed]
  }),
  HttpApiEndpoint.get("trialBalance", "/trial-balance", {
    success: View.TrialBalanceView,
    error: Errors.read
  }),
  HttpApiEndpoint.get("verify", "/verification", {
    query: {
      after: Schema.optionalKey(Period),
      seal: Schema.optionalKey(Digest.Seal)
    },
    success: View.VerificationView,
    error: Errors.read
  })
] as const

const exports_ = [
  HttpApiEndpoint.get("auditLogCsv", "/exports/audit-log.csv", {
    query: { ...range, owner: Schema.optionalKey(UserRef) },
    success: Csv,
    error: Errors.read
  }),
  HttpApiEndpoint.get("balancesCsv", "/exports/balances.csv", {
    query: { period: Period },
    success: Csv,
    error: Errors.read
  }),
  HttpApiEndpoint.get("journal", "/exports/journal.hledger", {
    query: range,
    success: HttpApiSchema.WithHeaders(
      HttpApiSchema.StreamUint8Array({ contentType: "text/plain; charset=utf-8" }),
      download
    ),
    error: Errors.read
  })
] as const

/** `/v1/billing` */
export class Billing extends HttpApiGroup.make("billing")
  .add(...commands)
  .middleware(Idempotency)
  .add(...reads, ...exports_)
  .middleware(Authorization)
  .middleware(RateLimit)
  .prefix("/v1/billing") {}
