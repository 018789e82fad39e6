import { assert, it } from "@effect/vitest"
import {
  Actor,
  BillingStore,
  Billing,
  Books,
  BusinessDay,
  type ClosedPeriod,
  EventLog,
  Tasks,
  type Transfer
} from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { accountant, createRoof, endDay, layer, manager, predictable, settle, staff, toDay } from "./support.ts"

/** What a forger does to the rows that are read from the books. */
interface Forgery {
  transfer: (transfer: Transfer.Transfer) => Transfer.Transfer
  closed: (period: ClosedPeriod) => ClosedPeriod
  fee: (fee: bigint) => bigint
  opening: (opening: bigint) => bigint
  credits: (credits: bigint) => bigint
}

const honest: Forgery = {
  transfer: (transfer) => transfer,
  closed: (period) => period,
  fee: (fee) => fee,
  opening: (opening) => opening,
  credits: (credits) => credits
}

const forged = (forgery: Forgery) =>
  Layer.effect(
    BillingStore,
    Effect.map(BillingStore, (store) => ({
      ...store,
      transfers: (...args: Parameters<typeof store.transfers>) =>
        Effect.map(store.transfers(...args), (page) => ({ ...page, rows: page.rows.map(forgery.transfer) })),
      closed: (...args: Parameters<typeof store.closed>) =>
        Effect.map(store.closed(...args), (page) => ({ ...page, rows: page.rows.map(forgery.closed) })),
      prices: (...args: Parameters<typeof store.prices>) =>
        Effect.map(store.prices(...args), (page) => ({
          ...page,
          rows: page.rows.map((row) => ({ ...row, fee: forgery.fee(row.fee) }))
        })),
      balances: (...args: Parameters<typeof store.balances>) =>
        Effect.map(store.balances(...args), (page) => ({
          ...page,
          rows: page.rows.map((row) => ({ ...row, opening: forgery.opening(row.opening) }))
        })),
      accounts: (...args: Parameters<typeof store.accounts>) =>
        Effect.map(store.accounts(...args), (page) => ({
          ...page,
          rows: page.rows.map((row) => ({ ...row, credits: forgery.credits(row.credits) }))
        }))
    }))
  ).pipe(Layer.provideMerge(Memory.layer))

/** Two closed days with a correction, and a third that is open. */
const history = Effect.gen(function* () {
  yield* staff
  const tasks = yield* Tasks
  const billing = yield* Billing
  yield* tasks.create(manager, [
    { id: "roof", title: "Mend the roof" },
    { id: "door", title: "Paint the door" }
  ])
  yield* tasks.complete(Actor.user("olga"), "roof")
  yield* toDay(1)
  yield* endDay
  yield* tasks.create(manager, [{ id: "wall", title: "Paint the wall" }])
  yield* billing.correct(accountant, { transfer: 1, reason: "not theirs" })
  yield* toDay(2)
  yield* endDay
  yield* tasks.complete(Actor.user("olga"), "door")
  yield* settle
})

const verdict = (forgery: Partial<Forgery>, after?: string) => {
  const rows = { ...honest }
  return Effect.gen(function* () {
    yield* history
    const books = yield* Books
    Object.assign(rows, forgery)
    const { difference } = yield* books.verify(accountant, after === undefined ? {} : { after: after as never })
    return difference?.place ?? null
  }).pipe(Effect.provide(predictable(forged(rows))))
}

it.effect("honest books prove themselves, from the start and from any seal", () =>
  Effect.gen(function* () {
    assert.isNull(yield* verdict({}))
    assert.isNull(yield* verdict({}, "2026-11-23"))
    assert.isNull(yield* verdict({}, "2026-11-24"))
    assert.strictEqual(yield* verdict({}, "2026-11-25"), "period 2026-11-25")
  })
)

it.effect("an amount that was changed is named", () =>
  Effect.gen(function* () {
    const transfer = (row: Transfer.Transfer) => (row.number === 3 ? { ...row, amount: row.amount + 1n } : row)
    assert.strictEqual(yield* verdict({ transfer }), "transfer 3")
  })
)

it.effect("a transfer that was moved to another account is named", () =>
  Effect.gen(function* () {
    const transfer = (row: Transfer.Transfer) =>
      row.number === 1 ? { ...row, debit: "popug:will" as typeof row.debit } : row
    assert.strictEqual(yield* verdict({ transfer }), "transfer 1")
  })
)

it.effect("a correction that does not reverse what it names is found", () =>
  Effect.gen(function* () {
    const transfer = (row: Transfer.Transfer) =>
      row.cause._tag === "Corrected" ? { ...row, amount: row.amount * 2n } : row
    assert.match((yield* verdict({ transfer })) ?? "", /^transfer \d+$/)
  })
)

