/**
 * What the books and reports look like on the wire: the core's read models, with each amount and its currency.
 */
import { Account, TaskId, Transfer, UserId } from "@popug/core"
import * as Schema from "effect/Schema"
import { Amount, Period } from "./wire.ts"

const Name = Schema.NullOr(Schema.String)

/** What the company owes a popug; below zero what the popug owes. */
export const AccountView = Schema.Struct({ owner: UserId, name: Name, balance: Amount }).annotate({
  identifier: "Account"
})

const NamedTask = Schema.NullOr(Schema.Struct({ id: TaskId, title: Schema.String }))

/** What a correction corrects, as the owner sees it. */
const Corrected = Schema.Struct({
  transfer: Schema.Int,
  period: Period,
  amount: Amount,
  recordedAt: Schema.DateTimeUtc
}).annotate({ identifier: "Corrected" })

const transfer = {
  number: Schema.Int,
  kind: Transfer.TransferKind,
  debit: Account.AccountId,
  credit: Account.AccountId,
  amount: Amount,
  period: Period,
  cause: Transfer.Cause,
  occurredAt: Schema.DateTimeUtc,
  recordedAt: Schema.DateTimeUtc
}

/** One transfer of the journal; its debit and credit are two entries of the same row. */
export const TransferView = Schema.Struct(transfer).annotate({ identifier: "Transfer" })

/** A transfer in the statement of an account, with the balance after it. */
export const StatementEntry = Schema.Struct({
  ...transfer,
  balance: Amount,
  task: NamedTask,
  corrected: Schema.NullOr(Corrected)
}).annotate({ identifier: "StatementEntry" })

/** What a task costs and earns. */
export const PriceView = Schema.Struct({
  task: TaskId,
  fee: Schema.NullOr(Amount),
  award: Schema.NullOr(Amount)
}).annotate({ identifier: "TaskPrice" })

/** A line of the audit log: credits above zero, debits below, as the owner sees them. */
export const AuditEntry = Schema.Struct({
  transfer: Schema.Int,
  period: Period,
  kind: Transfer.TransferKind,
  owner: Schema.NullOr(UserId),
  name: Name,
  task: NamedTask,
  amount: Amount,
  corrects: Schema.NullOr(Schema.Int),
  corrected: Schema.NullOr(Corrected),
  reason: Schema.NullOr(Schema.String),
  recordedAt: Schema.DateTimeUtc
}).annotate({ identifier: "AuditEntry" })

export const TopTask = Schema.Struct({ id: TaskId, title: Schema.String, total: Amount }).annotate({
  identifier: "TopTask"
})

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const Totals = Schema.Struct({
  tasksCreated: Count,
  assigned: Count,
  done: Count,
  transfers: Count,
  fees: Amount,
  awards: Amount,
  payouts: Amount
}).annotate({ identifier: "Totals" })

/** A closed period, which is never rewritten. */
export const PeriodView = Schema.Struct({
  period: Period,
  totals: Totals,
  earnings: Amount,
  inTheRed: Schema.Int,
  topTask: Schema.NullOr(TopTask),
  previousSeal: Schema.String,
  seal: Schema.String,
  closedAt: Schema.DateTimeUtc
}).annotate({ identifier: "ClosedPeriod" })

/** A popug in a period: opening and closing balance, and what led from one to the other. */
export const BalanceView = Schema.Struct({
  owner: UserId,
  name: Name,
  period: Period,
  opening: Amount,
  fees: Amount,
  awards: Amount,
  payouts: Amount,
  closing: Amount
}).annotate({ identifier: "Balance" })

/** How many popugs have a balance from one amount to another. */
export const DistributionView = Schema.Struct({
  popugs: Schema.Int,
  lowest: Schema.NullOr(Amount),
  highest: Schema.NullOr(Amount),
  classes: Schema.Array(Schema.Struct({ from: Amount, below: Amount, popugs: Schema.Int }))
}).annotate({ identifier: "Distribution" })

export const StreamStatus = Schema.Struct({
  consumer: Schema.String,
  source: Schema.Literals(["users", "tasks", "billing"]),
  number: Schema.Int,
  behind: Schema.Int,
  stopped: Schema.NullOr(
    Schema.Struct({
      reason: Schema.Literals(["Gap", "BrokenDigest", "BeyondLog", "Conflict", "Poisoned", "Difference"]),
      number: Schema.Int,
      message: Schema.String
    })
  ),
  failing: Schema.NullOr(Schema.Struct({ since: Schema.DateTimeUtc, attempts: Schema.Int, message: Schema.String }))
}).annotate({ identifier: "StreamStatus" })

/** What a shuffle cost: sums, neither whom it charged nor for what. */
export const ShuffleView = Schema.Struct({
  shuffle: Schema.Int,
  event: Schema.Int,
  period: Period,
  askedBy: Schema.NullOr(UserId),
  name: Name,
  at: Schema.DateTimeUtc,
  reassigned: Schema.Int,
  fees: Amount
}).annotate({ identifier: "ShuffleCost" })

/** What a shuffle would find, and what it can cost at most. */
export const ShufflePreviewView = Schema.Struct({
  open: Count,
  looked: Count,
  movable: Count,
  fees: Amount,
  unpriced: Count
}).annotate({ identifier: "ShufflePreview" })

/** A look at the open period before its close. */
export const PreviewView = Schema.Struct({
  period: Schema.NullOr(Period),
  totals: Totals,
  earnings: Amount,
  topTask: Schema.NullOr(TopTask),
  inTheRed: Schema.Int,
  awaiting: Schema.NullOr(Period),
  streams: Schema.Array(StreamStatus),
  clear: Schema.Boolean
}).annotate({ identifier: "Preview" })

/** The balances of the accounts: `total` is zero in books that balance. */
export const TrialBalanceView = Schema.Struct({
  popugs: Amount,
  fees: Amount,
  awards: Amount,
  cash: Amount,
  total: Amount,
  inTheRed: Schema.Int
}).annotate({ identifier: "TrialBalance" })

const DifferenceView = Schema.Struct({ place: Schema.String, expected: Schema.String, found: Schema.String })

/** What a verification went through, the first difference if there is one, and the first of each context. */
export const VerificationView = Schema.Struct({
  periods: Schema.Int,
  events: Schema.Int,
  transfers: Schema.Int,
  difference: Schema.NullOr(DifferenceView),
  contexts: Schema.Array(
    Schema.Struct({
      context: Schema.Literals(["users", "tasks", "billing", "reports", "consumers"]),
      difference: Schema.NullOr(DifferenceView)
    })
  )
}).annotate({ identifier: "Verification" })

/** Management's report of a closed period. */
export const ReportView = Schema.Struct({
  period: Period,
  totals: Totals,
  earnings: Amount,
  inTheRed: Schema.Int,
  topTask: Schema.NullOr(TopTask),
  seal: Schema.String
}).annotate({ identifier: "DailyReport" })

/** A notice and what became of it. */
export const NoticeView = Schema.Struct({
  id: Schema.String,
  kind: Schema.Literals(["Report", "Audit", "Payout"]),
  period: Period,
  status: Schema.Literals(["pending", "sent"]),
  attempts: Schema.Int,
  dueAt: Schema.DateTimeUtc,
  lastError: Schema.NullOr(Schema.String)
}).annotate({ identifier: "Notice" })
