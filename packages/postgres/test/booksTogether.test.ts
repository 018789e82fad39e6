/**
 * Commits of billing and of reports of many companies that go as one statement: each is done, or not, by itself.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import {
  Account,
  type BillingQuery,
  BillingStore,
  type BillingTransaction,
  emptyBillingChanges,
  type Identity,
  type Report,
  ReportStore,
  type StoreError,
  type TaskId
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { run } from "./nodes.ts"
import { counting } from "./sent.ts"
import { client, elsewhere, freshSchema, of } from "./support.ts"
import { identity } from "./users.ts"

const ids = Array.from({ length: 24 }, (_, index) => `company-${index}`)
const company = (id: string): Identity => ({ ...identity, id, rules: { secret: "one" } })
const day = "2026-11-23" as never
const [ann, bob] = [Account.popug("ann"), Account.popug("bob")]

const query = (causes: ReadonlyArray<string>): BillingQuery => ({
  prices: [],
  causes,
  accounts: [ann, bob, Account.fees],
  moved: false,
  transfers: [],
  commands: []
})

/** Companies that share a process, each with its books and reports open. */
const companies = Effect.gen(function* () {
  const schema = freshSchema()
  const sent: Array<string> = []
  const limits = { lock_timeout: "5000", idle_in_transaction_session_timeout: "20000", enable_seqscan: "off" }
  const shared = yield* Layer.build(
    Postgres.layerDatabaseOver({ schema, migrate: true, clock: "effect", limits: "connection", listen: false }).pipe(
      Layer.provideMerge(counting(sent)),
      Layer.provide(
        Postgres.layerClient({
          ...client,
          applicationName: schema,
          startupParameters: limits,
          maxConnections: 4
        })
      )
    )
  )
  const all = yield* Effect.forEach(ids, (id) =>
    Effect.map(Layer.build(of(id)(Postgres.layerCompany)).pipe(Effect.provideContext(shared)), (ports) => ({
      id,
      books: Context.get(ports, BillingStore),
      reports: Context.get(ports, ReportStore)
    }))
  )
  for (const { books, id, reports } of all) {
    yield* books.open(company(id))
    yield* reports.open(company(id))
  }
  return { all, schema, sql: Context.get(shared, PgClient), sent }
})
type All = Effect.Success<typeof companies>["all"]

/** Books the fee of a task's first assignment. */
const fee = (tx: BillingTransaction, task: string, debit: Account.AccountId) => {
  const { journal } = tx.head
  const transfer = {
    number: journal.number + 1,
    kind: "fee",
    debit,
    credit: Account.fees,
    amount: 1_000n,
    period: day,
    cause: { _tag: "Assigned", event: 1, task: task as TaskId, title: task, assignment: 1 },
    occurredAt: tx.now,
    recordedAt: tx.now
  } as const
  const zero = { period: day, opening: 0n, awards: 0n, payouts: 0n, paid: 0n }
  return {
    ...emptyBillingChanges,
    transfers: [transfer],
    accounts: [{ id: debit, debits: 1_000n, credits: 0n }],
    balances: [{ ...zero, account: debit, debits: 1_000n, credits: 0n, fees: 1_000n }],
    head: {
      ...tx.head,
      at: tx.now,
      period: day,
      journal: { ...journal, number: transfer.number, period: day, recordedAt: tx.now }
    }
  }
}

const book = (books: BillingStore["Service"], task: string, debit: Account.AccountId) =>
  books.transact((tx) =>
    Effect.andThen(
      tx.load(query([`fee/${task}/1`])),
      Effect.suspend(() => tx.save(fee(tx, task, debit)))
    )
  )

const bookAll = (all: All, task: (index: number) => string, debit = ann) =>
  Effect.forEach(all, ({ books }, index) => Effect.result(book(books, task(index), debit)), {
    concurrency: "unbounded"
  })

const refusals = (results: ReadonlyArray<Result.Result<unknown, StoreError>>) =>
  results.flatMap((result, index) => (Result.isFailure(result) ? [[index, result.failure.reason]] : []))

/** What each company has booked: the tasks, by number and account. */
const booked = (all: All) =>
  Effect.forEach(all, ({ books }) =>
    Effect.gen(function* () {
      const { rows } = yield* books.transfers({}, { limit: 10 })
      const { journal } = yield* books.head
      expect(journal.number).toBe(rows.length)
      return rows.map(({ cause, debit }) => ("task" in cause ? `${cause.task} ${debit}` : ""))
    })
  )

