/**
 * What somebody books who can write to the database and makes every digest anew: a verification names what the rules
 * would never have booked.
 */
import { assert, it } from "@effect/vitest"
import {
  Account,
  Actor,
  Billing,
  BillingStore,
  Books,
  Digest,
  Head,
  Ledger,
  type TaskId,
  Tasks,
  TaskStore,
  Transfer,
  Verification
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { emptyChanges, emptyQuery } from "../../src/billing/BillingStore.ts"
import { emptyChanges as emptyTasks, emptyQuery as nothing } from "../../src/tasks/TaskStore.ts"
import { accountant, endDay, firstCandidate, flatPrices, layer, manager, settle, staff, toDay } from "./support.ts"

type Posting = Ledger.Posting

/** Books transfers as the core would, though it never would: with the balances, the head and all digests. */
const forge = (...postings: ReadonlyArray<Omit<Posting, "occurredAt">>) =>
  Effect.gen(function* () {
    const { sha256 } = yield* Digest.Digest
    yield* (yield* BillingStore).transact((tx) =>
      Effect.gen(function* () {
        const accounts = [...new Set(postings.flatMap(({ credit, debit }) => [credit, debit]))]
        const ledger = Ledger.make(tx.head, tx.now, yield* tx.load({ ...emptyQuery, accounts }))
        for (const posting of postings) Ledger.post(ledger, tx.head.period!, { ...posting, occurredAt: tx.now })
        const head = { ...Ledger.headAfter(ledger, sha256, tx.head), at: tx.now }
        yield* tx.save({ ...emptyChanges, ...Ledger.moved(ledger), ...Ledger.take(ledger), head })
      })
    )
  })

const correction = (corrected: Transfer.Transfer, change: object): Omit<Posting, "occurredAt"> => {
  const { amount, credit, debit, kind, number } = corrected
  const task = Transfer.taskOf(corrected.cause)
  return {
    kind,
    debit: credit,
    credit: debit,
    amount,
    cause: {
      _tag: "Corrected",
      corrects: number,
      round: 1,
      undoes: corrected.cause._tag === "Corrected",
      reason: "a slip",
      actor: "user:acc",
      task: task?.id ?? null,
      title: task?.title ?? null,
      ...change
    }
  }
}

const transfer = (number: number) =>
  Effect.flatMap(BillingStore, (store) =>
    Effect.map(store.transfers({}, { after: number - 1, limit: 1 }), ({ rows }) => rows[0]!)
  )

const difference = (options: object = {}) =>
  Effect.flatMap(Books, (books) => Effect.map(books.verify(accountant, options), (found) => found.difference))

/** Transfer 1 is the fee of a task, which is done. */
const begun = Effect.gen(function* () {
  yield* staff
  const tasks = yield* Tasks
  yield* tasks.create(manager, [{ id: "roof", title: "Mend the roof" }])
  yield* tasks.complete(Actor.user("olga"), "roof")
  yield* settle
})

const inCompany = <A, E>(test: Effect.Effect<A, E, never>, ports = Memory.layer) =>
  test.pipe(Effect.provide(layer({}, ports).pipe(Layer.provide([flatPrices, firstCandidate])))) as Effect.Effect<A, E>

const named = (
  name: string,
  forgery: Effect.Effect<unknown, unknown, Layer.Success<ReturnType<typeof layer>>>,
  place: string
) =>
  it.effect(name, () =>
    inCompany(
      Effect.gen(function* () {
        yield* begun
        assert.isNull(yield* difference())
        yield* forgery
        assert.strictEqual((yield* difference())?.place, place)
      }) as Effect.Effect<void>
    )
  )

named(
  "a transfer that was corrected twice is named",
  Effect.gen(function* () {
    yield* (yield* Billing).correct(accountant, { transfer: 1, reason: "a slip" })
    yield* forge(correction(yield* transfer(1), { round: 2 }))
  }),
  "transfer 4"
)

named(
  "a correction of what undoes another is named",
  Effect.gen(function* () {
    yield* (yield* Billing).correct(accountant, { transfer: 1, reason: "a slip" })
    yield* (yield* Billing).correct(accountant, { transfer: 3, reason: "it was none" })
    yield* forge(correction(yield* transfer(4), { undoes: false }))
  }),
  "transfer 5"
)

named(
  "a correction under another task than the corrected transfer's is named",
  Effect.gen(function* () {
    yield* forge(correction(yield* transfer(1), { task: "door" as TaskId, title: "Paint the door" }))
  }),
  "transfer 3"
)

named(
  "a correction of a round that never was is named",
  Effect.gen(function* () {
    yield* forge(correction(yield* transfer(1), { round: 7 }))
  }),
  "transfer 3"
)

/** Books that would keep a second award of a task: it stands under another task's cause, and is read as it was made. */
const withoutCauses = Layer.effect(
  BillingStore,
  Effect.map(BillingStore, (store) => {
    const second = new Set<number>()
    const renamed = (row: Transfer.Transfer, task: string) =>
      row.kind === "award" ? { ...row, cause: { ...row.cause, task: task as TaskId } as Transfer.Cause } : row
    return {
      ...store,
      transact: ((body) =>
        store.transact((tx) =>
          body({
            ...tx,
            save: (changes) => {
              const isSecond = (row: Transfer.Transfer) => row.kind === "award" && row.number > 2
              for (const row of changes.transfers) if (isSecond(row)) second.add(row.number)
              return tx.save({
                ...changes,
                transfers: changes.transfers.map((row) => (isSecond(row) ? renamed(row, "none") : row))
              })
            }
          })
        )) as typeof store.transact,
      transfers: (...asked: Parameters<typeof store.transfers>) =>
        Effect.map(store.transfers(...asked), (page) => ({
          ...page,
          rows: page.rows.map((row) => (second.has(row.number) ? renamed(row, "roof") : row))
        }))
    }
  })
).pipe(Layer.provideMerge(Memory.layer))

/** Events of tasks that nobody caused, in the chain of the others. */
const tell = (...told: ReadonlyArray<{ readonly change: string; readonly assignment: number }>) =>
  Effect.gen(function* () {
    const { sha256 } = yield* Digest.Digest
    yield* (yield* TaskStore).transact((tx) => {
      const roof = { id: "roof", title: "Mend the roof", jiraId: null, assign: "olga", period: tx.head.period }
      const stream = new Head.Growing(sha256, "tasks", tx.head, tx.now)
      for (const one of told) {
        stream.add("task.updated", 2, "system", { ...roof, ...one, isDone: one.change === "done" })
      }
      return tx.save({ ...emptyTasks, events: stream.events, head: { ...tx.head, ...stream.head } })
    })
    yield* Effect.ignore(settle)
  })

it.effect("a task that is done again, for one more fee and one more award, is named where it is assigned", () =>
  inCompany(
    Effect.gen(function* () {
      yield* begun
      yield* tell({ change: "assigned", assignment: 2 }, { change: "done", assignment: 2 })
      assert.strictEqual((yield* (yield* Books).account(accountant, "olga")).balance, 4_000n)
      const found = yield* difference()
      assert.deepInclude(found, { place: "event 4", found: "award/roof was booked before" })
    }) as Effect.Effect<void>,
    withoutCauses as typeof Memory.layer
  )
)

it.effect("so it is where an operator had an event passed over after the task was done", () =>
  inCompany(
    Effect.gen(function* () {
      yield* begun
      yield* tell({ change: "edited", assignment: 1 }, { change: "assigned", assignment: 0 })
      yield* (yield* Billing).resume(Actor.user("ann"), "tasks", { skip: { through: 5, reason: "it is none" } })
      yield* tell({ change: "done", assignment: 1 })
      const found = yield* difference()
      assert.deepInclude(found, { place: "event 6", found: "award/roof was booked before" })
    }) as Effect.Effect<void>,
    withoutCauses as typeof Memory.layer
  )
)

it.effect("a head that counts other tasks than there are is named", () =>
  inCompany(
    Effect.gen(function* () {
      yield* begun
      yield* (yield* Tasks).create(manager, [{ id: "door", title: "Paint the door" }])
      const verified = Effect.flatMap(Verification, (all) =>
        Effect.map(all.run(Actor.system), ({ contexts }) =>
          contexts.flatMap(({ difference }) => difference?.place ?? [])
        )
      )
      yield* settle
      assert.deepStrictEqual(yield* verified, [])
      const store = yield* TaskStore
      const counts = { open: 1, waiting: 0, done: 1 }
      assert.deepStrictEqual((yield* store.head).counts, counts)
      for (const wrong of [
        { open: 0, waiting: 0, done: 2 },
        { open: 1, waiting: 1, done: 1 },
        counts,
        { open: 1, waiting: 0, done: 2 }
      ]) {
        // By one at a time, which no store can know to be wrong.
        yield* store.transact((tx) =>
          Effect.flatMap(tx.load({ ...nothing, open: true }), ({ tasks }) =>
            tx.save({ ...emptyTasks, tasks, head: { ...tx.head, counts: wrong } })
          )
        )
        assert.deepStrictEqual(yield* verified, wrong === counts ? [] : ["how many tasks there are"])
      }
    }) as Effect.Effect<void>
  )
)

it.effect("what is moved between two popugs below a seal is named by who begins at that seal", () => {
  const state = { moved: 0n }
  /** Will's debt is lower by an amount, and Olga's higher: on the closed day, and in their accounts. */
  const moved = <Row extends { readonly debits: bigint }>(row: Row, account: string): Row => {
    if (account === Account.popug("will")) return { ...row, debits: row.debits - state.moved }
    return account === Account.popug("olga") ? { ...row, debits: row.debits + state.moved } : row
  }
  const ports = Layer.effect(
    BillingStore,
    Effect.map(BillingStore, (store) => ({
      ...store,
      accounts: (...asked: Parameters<typeof store.accounts>) =>
        Effect.map(store.accounts(...asked), (page) => ({ ...page, rows: page.rows.map((row) => moved(row, row.id)) })),
      balances: (...asked: Parameters<typeof store.balances>) =>
        Effect.map(store.balances(...asked), (page) => ({
          ...page,
          rows: page.rows.map((row) => moved(row, row.account))
        })),
      balancesUpTo: (...asked: Parameters<typeof store.balancesUpTo>) =>
        Effect.map(store.balancesUpTo(...asked), (rows) => rows.map((row) => moved(row, row.account)))
    }))
  ).pipe(Layer.provideMerge(Memory.layer))
  return inCompany(
    Effect.gen(function* () {
      yield* staff
      const tasks = yield* Tasks
      yield* tasks.create(manager, [{ id: "roof", title: "Mend the roof" }])
      yield* tasks.assign(manager, "roof", "will")
      yield* settle
      yield* toDay(1)
      yield* endDay
      const [{ period, seal }] = (yield* (yield* BillingStore).closed({}, { limit: 1 })).rows as [never]
      assert.isNull(yield* difference({ after: period, seal }))
      state.moved = 500n
      assert.strictEqual((yield* difference({ after: period, seal }))?.place, `what the seal of ${period} covers`)
    }) as Effect.Effect<void>,
    ports as typeof Memory.layer
  )
})
