/**
 * popug: a company's task exchange. Tasks fall on people at random for a fee, finishing one earns an award, and every
 * business day is closed exactly.
 */

// Values
export * as BusinessDay from "./values/BusinessDay.ts"
export { Period, PeriodNotFound, type PeriodRange } from "./values/BusinessDay.ts"
export { Difference } from "./values/Difference.ts"
export * as Digest from "./values/Digest.ts"
export type { Sha256 } from "./values/Digest.ts"
export { byteOrder, CommandId, Ids, TaskId, UserId } from "./values/Ids.ts"
export { InvalidInput } from "./values/Input.ts"
export * as Money from "./values/Money.ts"
export {
  type Looked,
  type OrderedPaging,
  type OrderedRequest,
  type Page,
  page,
  type PageRequest,
  type Paging
} from "./values/Page.ts"
export { StoreError } from "./values/StoreError.ts"
export * as Text from "./values/Text.ts"
export * as TimeZone from "./values/TimeZone.ts"
export * as TraceContext from "./values/TraceContext.ts"

// The company, and who acts
export * as Access from "./company/Access.ts"
export { NotAllowed } from "./company/Access.ts"
export * as Actor from "./company/Actor.ts"
export { DeactivatedActor, Directory, type DirectoryEntry, UnknownActor } from "./company/Actor.ts"
export { Company, type Settings } from "./company/Company.ts"
export { ExternalIdentity, IdentityTaken } from "./company/ExternalIdentity.ts"
export * as CompanyIdentity from "./company/Identity.ts"
export * as Lease from "./company/Lease.ts"
export { IdentityDirectory, type KnownIdentity } from "./company/IdentityDirectory.ts"
export { CompanyMismatch, CompanyResting, type Identity, mismatch } from "./company/Identity.ts"

// Streams of events, and the ports around them
export {
  Changed,
  CommandConflict,
  type CommandOptions,
  type Committed,
  type ConditionalOptions,
  type RecordedCommand
} from "./stream/Command.ts"
export type { CommonError } from "./stream/Commit.ts"
export * as Consumer from "./stream/Consumer.ts"
export { PollInterval } from "./stream/Consumer.ts"
export {
  Consumers,
  type Failing,
  type Handle,
  type Status,
  StreamStopped,
  UnknownConsumer
} from "./stream/Consumers.ts"
export type {
  CompanyStore,
  ContextChanges,
  ContextLoad,
  ContextQuery,
  ContextStore,
  ContextTransaction,
  ForgetCommands
} from "./stream/ContextStore.ts"
export * as Cursor from "./stream/Cursor.ts"
export type { Stop } from "./stream/Cursor.ts"
export { CursorStore } from "./stream/CursorStore.ts"
export { DeliveryWindow } from "./stream/DeliveryWindow.ts"
export * as Envelope from "./stream/Envelope.ts"
export { BusError, type Delivery, EventBus, type SubscribeOptions, type Subscription } from "./stream/EventBus.ts"
export { EventLog } from "./stream/EventLog.ts"
export * as Head from "./stream/Head.ts"
export * as Position from "./stream/Position.ts"
export { PositionBeyondLog } from "./stream/Position.ts"
export { Readiness } from "./stream/Readiness.ts"
export { NotSkippable, type Skip, StreamNotStopped } from "./stream/Resume.ts"
export { CommandRetention } from "./stream/retention.ts"
export type { Subscriber } from "./stream/Subscriber.ts"
export * as Trouble from "./stream/Trouble.ts"

// Users
export { names as userCommandNames, NewUser, UserAlreadyExists, UserChange, UserNotFound } from "./users/commands.ts"
export * as User from "./users/User.ts"
export { layerDirectory, layerIdentities, type ListedUsers, Users } from "./users/Users.ts"
export {
  type UserChanges,
  type UserFilter,
  type UserLoad,
  type UserQuery,
  UserStore,
  type UserTransaction
} from "./users/UserStore.ts"

// Tasks
export * as Assignment from "./tasks/Assignment.ts"
export type { Member } from "./tasks/Assignment.ts"
export {
  AssignmentByHandOff,
  CreationLimitReached,
  names as taskCommandNames,
  NewTask,
  ClockJumped,
  NotAssignee,
  NotEligible,
  PeriodAlreadyEnded,
  PeriodNotOver,
  type Shuffled,
  TaskAlreadyDone,
  TaskAlreadyExists,
  TaskEdit,
  TaskNotFound
} from "./tasks/commands.ts"
export { CreationLimit, type Creations, type Creator } from "./tasks/Creations.ts"
export { initialTaskHead, type TaskHead } from "./tasks/Registration.ts"
export type { ListedTasks, TaskNumbers, TaskReads, Today } from "./tasks/reading.ts"
export { Prices, type TaskFee } from "./tasks/Prices.ts"
export { type ShufflePreview, Shuffling } from "./tasks/Shuffling.ts"
export * as Task from "./tasks/Task.ts"
export * as TaskCounts from "./tasks/TaskCounts.ts"
export * as TaskRows from "./tasks/TaskRows.ts"
export { Tasks } from "./tasks/Tasks.ts"
export {
  type TaskChanges,
  type TaskFilter,
  type TaskLoad,
  type TaskQuery,
  TaskStore,
  type TaskTransaction
} from "./tasks/TaskStore.ts"

