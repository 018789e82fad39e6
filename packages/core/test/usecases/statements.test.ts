/** What stands beside an entry: the balance after it, its task, what it corrects; and what a task costs and earns. */
import { assert, it } from "@effect/vitest"
import { Actor, Assignment, Billing, Books, Period, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
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
