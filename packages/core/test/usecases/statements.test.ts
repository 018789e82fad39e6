/** What stands beside an entry: the balance after it, its task, what it corrects; and what a task costs and earns. */
import { assert, it } from "@effect/vitest"
import {
  Account,
  Actor,
  Assignment,
  Billing,
  BillingStore,
  Books,
  Period,
  type StatementEntry,
  Tasks,
  type Transfer
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { statement } from "../../src/billing/statement.ts"
import {
  accountant,
  admin,
  endDay,
  flatPrices,
  layer,
  manager,
  other,
  settle,
  staff,
  tagOf,
  toDay,
  worker
} from "./support.ts"

/** Everything falls on Olga until it is given away by hand. */
const onOlga = Layer.succeed(
  Assignment.ChooseAssignee,
  ({ candidates }) => candidates.find((id) => id === "olga") ?? candidates[0]!
)
const company = layer().pipe(Layer.provide([flatPrices, onOlga]))

const days = { from: Period.make("2026-11-23"), to: Period.make("2026-11-25") }

/** Three days: two tasks on Monday, one of them done; on Tuesday a correction and its undo, and a task more. */
const history = Effect.gen(function* () {
  yield* staff
  const tasks = yield* Tasks
  const billing = yield* Billing
  const create = (id: string, title: string) => Effect.andThen(tasks.create(Actor.system, [{ id, title }]), settle)
  yield* create("roof", "Mend the roof")
  yield* create("door", "Paint the door")
  yield* tasks.complete(Actor.system, "roof")
  yield* settle
  yield* toDay(1)
  yield* endDay
  yield* billing.correct(accountant, { transfer: 2, reason: "not hers" })
  yield* billing.correct(accountant, { transfer: 5, reason: "hers after all" })
  yield* create("gate", "Close the gate")
  yield* tasks.assign(manager, "gate", "will")
  yield* settle
})

it.effect("each entry of a statement says what the account came to after it, on whichever page it stands", () =>
  Effect.gen(function* () {
    yield* history
    const books = yield* Books
    const whole = yield* books.statement(other, "olga", days)
    assert.deepStrictEqual(
      whole.transfers.rows.map(({ balance, kind, number, task }) => [number, kind, balance, task?.id ?? null]),
      [
        [1, "fee", -1000n, "roof"],
        [2, "fee", -2000n, "door"],
        [3, "award", 1000n, "roof"],
        [4, "payout", 0n, null],
        [5, "fee", 1000n, "door"],
        [6, "fee", 0n, "door"],
        [7, "fee", -1000n, "gate"]
      ] as never
    )
    assert.strictEqual(whole.transfers.rows.at(-1)!.balance, whole.closing)
    for (const limit of [1, 2, 3, 5]) {
      const rows: Array<unknown> = []
      let after: number | undefined
      for (let more = true; more;) {
        const { transfers } = yield* books.statement(other, "olga", days, { after, limit })
        rows.push(...transfers.rows)
        after = transfers.rows.at(-1)!.number
        more = transfers.more
      }
      assert.deepStrictEqual(rows, [...whole.transfers.rows], `pages of ${limit}`)
    }
    const tuesday = yield* books.statement(other, "olga", { from: Period.make("2026-11-24"), to: days.to })
    assert.deepStrictEqual(tuesday.transfers.rows, whole.transfers.rows.slice(4))
    assert.deepStrictEqual((yield* books.statement(worker, "will", days)).transfers.rows.length, 1)
  }).pipe(Effect.provide(company))
)

/** All entries of Olga's statement, page by page. */
const paged = Effect.fnUntraced(function* (limit: number, order: "oldest" | "newest", kind?: Transfer.Sought) {
  const books = yield* Books
  const asked = kind === undefined ? days : { ...days, kind }
  const rows: Array<StatementEntry> = []
  let after: number | undefined
  for (let more = true; more;) {
    const { transfers } = yield* books.statement(other, "olga", asked, { after, limit, order })
    rows.push(...transfers.rows)
    after = transfers.last ?? undefined
    more = transfers.more
  }
  return rows
})

it.effect("a statement is read from its end, or for one kind alone, with the same balances", () =>
  Effect.gen(function* () {
    yield* history
    const books = yield* Books
    const { rows } = (yield* books.statement(other, "olga", days)).transfers
    for (const limit of [1, 2, 3, 7, 100]) {
      assert.deepStrictEqual(yield* paged(limit, "newest"), rows.toReversed(), `the newest, by ${limit}`)
      for (const kind of ["fee", "award", "payout", "correction"] as const) {
        const sought = rows.filter((row) =>
          kind === "correction" ? row.cause._tag === "Corrected" : row.kind === kind
        )
        assert.isAbove(sought.length, 0)
        assert.deepStrictEqual(yield* paged(limit, "oldest", kind), sought, `${kind} by ${limit}`)
        assert.deepStrictEqual(yield* paged(limit, "newest", kind), sought.toReversed(), `${kind} by ${limit}`)
      }
    }
    for (const [filter, paging] of [
      [{ ...days, kind: "gift" as never }, {}],
      [days, { order: "best" as never }]
    ] as const) {
      assert.strictEqual(yield* tagOf(books.statement(other, "olga", filter, paging)), "InvalidInput")
      assert.strictEqual(yield* tagOf(books.auditLog(accountant, null, filter, paging)), "InvalidInput")
    }
  }).pipe(Effect.provide(company))
)

it.effect("a statement says what each kind comes to in its days, whichever page is asked for", () =>
  Effect.gen(function* () {
    yield* history
    const books = yield* Books
    const ends = Effect.fnUntraced(function* (from: string, to: string, kind?: Transfer.Sought) {
      const range = { from: Period.make(from), to: Period.make(to) }
      const asked = kind === undefined ? range : { ...range, kind }
      const { closing, opening, totals } = yield* books.statement(other, "olga", asked, { limit: 1 })
      assert.strictEqual(closing, opening - totals.fees + totals.awards - totals.payouts)
      return { opening, closing, ...totals }
    })
    const whole = { opening: 0n, closing: -1000n, fees: 3000n, awards: 3000n, payouts: 1000n }
    assert.deepStrictEqual(yield* ends("2026-11-23", "2026-11-25"), whole)
    assert.deepStrictEqual(yield* ends("2020-01-01", "2030-01-01", "payout"), whole)
    const monday = { opening: 0n, closing: 0n, fees: 2000n, awards: 3000n, payouts: 1000n }
    assert.deepStrictEqual(yield* ends("2026-11-23", "2026-11-23"), monday)
    const tuesday = { opening: 0n, closing: -1000n, fees: 1000n, awards: 0n, payouts: 0n }
    assert.deepStrictEqual(yield* ends("2026-11-24", "2026-11-24"), tuesday)
    const none = { fees: 0n, awards: 0n, payouts: 0n }
    assert.deepStrictEqual(yield* ends("2026-11-01", "2026-11-22"), { opening: 0n, closing: 0n, ...none })
    assert.deepStrictEqual(yield* ends("2026-11-25", "2026-11-25"), { opening: -1000n, closing: -1000n, ...none })
  }).pipe(Effect.provide(company))
)

it.effect("balances from the end are exact though something is booked while they are read", () =>
  Effect.gen(function* () {
    yield* history
    const store = yield* BillingStore
    const tasks = yield* Tasks
    const account = Account.popug("olga")
    const kept = yield* store.balancesOf(account, days, { limit: 10 })
    yield* Effect.andThen(tasks.create(Actor.system, [{ id: "late", title: "Come late" }]), settle)
    const { rows } = (yield* (yield* Books).statement(other, "olga", days)).transfers
    assert.lengthOf(rows, 8)
    const stale = { ...store, balancesOf: () => Effect.succeed(kept) }
    for (const limit of [1, 3, 100]) {
      const late = yield* statement(stale, account, days, { limit, order: "newest" }, undefined)
      assert.deepStrictEqual(late.transfers.rows, rows.toReversed().slice(0, limit))
    }
  }).pipe(Effect.provide(company))
)

it.effect("the audit log and the journal are read from their end, the log for one kind alone", () =>
  Effect.gen(function* () {
    yield* history
    const books = yield* Books
    const all = [1, 2, 3, 4, 5, 6, 7, 8]
    const read = Effect.fnUntraced(function* (kind: Transfer.Sought | undefined, limit: number) {
      const numbers: Array<number> = []
      let after: number | undefined
      for (let more = true; more;) {
        const asked = kind === undefined ? {} : { kind }
        const page = yield* books.auditLog(accountant, null, asked, { order: "newest", after, limit })
        numbers.push(...page.rows.map(({ transfer }) => transfer))
        after = page.last ?? undefined
        more = page.more
      }
      return numbers
    })
    for (const limit of [1, 3, 100]) {
      assert.deepStrictEqual(yield* read(undefined, limit), all.toReversed())
      assert.deepStrictEqual(yield* read("fee", limit), [8, 7, 6, 5, 2, 1])
      assert.deepStrictEqual(yield* read("payout", limit), [4])
      assert.deepStrictEqual(yield* read("correction", limit), [6, 5])
    }
    const journal = yield* books.transfers(accountant, {}, { order: "newest", after: 5 })
    assert.deepStrictEqual(
      journal.rows.map(({ number }) => number),
      [4, 3, 2, 1]
    )
  }).pipe(Effect.provide(company))
)

it.effect("accounts are found by their owners' names and ids, as far as a look goes", () =>
  Effect.gen(function* () {
    yield* history
    const books = yield* Books
    const owners = (search: string, inTheRed?: boolean) =>
      Effect.map(books.accounts(accountant, { search, ...(inTheRed === undefined ? {} : { inTheRed }) }), ({ rows }) =>
        rows.map(({ owner }) => owner as string)
      )
    assert.deepStrictEqual(yield* owners("L"), ["olga", "will"])
    assert.deepStrictEqual(yield* owners("WIL"), ["will"])
    assert.deepStrictEqual(yield* owners("olga", true), ["olga"])
    assert.deepStrictEqual(yield* owners("nobody"), [])
    for (const actor of [worker, manager]) {
      assert.strictEqual(yield* tagOf(books.accounts(actor, { search: "will" })), "NotAllowed")
    }
    assert.strictEqual(yield* tagOf(books.accounts(accountant, { search: "" })), "InvalidInput")
  }).pipe(Effect.provide(company))
)

it.effect("a correction says what it corrects, in a statement and in the audit log", () =>
  Effect.gen(function* () {
    yield* history
    const books = yield* Books
    const { transfers } = yield* books.statement(accountant, "olga", days)
    const audit = yield* books.auditLog(accountant, "olga", {})
    for (const rows of [transfers.rows, audit.rows]) {
      assert.deepStrictEqual(
        rows.map(({ corrected }) => corrected && [corrected.transfer, corrected.period, corrected.amount]),
        [null, null, null, null, [2, "2026-11-23", -1000n], [5, "2026-11-24", 1000n], null] as never
      )
    }
  }).pipe(Effect.provide(company))
)

it.effect("the audit log of a task has all that was booked for it, of those whose log may be read", () =>
  Effect.gen(function* () {
    yield* history
    const books = yield* Books
    const numbers = (actor: Actor.Actor, owner: string | null, task: string) =>
      Effect.map(books.auditLog(actor, owner, { task }), ({ rows }) => rows.map(({ transfer }) => transfer))
    assert.deepStrictEqual(yield* numbers(accountant, null, "roof"), [1, 3])
    assert.deepStrictEqual(yield* numbers(admin, null, "door"), [2, 5, 6])
    assert.deepStrictEqual(yield* numbers(accountant, null, "gate"), [7, 8])
    assert.deepStrictEqual(yield* numbers(other, "olga", "gate"), [7])
    assert.deepStrictEqual(yield* numbers(accountant, null, "nothing"), [])
    for (const [actor, owner] of [
      [other, null],
      [manager, null],
      [worker, "olga"]
    ] as const) {
      assert.strictEqual(yield* tagOf(books.auditLog(actor, owner, { task: "gate" })), "NotAllowed")
    }
    assert.strictEqual(yield* tagOf(books.auditLog(accountant, null, { task: "no id" })), "InvalidInput")
  }).pipe(Effect.provide(company))
)

it.effect("what a task costs and earns is for whom it was charged last, and for who may see the books", () =>
  Effect.gen(function* () {
    yield* history
    const books = yield* Books
    const price = { fee: 1000n, award: 3000n }
    for (const [actor, task] of [
      [accountant, "gate"],
      [admin, "gate"],
      [worker, "gate"],
      // Done, and hers for good.
      [other, "roof"]
    ] as const) {
      assert.deepStrictEqual(yield* books.price(actor, task), { task, ...price } as never)
    }
    // It was hers, and went to Will.
    for (const [actor, task] of [
      [other, "gate"],
      [manager, "gate"],
      [worker, "roof"],
      [worker, "nothing"]
    ] as const) {
      assert.strictEqual(yield* tagOf(books.price(actor, task)), "NotAllowed", `${Actor.key(actor)} ${task}`)
    }
    assert.deepStrictEqual(yield* books.price(accountant, "nothing"), {
      task: "nothing",
      fee: null,
      award: null
    } as never)
    assert.strictEqual(yield* tagOf(books.price(accountant, "no id")), "InvalidInput")
  }).pipe(Effect.provide(company))
)

it.effect("the distribution of balances is of all popugs, for who may see the books", () =>
  Effect.gen(function* () {
    yield* history
    const books = yield* Books
    const found = yield* books.distribution(accountant)
    assert.deepInclude(found, { popugs: 2, lowest: -1000n, highest: -1000n })
    assert.deepStrictEqual(yield* books.distribution(admin), found)
    for (const actor of [worker, manager]) assert.strictEqual(yield* tagOf(books.distribution(actor)), "NotAllowed")
  }).pipe(Effect.provide(company))
)