describe("commits of billing that go together", () => {
  it("have the rows that each would have alone, in a few statements for all", () =>
    Effect.gen(function* () {
      const { all, schema, sent, sql } = yield* companies
      sent.length = 0
      expect(refusals(yield* bookAll(all, () => "a"))).toEqual([])
      expect(refusals(yield* bookAll(all, () => "b", bob))).toEqual([])
      expect(sent.length).toBeLessThan(all.length)
      expect(yield* booked(all)).toEqual(ids.map(() => [`a ${ann}`, `b ${bob}`]))
      const numbers = yield* sql.unsafe(
        `select company, string_agg(id || number, ' ' order by number) as known from ${schema}.account_numbers
          group by company`
      )
      expect(numbers.map((row) => (row as { known: string }).known)).toEqual(ids.map(() => `${ann}4 ${bob}5`))
    }).pipe(run))

  it("are refused alone where the database refuses", () =>
    Effect.gen(function* () {
      const { all } = yield* companies
      yield* bookAll(all, () => "a")
      const results = yield* bookAll(all, (index) => (index % 5 === 3 ? "a" : "b"))
      expect(refusals(results)).toEqual([3, 8, 13, 18, 23].map((index) => [index, "Conflict"]))
      expect(yield* booked(all)).toEqual(
        ids.map((_, index) => (index % 5 === 3 ? [`a ${ann}`] : [`a ${ann}`, `b ${ann}`]))
      )
    }).pipe(run))

  it("are decided anew where another process was first, and hold up nobody where one holds a head", () =>
    Effect.gen(function* () {
      const { all, schema, sql } = yield* companies
      yield* bookAll(all, () => "a")
      yield* sql.unsafe(`update ${schema}.contexts set number = number where name = 'billing' and company in (2, 4, 6)`)
      const results = yield* Effect.scoped(
        Effect.gen(function* () {
          const own = yield* elsewhere(sql)
          yield* own(sql.unsafe(`select from ${schema}.contexts where name = 'billing' and company = 8 for update`))
          const fibers = yield* Effect.forEach(all, ({ books }) =>
            Effect.forkChild(Effect.result(book(books, "b", ann)), { startImmediately: true })
          )
          const others = yield* Effect.forEach(
            fibers.filter((_, index) => index !== 7),
            (fiber) => Fiber.join(fiber)
          )
          yield* own(sql.unsafe("commit"))
          return [...others, yield* Fiber.join(fibers[7]!)]
        })
      )
      expect(refusals(results)).toEqual([])
      expect(yield* booked(all)).toEqual(ids.map(() => [`a ${ann}`, `b ${ann}`]))
    }).pipe(run))

  it("whose connection is lost leave open what happened, and none is sent again", () =>
    Effect.gen(function* () {
      const { all, schema, sent, sql } = yield* companies
      yield* bookAll(all, () => "a")
      sent.length = 0
      const results = yield* Effect.scoped(
        Effect.gen(function* () {
          const own = yield* elsewhere(sql)
          // What one of them is about to write is there, and may yet go: all wait for that.
          yield* own(sql.unsafe(`insert into ${schema}.account_numbers (company, number, id) values (8, 5, '${bob}')`))
          const fibers = yield* Effect.forEach(all, ({ books }) =>
            Effect.forkChild(Effect.result(book(books, "b", bob)), { startImmediately: true })
          )
          // Another session: in a transaction it is always as it was at the first look.
          const waiting = sql.unsafe(
            `select pg_terminate_backend(pid) from pg_stat_activity
              where application_name = '${schema}' and wait_event_type = 'Lock'`
          )
          while ((yield* waiting).length === 0) yield* Effect.sleep(5)
          const ended = yield* Effect.forEach(fibers, (fiber) => Fiber.join(fiber))
          yield* own(sql.unsafe("rollback"))
          return ended
        })
      )
      const open = results.flatMap((result, index) => (Result.isFailure(result) ? [index] : []))
      expect(open).toContain(7)
      for (const result of results) {
        if (Result.isFailure(result)) expect(result.failure).toMatchObject({ committed: "unknown", retryable: true })
      }
      expect(sent.filter((sql) => sql.includes("free as")).length).toBeLessThan(all.length)
      // Nothing came of it, and each goes on once that is certain.
      const again = yield* bookAll(
        all.filter((_, index) => open.includes(index)),
        () => "b",
        bob
      )
      expect(refusals(again)).toEqual([])
      expect(yield* booked(all)).toEqual(ids.map(() => [`a ${ann}`, `b ${bob}`]))
    }).pipe(run))
})

