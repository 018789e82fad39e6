/**
 * The books over HTTP: double entry, append only, closed by business day.
 */
import { Account, Digest, Text } from "@popug/core"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
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
  Page,
  paging,
  Period,
  range,
  Tagged,
  UserRef
} from "./wire.ts"

/** A period by its date, or `current` for the open one. */
const PeriodRef = Schema.Union([Schema.Literal("current"), Period])

const commands = [
  HttpApiEndpoint.post("correct", "/corrections", {
    headers: idempotencyKey,
    payload: Schema.Struct({
      transfer: Schema.Int.check(Schema.isGreaterThan(0)).annotate({
        description: "The transfer to reverse, or the correction to undo"
      }),
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
  })
    .annotate(OpenApi.Summary, "Correct a transfer")
    .annotate(
      OpenApi.Description,
      "A new transfer in the open period reverses it: a closed period is never rewritten."
    ),
  HttpApiEndpoint.post("close", "/periods/:period/close", {
    params: { period: Period },
    headers: idempotencyKey,
    success: Schema.Struct({ period: Period }),
    error: [...Errors.command, Problem.PeriodAlreadyClosed, Problem.PeriodNotComplete]
  })
    .annotate(OpenApi.Summary, "Close a period by hand")
    .annotate(OpenApi.Description, "For companies that ask for it; the others close by themselves.")
] as const

const reads = [
  HttpApiEndpoint.get("accounts", "/accounts", {
    query: { ...paging, inTheRed: Schema.optionalKey(Schema.Boolean) },
    success: Page(View.AccountView),
    error: Errors.read
  }).annotate(OpenApi.Summary, "List the popugs' accounts"),
  HttpApiEndpoint.get("account", "/accounts/:owner", {
    params: { owner: UserRef },
    success: View.AccountView,
    error: Errors.read
  }).annotate(OpenApi.Summary, "Get a popug's account, or one's own as `me`"),
  HttpApiEndpoint.get("statement", "/accounts/:owner/statement", {
    params: { owner: UserRef },
    query: { ...paging, ...fullRange },
    success: Schema.Struct({
      account: Account.AccountId,
      from: Period,
      to: Period,
      opening: Amount,
      closing: Amount,
      ...Page(View.TransferView).fields
    }),
    error: Errors.read
  })
    .annotate(OpenApi.Summary, "Get the statement of an account")
    .annotate(OpenApi.Description, "Its transfers lead from the opening to the closing balance."),
  HttpApiEndpoint.get("auditLog", "/audit-log", {
    query: { ...paging, ...range, owner: Schema.optionalKey(UserRef) },
    success: Page(View.AuditEntry),
    error: Errors.read
  })
    .annotate(OpenApi.Summary, "Read the audit log")
    .annotate(OpenApi.Description, "What was booked, for which task; for popugs their own, with `owner=me`."),
  HttpApiEndpoint.get("transfers", "/transfers", {
    query: { ...paging, ...range, account: Schema.optionalKey(Account.AccountId) },
    success: Page(View.TransferView),
    error: Errors.read
  }).annotate(OpenApi.Summary, "Read the journal in order"),
  HttpApiEndpoint.get("periods", "/periods", {
    query: { ...paging, ...range },
    success: Page(View.PeriodView),
    error: Errors.read
  }).annotate(OpenApi.Summary, "List the closed periods"),
  HttpApiEndpoint.get("period", "/periods/:period", {
    params: { period: Period },
    headers: ifNoneMatch,
    success: [Tagged(View.PeriodView), NotModified],
    error: [...Errors.read, Problem.PeriodNotFound]
  }).annotate(OpenApi.Summary, "Get a closed period"),
  HttpApiEndpoint.get("shuffles", "/shuffles", {
    query: { ...paging, ...range },
    success: Page(View.ShuffleView),
    error: Errors.read
  })
    .annotate(OpenApi.Summary, "List what shuffles cost")
    .annotate(
      OpenApi.Description,
      "Who asked for each, how many tasks it reassigned, and the fees that it charged: as charged, whatever was corrected " +
        "since. For managers too. A shuffle is here once billing has charged all its fees."
    ),
  HttpApiEndpoint.get("preview", "/periods/:period/preview", {
    params: { period: PeriodRef },
    success: View.PreviewView,
    error: [...Errors.read, Problem.PeriodNotFound, Problem.PeriodAlreadyClosed]
  }).annotate(OpenApi.Summary, "Look at the open period before its close; it may be named `current`"),
  HttpApiEndpoint.get("trialBalance", "/trial-balance", {
    success: View.TrialBalanceView,
    error: Errors.read
  }).annotate(OpenApi.Summary, "Get the trial balance, which is zero"),
  HttpApiEndpoint.get("verify", "/verification", {
    query: {
      after: Schema.optionalKey(Period.annotate({ description: "A closed period whose seal is trusted" })),
      seal: Schema.optionalKey(
        Digest.Seal.annotate({ description: "A seal that was kept elsewhere, which one of the periods must have" })
      )
    },
    success: View.VerificationView,
    error: Errors.read
  })
    .annotate(OpenApi.Summary, "Prove the books")
    .annotate(
      OpenApi.Description,
      "Replays everything, and names the first difference of each context. It takes its time."
    )
] as const

const exports_ = [
  HttpApiEndpoint.get("auditLogCsv", "/exports/audit-log.csv", {
    query: { ...range, owner: Schema.optionalKey(UserRef) },
    success: Csv,
    error: Errors.read
  }).annotate(OpenApi.Summary, "Download the audit log as CSV"),
  HttpApiEndpoint.get("balancesCsv", "/exports/balances.csv", {
    query: { period: Period },
    success: Csv,
    error: Errors.read
  }).annotate(OpenApi.Summary, "Download the balance by popug of a period as CSV"),
  HttpApiEndpoint.get("journal", "/exports/journal.hledger", {
    query: range,
    success: HttpApiSchema.WithHeaders(
      HttpApiSchema.StreamUint8Array({ contentType: "text/plain; charset=utf-8" }),
      download
    ),
    error: Errors.read
  })
    .annotate(OpenApi.Summary, "Download the journal in hledger's format")
    .annotate(OpenApi.Description, "Checks by itself with `hledger check -s` when it is whole, without a range.")
] as const

/** `/v1/billing` */
export class Billing extends HttpApiGroup.make("billing")
  .add(...commands)
  .middleware(Idempotency)
  .add(...reads, ...exports_)
  .middleware(Authorization)
  .middleware(RateLimit)
  .prefix("/v1/billing")
  .annotateMerge(
    OpenApi.annotations({ title: "Billing", description: "The books: accounts, transfers, periods, corrections." })
  ) {}
