/**
 * All that a run has left behind, read through the ports once everything has settled.
 */
import {
  Account,
  Actor,
  type BillingHead,
  BillingStore,
  Books,
  type ClosedPeriod,
  CommandId,
  type Envelope,
  EventLog,
  type Period,
  type Page,
  type Paging,
  type RecordedCommand,
  type Report,
  ReportStore,
  type ShuffleCost,
  type StoreError,
  type Task,
  type TaskHead,
  TaskStore,
  type Transfer,
  type TrialBalance,
  type User,
  UserStore,
  type BooksVerification
} from "@popug/core"
import * as Effect from "effect/Effect"
import type { Settings } from "../Settings.ts"
import type { Asked } from "../workload/ask.ts"
import type { ContextName } from "../workload/Command.ts"
import { contextOf } from "../workload/Command.ts"

export interface Evidence {
  readonly settings: Settings
  /** When the company was opened; epoch milliseconds. */
  readonly opened: number
  readonly asked: ReadonlyArray<Asked>
  readonly sent: ReadonlyMap<string, number>
  /** When users' events were committed, and when what was saved of a command was on its way; epoch milliseconds. */
  readonly committed: ReadonlyMap<number, number>
  readonly saved: ReadonlyMap<string, number>
  readonly events: Readonly<Record<ContextName, ReadonlyArray<Envelope.Envelope>>>
  readonly recorded: ReadonlyMap<string, RecordedCommand>
  readonly users: ReadonlyArray<User.User>
  readonly tasks: ReadonlyArray<Task.Task>
  readonly taskHead: TaskHead
  readonly billingHead: BillingHead
  readonly transfers: ReadonlyArray<Transfer.Transfer>
  readonly closed: ReadonlyArray<ClosedPeriod>
  readonly shuffles: ReadonlyArray<ShuffleCost>
  readonly balances: ReadonlyMap<Period, ReadonlyArray<Account.PeriodBalance>>
  readonly accounts: ReadonlyArray<Account.Account>
  readonly notices: ReadonlyArray<Report.KeptNotice>
  readonly reports: ReadonlyArray<Report.DailyReport>
  readonly trial: TrialBalance
  readonly verification: BooksVerification
}

type Known = Pick<Evidence, "settings" | "opened" | "asked" | "sent" | "committed" | "saved">

const limit = 10_000

/** All pages of a list. */
const pages = Effect.fnUntraced(function* <Row, Key>(
  read: (paging: Paging<Key>) => Effect.Effect<Page<Row>, StoreError>,
  keyOf: (row: Row) => Key
) {
  const all: Array<Row> = []
  let after: Key | undefined
  for (let more = true; more;) {
    const page = yield* read({ after, limit })
    all.push(...page.rows)
    more = page.more
    if (page.rows.length > 0) after = keyOf(page.rows.at(-1)!)
  }
  return all
})

const stream = Effect.fnUntraced(function* (source: Envelope.Source) {
  const log = yield* EventLog
  const all: Array<Envelope.Envelope> = []
  while (true) {
    const events = yield* log.read(source, all.length, limit)
    if (events.length === 0) return all
    all.push(...events)
  }
})

/** The recorded commands among those that clients asked for, of all contexts. */
const recordedOf = Effect.fnUntraced(function* (asked: Evidence["asked"]) {
  const users = yield* UserStore
  const tasks = yield* TaskStore
  const billing = yield* BillingStore
  const ids = (context: ContextName) =>
    asked.filter(({ act }) => contextOf(act) === context).map(({ id }) => CommandId.make(id))
  const found = [
    yield* users.transact((tx) =>
      Effect.map(tx.load({ users: [], commands: ids("users") }), (found) => found.commands)
    ),
    yield* tasks.transact((tx) =>
      Effect.map(
        tx.load({ tasks: [], open: false, heldBy: [], members: false, creators: [], commands: ids("tasks") }),
        (found) => found.commands
      )
    ),
    yield* billing.transact((tx) =>
      Effect.map(
        tx.load({ prices: [], causes: [], accounts: [], moved: false, transfers: [], commands: ids("billing") }),
        (found) => found.commands
      )
    )
  ]
  return new Map(found.flatMap((commands) => [...commands]))
})

/** The closed periods, and the balances of each. */
const closedPeriods = Effect.gen(function* () {
  const billing = yield* BillingStore
  const closed = yield* pages<ClosedPeriod, Period>(
    (paging) => billing.closed({}, paging),
    (row) => row.period
  )
  const balances = new Map<Period, ReadonlyArray<Account.PeriodBalance>>()
  for (const { period } of closed) {
    balances.set(
      period,
      yield* pages<Account.PeriodBalance, Account.AccountId>(
        (paging) => billing.balances(period, paging),
        (row) => row.account
      )
    )
  }
  return { closed, balances }
})

/** Reads everything. */
export const collect = Effect.fnUntraced(function* (known: Known) {
  const users = yield* UserStore
  const tasks = yield* TaskStore
  const billing = yield* BillingStore
  const reports = yield* ReportStore
  const books = yield* Books
  const evidence: Evidence = {
    ...known,
    events: { users: yield* stream("users"), tasks: yield* stream("tasks"), billing: yield* stream("billing") },
    recorded: yield* recordedOf(known.asked),
    users: yield* pages<User.User, User.User["id"]>(
      (paging) => users.list({}, paging),
      (row) => row.id
    ),
    tasks: yield* pages<Task.Task, Task.Task["id"]>(
      (paging) => tasks.list({}, paging),
      (row) => row.id
    ),
    taskHead: yield* tasks.head,
    billingHead: yield* billing.head,
    transfers: yield* pages<Transfer.Transfer, number>(
      (paging) => billing.transfers({}, paging),
      (row) => row.number
    ),
    ...(yield* closedPeriods),
    shuffles: yield* pages<ShuffleCost, number>(
      (paging) => billing.shuffles({}, paging),
      (row) => row.event
    ),
    accounts: yield* pages<Account.Account, Account.AccountId>(
      (paging) => billing.accounts({}, { ...paging, after: paging.after ?? Account.popug("") }),
      (row) => row.id
    ),
    notices: yield* pages<Report.KeptNotice, string>(
      (paging) => reports.notices({}, paging),
      (row) => row.notice.id
    ),
    reports: yield* pages<Report.DailyReport, Period>(
      (paging) => reports.reports({}, paging),
      (row) => row.period
    ),
    trial: yield* books.trialBalance(Actor.system),
    verification: yield* books.verify(Actor.system)
  }
  return evidence
})