it.effect("a reason that was rewritten breaks the journal's digest", () =>
  Effect.gen(function* () {
    const transfer = (row: Transfer.Transfer) =>
      row.cause._tag === "Corrected" ? { ...row, cause: { ...row.cause, reason: "theirs" } } : row
    assert.strictEqual(yield* verdict({ transfer }), "the digest of the journal on 2026-11-24")
  })
)

it.effect("a price that was changed is named", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* verdict({ fee: (fee) => fee - 1n }), "the price of task roof")
  })
)

it.effect("totals, seals and balances that were changed are named", () =>
  Effect.gen(function* () {
    const closed = (row: ClosedPeriod) => ({ ...row, totals: { ...row.totals, payouts: 0n } })
    assert.strictEqual(yield* verdict({ closed }), "the totals of 2026-11-23")
    assert.strictEqual(
      yield* verdict({ closed: (row) => ({ ...row, seal: "0".repeat(64) }) }),
      "the seal of 2026-11-23"
    )
    assert.match(
      (yield* verdict({ opening: (opening) => opening + 1n })) ?? "",
      /^the balance of company:awards on 2026-11-23/
    )
    assert.match((yield* verdict({ credits: (credits) => credits + 1n })) ?? "", /^the account company:/)
  })
)

it.effect("of a changed event and what was booked before it, what was booked before is named", () => {
  const [transfer, event] = [3, 9]
  const forgery = {
    ...honest,
    transfer: (row: Transfer.Transfer) => (row.number === transfer ? { ...row, amount: row.amount + 1n } : row)
  }
  let isForged = false
  const log = Layer.effect(
    EventLog,
    Effect.map(EventLog, (whole) => ({
      ...whole,
      read: (...args: Parameters<typeof whole.read>) =>
        Effect.map(whole.read(...args), (events) =>
          isForged && args[0] === "tasks"
            ? events.map((each) => (each.number === event ? { ...each, data: null } : each))
            : events
        )
    }))
  )
  const rows = { ...honest }
  return Effect.gen(function* () {
    yield* history
    const books = yield* Books
    isForged = true
    const changed = yield* books.verify(accountant)
    assert.strictEqual(changed.difference?.place, `event ${event} of tasks`)
    Object.assign(rows, forgery)
    const both = yield* books.verify(accountant)
    assert.strictEqual(both.difference?.place, `transfer ${transfer}`)
  }).pipe(Effect.provide(predictable(log.pipe(Layer.provideMerge(forged(rows))))))
})

/** What is read of transfers and of the tasks' events, by their numbers. */
const watched = (seen: { transfers: Array<number>; events: Array<number> }) =>
  Layer.mergeAll(
    Layer.effect(
      BillingStore,
      Effect.map(BillingStore, (store) => ({
        ...store,
        transfers: (...args: Parameters<typeof store.transfers>) =>
          Effect.tap(store.transfers(...args), ({ rows }) =>
            Effect.sync(() => seen.transfers.push(...rows.map(({ number }) => number)))
          )
      }))
    ),
    Layer.effect(
      EventLog,
      Effect.map(EventLog, (log) => ({
        ...log,
        read: (...args: Parameters<typeof log.read>) =>
          Effect.tap(log.read(...args), (events) =>
            Effect.sync(() => args[0] === "tasks" && seen.events.push(...events.map(({ number }) => number)))
          )
      }))
    )
  ).pipe(Layer.provideMerge(Memory.layer))

it.effect("from a seal on, no event and no transfer from before it is read", () => {
  const seen = { transfers: [] as Array<number>, events: [] as Array<number> }
  return Effect.gen(function* () {
    yield* history
    const books = yield* Books
    const store = yield* BillingStore
    const [, second] = (yield* store.closed({}, { limit: 2 })).rows
    seen.transfers = []
    seen.events = []
    const { difference, events, transfers } = yield* books.verify(accountant, { after: second!.period })
    assert.isNull(difference)
    const head = yield* store.head
    const numbers = (after: number, last: number) =>
      Array.from({ length: last - after }, (_, index) => after + 1 + index)
    assert.strictEqual(events, head.tasks.number - second!.lastEvent)
    assert.deepStrictEqual([...new Set(seen.events)], numbers(second!.lastEvent, head.tasks.number))
    assert.deepStrictEqual([...new Set(seen.transfers)], numbers(second!.lastTransfer, head.journal.number))
    assert.strictEqual(transfers, head.journal.number)
  }).pipe(Effect.provide(predictable(watched(seen))))
})

it.effect.each(["9999-12-31", "0000-01-01"] as const)("on %s, the end of all dates, there is no difference", (date) =>
  Effect.gen(function* () {
    yield* staff
    yield* createRoof
    yield* settle
    const { difference, transfers } = yield* (yield* Books).verify(accountant)
    assert.deepStrictEqual([difference, transfers], [null, 1])
  }).pipe(Effect.provide(layer({}, Memory.layer, BusinessDay.daysBetween("2026-11-23" as never, date as never))))
)
