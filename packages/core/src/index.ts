/**
 * popug: a company's task exchange. Tasks fall on people at random for a fee, finishing one earns an award, and every
 * business day is closed exactly.
 */
export * as Actor from "./Actor.ts"
export { DeactivatedActor, Directory, type DirectoryEntry, NotAllowed, UnknownActor } from "./Actor.ts"
export * as BusinessDay from "./BusinessDay.ts"
export { Period, PeriodNotFound, type PeriodRange } from "./BusinessDay.ts"
export {
  Changed,
  CommandConflict,
  type CommandOptions,
  type Committed,
  type ConditionalOptions,
  InvalidInput,
  type RecordedCommand
} from "./commands/Command.ts"
export type { CommonError } from "./commands/Commit.ts"
export { CommandRetention, type ForgetCommands } from "./commands/Retention.ts"
export { Company, type Settings } from "./Company.ts"
export * as Digest from "./Digest.ts"
export type { Sha256 } from "./Digest.ts"
export * as CompanyIdentity from "./Identity.ts"
export { CompanyMismatch, type Identity, mismatch } from "./Identity.ts"
export { byteOrder, CommandId, Ids, TaskId, UserId } from "./Ids.ts"
export * as Money from "./Money.ts"
export { type Page, page, type PageRequest, type Paging } from "./Page.ts"
export * as Popug from "./Popug.ts"
export type { Ports } from "./Popug.ts"
export * as Schedule from "./Schedule.ts"
export { Readiness } from "./Readiness.ts"
export * as Trouble from "./Trouble.ts"
export { StoreError } from "./StoreError.ts"
export { Streams } from "./Streams.ts"
export * as Text from "./Text.ts"
export * as TimeZone from "./TimeZone.ts"

export * as Catalog from "./events/Catalog.ts"
export * as Consumer from "./events/Consumer.ts"
export { PollInterval, type Reaction } from "./events/Consumer.ts"
export {
  Consumers,
  type Failing,
  type Handle,
  type Status,
  StreamStopped,
  UnknownConsumer
} from "./events/Consumers.ts"
export * as Cursor from "./events/Cursor.ts"
export type { Stop } from "./events/Cursor.ts"
export { CursorStore, type HostHandle, retryConsumer, startConsumer } from "./events/CursorStore.ts"
export * as Envelope from "./events/Envelope.ts"
export { BusError, type Delivery, EventBus, type Subscription } from "./events/EventBus.ts"
export { EventLog } from "./events/EventLog.ts"
export * as Feed from "./events/Feed.ts"
export { Events } from "./events/Feed.ts"
export * as Position from "./events/Position.ts"
export { PositionBeyondLog } from "./events/Position.ts"
export * as Head from "./events/Head.ts"
export { NotSkippable, type Skip, StreamNotStopped } from "./events/Resume.ts"

export { ExternalIdentity, IdentityTaken } from "./ExternalIdentity.ts"
export * as User from "./users/User.ts"
export { UserAlreadyExists, UserNotFound } from "./users/User.ts"
export { layerDirectory, Users } from "./users/Users.ts"
export {
  type UserChanges,
  type UserFilter,
  type UserQuery,
  UserStore,
  type UserTransaction
} from "./users/UserStore.ts"

export * as Assignment from "./tasks/Assignment.ts"
export { CreationLimit, type Creations, type Creator } from "./tasks/Creations.ts"
export type { Member } from "./tasks/Assignment.ts"
export * as Task from "./tasks/Task.ts"
export {
  AssignmentByHandOff,
  CreationLimitReached,
  ClockJumped,
  NotAssignee,
  NotEligible,
  PeriodAlreadyEnded,
  PeriodNotOver,
  TaskAlreadyDone,
  TaskAlreadyExists,
  TaskNotFound
} from "./tasks/Task.ts"
export { Tasks } from "./tasks/Tasks.ts"
export { initialTaskHead, type TaskHead } from "./tasks/Registration.ts"
export {
  type TaskChanges,
  type TaskFilter,
  type TaskLoad,
  type TaskQuery,
  TaskStore,
  type TaskTransaction
} from "./tasks/TaskStore.ts"

export * as Account from "./billing/Account.ts"
export { type PriceList } from "./billing/apply.ts"
export * as AuditTable from "./billing/AuditTable.ts"
export * as Apply from "./billing/apply.ts"
export { Billing } from "./billing/Billing.ts"
export {
  type AccountSums,
  type BillingChanges,
  type BillingHead,
  type BillingLoad,
  type BillingQuery,
  BillingStore,
  type BillingTransaction,
  type ClosedPeriod,
  type Holder,
  initialBillingHead,
  type Moved,
  type Moves,
  type RowCounts,
  type ShuffleCost,
  type TransferFilter
} from "./billing/BillingStore.ts"
export { Books } from "./billing/Books.ts"
export {
  type AccountView,
  auditEntry,
  type AuditEntry,
  type BalanceLine,
  type ClosedPeriodView,
  type Preview,
  type ShuffleView,
  type Statement,
  type TrialBalance
} from "./billing/views.ts"
export * as Closing from "./billing/Closing.ts"
export {
  AlreadyCorrected,
  PeriodAlreadyClosed,
  PeriodNotComplete,
  SumTooLarge,
  TransferNotFound,
  UndoIsFinal
} from "./billing/Command.ts"
export * as Follows from "./billing/follows.ts"
export * as Hledger from "./billing/hledger.ts"
export * as Ledger from "./billing/Ledger.ts"
export * as Pricing from "./billing/Pricing.ts"
export type { Price } from "./billing/Pricing.ts"
export * as Shuffles from "./billing/shuffles.ts"
export * as Transfer from "./billing/Transfer.ts"
export { Difference } from "./Difference.ts"
export type { Verification as BooksVerification } from "./billing/verify.ts"
export { type Verdict, Verification, type Verified } from "./Verification.ts"

export * as Report from "./reports/Report.ts"
export { Reports } from "./reports/Reports.ts"
export {
  initialReportCursor,
  type NoticeFilter,
  Notifier,
  Payouts,
  type ReportChanges,
  ReportStore,
  type ReportTransaction
} from "./reports/ReportStore.ts"
