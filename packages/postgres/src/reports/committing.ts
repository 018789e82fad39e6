/**
 * How reports and notices are committed with the cursor that they follow from: without a lock where nobody else seems
 * to write, and then together with other companies'.
 */
import { Head, type ReportChanges, type ReportStore, type ReportTransaction, type StoreError } from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Contexts from "../Contexts.ts"
import type { CompanyDatabase } from "../Database.ts"
import { conflict } from "../errors.ts"
import type { Asking, Question } from "../Gathered.ts"
import { savingOnce } from "../savingOnce.ts"
import * as Seen from "../Seen.ts"
import { one } from "../statements.ts"
import { inserting, rowsOf, writeIf, writing, type Written } from "../together.ts"
import { type Locked, trying } from "../trying.ts"
import { type Beside, type Left, unlocked } from "../unlocked.ts"
import { codec, cursorOf, type ReportHead } from "./head.ts"
import { keepingNotices, keepingReports, type NewNotice, noticeColumns, reportColumns } from "./rows.ts"

/** Why changes contradict the cursor that they follow. */
const refuses = ({ cursor }: ReportChanges, head: ReportHead): string | undefined => {
  const own = cursorOf(head)
  return cursor.consumer === own.consumer && cursor.source === own.source
    ? undefined
    : `the cursor of ${cursor.consumer} does not belong to the reports`
}

/** The head after a commit at an instant. */
const headAfter = (
  { cursor: { digest, number, stopped } }: ReportChanges,
  head: ReportHead,
  clock: number
): ReportHead => ({ at: Head.instant(head, DateTime.makeUnsafe(clock)), number, digest, stopped })

const newNotices = ({ notices }: ReportChanges, now: number): ReadonlyArray<NewNotice> =>
  notices.map((notice) => ({ notice, now }))

const write = Effect.fnUntraced(function* (
  db: CompanyDatabase,
  changes: ReportChanges,
  after: ReportHead,
  now: number
) {
  const { schema } = db
  const { reports } = changes
  const notices = newNotices(changes, now)
  const moved = Contexts.move(db, codec, after)
  yield* db.write([
    ...(reports.length === 0
      ? []
      : one(
          `insert into ${schema}.reports (company, period, report)
            select $1, period, report::json from unnest($2, $3) as r (period, report) ${keepingReports}`,
          [db.company, ...reportColumns.map(([, list]) => list(reports))]
        )),
    ...(notices.length === 0
      ? []
      : one(
          `insert into ${schema}.notices (company, id, notice, status, attempts, due_ms)
            select $1, id, notice::json, status, attempts, due_ms
            from unnest($2, $3, $4, $5, $6) as n (id, notice, status, attempts, due_ms) ${keepingNotices}`,
          [db.company, ...noticeColumns.map(([, list]) => list(notices))]
        )),
    moved.statement
  ])
  return { head: after, mark: moved.mark }
})

/** A body under the lock of the head. */
const locked = <A, E, R>(
  db: CompanyDatabase,
  body: (tx: ReportTransaction) => Effect.Effect<A, E, R>
): Effect.Effect<Locked<A, ReportHead>, E | StoreError, R> =>
  db.transaction(
    Effect.gen(function* () {
      const { clock, head, mark } = yield* Contexts.take(db, codec)
      let left: Left<ReportHead> = { head, mark }
      const { during, save } = savingOnce<ReportChanges>((changes) => {
        const refusal = refuses(changes, head)
        if (refusal !== undefined) return Effect.fail(conflict(refusal))
        return Effect.map(
          write(db, changes, headAfter(changes, head, clock), clock),
          (written) => void (left = written)
        )
      })
      const tx = { cursor: cursorOf(head), save }
      const answer = yield* during(Effect.suspend(() => body(tx)))
      return { answer, found: mark, left, isLong: false }
    })
  )

/** The cursor is all that a body is told of. */
const looking: Question<CompanyDatabase, Seen.Row | undefined> = {
  one: (_, db) => Effect.map(Seen.look(db, "reports", []), ({ row }) => row),
  many: (db, all) => Effect.map(Seen.lookTogether(db, "reports", all, {}, []), (found) => found.map(({ row }) => row)),
  keyOf: ({ number }) => number
}

const committing = writing<ReportChanges>("reports", ({ schema }: Asking, written) => [
  ...inserting(
    "reported",
    rowsOf(written, ({ changes }) => changes.reports),
    `${schema}.reports`,
    reportColumns,
    keepingReports
  ),
  ...inserting(
    "noticed",
    rowsOf(written, ({ changes, seen }: Written<ReportChanges>) => newNotices(changes, seen.clock)),
    `${schema}.notices`,
    noticeColumns,
    keepingNotices
  )
])

type Nothing = { readonly commands: readonly [] }
const nothing: Nothing = { commands: [] }

const besideOf = (db: CompanyDatabase, head: ReportHead): Beside<ReportHead, Nothing, object, ReportChanges> => ({
  look: () =>
    Effect.gen(function* () {
      const row = yield* db.gathered.ask(looking, db)
      return { seen: yield* Seen.seen(db, codec, row), loaded: { commands: new Map() } }
    }),
  writeIf: (changes, seen) =>
    writeIf(committing, codec, db, { after: headAfter(changes, head, seen.clock), changes, seen })
})

/** The transactions of a company's reports, and their cursor as it is committed. */
export const transactions = (db: CompanyDatabase): Pick<ReportStore["Service"], "transact" | "cursor"> => {
  const { head, transact } = trying<ReportHead, ReportTransaction>({
    db,
    codec,
    locked: (body) => locked(db, body),
    unlocked: (left, body) =>
      unlocked({ beside: besideOf(db, left.head), refuses }, left, (tx) =>
        Effect.flatMap(tx.load(nothing), () =>
          Effect.suspend(() => body({ cursor: cursorOf(left.head), save: tx.save }))
        )
      )
  })
  return { transact, cursor: Effect.map(head, cursorOf) }
}