describe("what a close is proved with", () => {
  it("is each company's own, though they are read at the same moment", () =>
    Effect.gen(function* () {
      const { all } = yield* companies
      const busy = all.filter((_, index) => index % 3 !== 0)
      yield* bookAll(busy, () => "a")
      const told = yield* Effect.forEach(
        all,
        ({ books }) =>
          books.transact((tx) =>
            Effect.map(tx.evidence!, ({ accounts, balances, moves, sums }) => ({
              accounts: accounts.map(({ id }) => id),
              balances: balances.map(({ account, debits }) => [account, debits]),
              moves: [moves.sums.length, moves.last],
              debits: sums.popugs.debits
            }))
          ),
        { concurrency: "unbounded" }
      )
      expect(told).toEqual(
        all.map((_, index) =>
          index % 3 === 0
            ? { accounts: [], balances: [], moves: [0, 0], debits: 0n }
            : { accounts: [ann], balances: [[ann, 1_000n]], moves: [1, 1], debits: 1_000n }
        )
      )
    }).pipe(run))
})

describe("what a close is proved with, when another process commits meanwhile", () => {
  it.each([
    ["before more is read", true],
    ["before it is written", false]
  ] as const)("is of no use %s: the close is decided anew, under the lock", (_, reads) =>
    Effect.gen(function* () {
      const { all, schema, sql } = yield* companies
      const { books } = all[0]!
      yield* book(books, "a", ann)
      const touch = sql.unsafe(`update ${schema}.contexts set number = number where name = 'billing' and company = 1`)
      const isAtOnce: Array<boolean> = []
      yield* books.transact((tx) =>
        Effect.gen(function* () {
          isAtOnce.push(tx.evidence !== undefined)
          if (tx.evidence !== undefined) {
            yield* tx.evidence
            yield* Effect.orDie(touch)
          }
          if (reads) yield* tx.load(query(["fee/b/1"]))
          yield* tx.save(fee(tx, "b", ann))
        })
      )
      expect(isAtOnce).toEqual([true, false])
      expect((yield* booked(all))[0]).toEqual([`a ${ann}`, `b ${ann}`])
    }).pipe(run)
  )
})

describe("reports and notices that go together", () => {
  const notice = (id: string): Report.Notice => ({
    _tag: "Payout",
    id,
    period: day,
    payout: {
      owner: "ann" as never,
      name: null,
      opening: 0n,
      fees: 0n,
      awards: 1n,
      payout: 1n,
      currency: identity.currency as never
    }
  })

  const noteAll = (all: All, id: (index: number) => string) =>
    Effect.forEach(
      all,
      ({ reports }, index) =>
        Effect.result(
          reports.transact((tx) =>
            tx.save({
              cursor: { ...tx.cursor, number: tx.cursor.number + 1, digest: "ab".repeat(32) },
              reports: [],
              notices: [notice(id(index))]
            })
          )
        ),
      { concurrency: "unbounded" }
    )

  it("are kept, taken and settled for each company by itself, in a few statements for all", () =>
    Effect.gen(function* () {
      const { all, schema, sent, sql } = yield* companies
      yield* sql.unsafe(`alter table ${schema}.notices add check (id not like 'bad%')`)
      yield* sql.unsafe(`update ${schema}.contexts set number = number where name = 'reports' and company in (2, 4, 6)`)
      sent.length = 0
      const results = yield* noteAll(all, (index) => (index === 5 ? "bad" : index % 2 === 0 ? "even" : "odd"))
      expect(refusals(results)).toMatchObject([[5, expect.any(String)]])
      const due = yield* Effect.forEach(all, ({ reports }) => reports.due(10), { concurrency: "unbounded" })
      const named = due.map((notices) => notices.map(({ notice }) => notice.id))
      const expected = all.map((_, index) => (index === 5 ? [] : [index % 2 === 0 ? "even" : "odd"]))
      expect(named).toEqual(expected)
      // They are leased: nobody gets them again.
      const again = yield* Effect.forEach(all, ({ reports }) => reports.due(10), { concurrency: "unbounded" })
      expect(again.flat()).toEqual([])
      yield* Effect.forEach(
        all,
        ({ reports }, index) =>
          reports.settle([
            {
              id: "even",
              status: index === 4 ? "pending" : "sent",
              attempts: 1,
              lastError: index === 4 ? "no" : null,
              waitMillis: 0
            }
          ]),
        { concurrency: "unbounded" }
      )
      expect(sent.length).toBeLessThan(2 * all.length)
      const kept = yield* Effect.forEach(all, ({ reports }) => reports.notices({}, { limit: 10 }))
      expect(kept.map(({ rows }) => rows.map(({ lastError, status }) => `${status} ${lastError}`))).toEqual(
        all.map((_, index) =>
          index === 5 ? [] : [index === 4 ? "pending no" : index % 2 === 0 ? "sent null" : "pending null"]
        )
      )
      expect(yield* Effect.forEach(all, ({ reports }) => Effect.map(reports.cursor, ({ number }) => number))).toEqual(
        all.map((_, index) => (index === 5 ? 0 : 1))
      )
    }).pipe(run))
})