// Billing
export { Billing } from "./billing/Billing.ts"
export {
  type AccountFilter,
  type AccountSums,
  type BillingChanges,
  type BillingHead,
  type BillingLoad,
  type BillingQuery,
  BillingStore,
  type BillingTransaction,
  type ClosedPeriod,
  emptyChanges as emptyBillingChanges,
  type Holder,
  initialBillingHead,
  type Moved,
  type Moves,
  type PriceFilter,
  type RowCounts,
  type ShuffleCost,
  type TransferFilter,
  daysBack,
  type Evidence
} from "./billing/BillingStore.ts"
export type { AccountReads, ListedAccounts, OfKind } from "./billing/AccountReads.ts"
export { Books } from "./billing/Books.ts"
export * as Account from "./billing/books/Account.ts"
export * as Closing from "./billing/books/Closing.ts"
export * as Ledger from "./billing/books/Ledger.ts"
export * as Pricing from "./billing/books/Pricing.ts"
export type { Price } from "./billing/books/Pricing.ts"
export { CauseConflict, EventRefused } from "./billing/books/refusals.ts"
export type { Rulebook } from "./billing/books/Rulebook.ts"
export * as Shuffles from "./billing/books/Shuffles.ts"
export * as Transfer from "./billing/books/Transfer.ts"
export {
  AlreadyCorrected,
  PeriodAlreadyClosed,
  PeriodNotComplete,
  SumTooLarge,
  TransferNotFound,
  UndoIsFinal,
  names as billingCommandNames
} from "./billing/commands.ts"
export * as AuditLog from "./billing/formats/AuditLog.ts"
export { AuditTrail } from "./billing/AuditTrail.ts"
export * as Hledger from "./billing/formats/Hledger.ts"
export type { Verification as BooksVerification } from "./billing/proof/verify.ts"
export { reactToShuffle, reactToTask } from "./billing/react.ts"
export * as Reading from "./billing/Reading.ts"
export {
  type AccountView,
  type BalanceLine,
  type ClosedPeriodView,
  type Corrected,
  type Distribution,
  type Preview,
  type ShuffleView,
  type Statement,
  type StatementEntry,
  type TaskPrice,
  type TransferView,
  type TrialBalance
} from "./billing/View.ts"

// Reports
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

// Many companies
export { Companies } from "./companies/Companies.ts"
export type { CompanyState, DatabaseState } from "./companies/asking.ts"
export type { ActivationError, CompanyServices, HostOptions } from "./companies/Activation.ts"
export type { CompanyArchive, Dumped, Lines, TableSum } from "./companies/CompanyArchive.ts"
export { type CompanyChange, CompanyDirectory } from "./companies/CompanyDirectory.ts"
export { CompanyHome, type OpeningCompany } from "./companies/CompanyHome.ts"
export {
  CompanyAlreadyExists,
  CompanyRecord,
  CompanySettings,
  CompanyStatus,
  type NewCompany,
  UnknownCompany,
  UnknownDatabase,
  type UnreadableCompany
} from "./companies/CompanyRecord.ts"
export { CompanySecrets } from "./companies/CompanySecrets.ts"
export {
  type Claim,
  type CompanyConsumer,
  type CompanyHealth,
  type StreamEnd,
  CompanyWork,
  type Found
} from "./companies/CompanyWork.ts"
export { type MoveProgress, MoveRefused, moveRows } from "./companies/moving.ts"
export type { WorkOptions } from "./companies/working.ts"

// The company as a whole
export * as Catalog from "./Catalog.ts"
export * as Feed from "./Feed.ts"
export { Events } from "./Feed.ts"
export { type HostHandle, retryConsumer, startConsumer } from "./hostConsumer.ts"
export * as Popug from "./Popug.ts"
export type { Ports } from "./Popug.ts"
export * as Schedule from "./Schedule.ts"
export { Streams } from "./Streams.ts"
export { type Verdict, Verification, type Verified } from "./Verification.ts"
