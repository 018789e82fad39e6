/** What shuffles cost, and whose they were. */
import { assert, it } from "@effect/vitest"
import { Assignment, Billing, BillingStore, Books, type CommandId, Events, Tasks } from "@popug/core"
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

/** Everything falls on another than before: each shuffle charges for every task. */
const turns = Layer.succeed(Assignment.ChooseAssignee, ({ candidates, task }) =>
  candidates.find((id) => id !== task.assignee)!
)

const company = layer().pipe(Layer.provide([turns, flatPrices]))

const roofAndDoor = [
  { id: "roof", title: "Mend the roof" },
  { id: "door", title: "Paint the door" }
]

/** What shuffles cost, without their places in the stream. */
const costs = Effect.fnUntraced(function* (range: { readonly from?: string; readonly to?: string } = {}) {
  const { rows } = yield* (yield* Books).shuffles(manager, range as never, { limit: 100 })
  return rows.map(({ askedBy, fees, name, period, reassigned, shuffle }) => [
    shuffle,
    period,
    askedBy,
    name,
    reassigned,
    fees
  ])
})

it.effect("every fee of a shuffle leads to who asked for it", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    yield* tasks.create(worker, roofAndDoor)
    for (const by of [manager, admin, manager]) {
      assert.deepStrictEqual((yield* tasks.shuffle(by)).answer, { open: 2, reassigned: 2 })
    }
    yield* settle

    const { rows: transfers } = yield* (yield* Books).transfers(accountant, {}, { limit: 100 })
    const { rows: events } = yield* (yield* Events).read(admin, "tasks", { limit: 100 })
    const fees = new Map<string, bigint>()
    for (const { amount, cause, kind } of transfers) {
      if (kind !== "fee" || cause._tag !== "Assigned") continue
      const { actor } = events.find(({ number }) => number === cause.event)!
      fees.set(actor, (fees.get(actor) ?? 0n) + amount)
    }
    assert.deepStrictEqual(Object.fromEntries(fees), { "user:will": 20_00n, "user:max": 40_00n, "user:ann": 20_00n })
  }).pipe(Effect.provide(company))
)

it.effect("managers see what each shuffle cost and who asked for it, day by day", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    // Before there is anything to shuffle.
    yield* tasks.shuffle(manager)
    yield* tasks.create(worker, roofAndDoor)
    const once = { commandId: "the-first" as CommandId }
    yield* tasks.shuffle(manager, once)
    yield* tasks.shuffle(manager, once)
    yield* tasks.shuffle(accountant)
    yield* toDay(1)
    yield* endDay
    yield* tasks.shuffle(manager)
    yield* settle

    const all = [
      [1, "2026-11-23", "max", "Max", 0, 0n],
      [2, "2026-11-23", "max", "Max", 2, 20_00n],
      [3, "2026-11-23", "acc", "Acc", 2, 20_00n],
      [4, "2026-11-24", "max", "Max", 2, 20_00n]
    ]
    assert.deepStrictEqual(yield* costs(), all)
    assert.deepStrictEqual(yield* costs({ from: "2026-11-24" }), all.slice(3))
    assert.deepStrictEqual(yield* costs({ to: "2026-11-23" }), all.slice(0, 3))
    const books = yield* Books
    for (const actor of [manager, accountant, admin]) {
      const first = yield* books.shuffles(actor, {}, { limit: 3 })
      assert.deepStrictEqual([first.rows.length, first.more], [3, true])
      const rest = yield* books.shuffles(actor, {}, { after: first.rows.at(-1)!.event })
      assert.deepStrictEqual(
        rest.rows.map(({ shuffle }) => shuffle),
        [4]
      )
    }
    assert.strictEqual((yield* books.verify(accountant)).difference, null)
    assert.strictEqual((yield* books.verify(accountant, { after: "2026-11-23" })).difference, null)
  }).pipe(Effect.provide(company))
)

it.effect("who may not shuffle and keeps no books does not see what shuffles cost", () =>
  Effect.gen(function* () {
    yield* staff
    const books = yield* Books
    for (const actor of [worker, other]) {
      assert.strictEqual(yield* tagOf(books.shuffles(actor, {})), "NotAllowed")
    }
    assert.strictEqual(yield* tagOf(books.shuffles(manager, { from: "yesterday" as never })), "InvalidInput")
  }).pipe(Effect.provide(company))
)

it.effect("a shuffle that leaves all tasks where they are costs nothing", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    yield* tasks.create(worker, roofAndDoor)
    yield* tasks.shuffle(manager)
    yield* settle
    assert.deepStrictEqual(yield* costs(), [[1, "2026-11-23", "max", "Max", 0, 0n]])
  }).pipe(
    Effect.provide(
      layer().pipe(
        Layer.provide([flatPrices, Layer.succeed(Assignment.ChooseAssignee, ({ candidates }) => candidates[0]!)])
      )
    )
  )
)

it.effect("a fee that is corrected later does not change what its shuffle cost", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    yield* tasks.create(worker, roofAndDoor)
    yield* tasks.shuffle(manager)
    yield* settle
    const books = yield* Books
    const { rows } = yield* books.transfers(accountant, {})
    yield* (yield* Billing).correct(accountant, { transfer: rows.at(-1)!.number, reason: "a slip" })
    assert.deepStrictEqual(yield* costs(), [[1, "2026-11-23", "max", "Max", 2, 20_00n]])
    assert.strictEqual((yield* books.preview(accountant)).totals.fees, 30_00n)
    assert.strictEqual((yield* books.verify(accountant)).difference, null)
  }).pipe(Effect.provide(company))
)

it.effect("shuffles and other commands of one moment are kept apart", () =>
  Effect.gen(function* () {
    yield* staff
    const tasks = yield* Tasks
    yield* tasks.create(worker, roofAndDoor)
    yield* Effect.all(
      [
        tasks.shuffle(manager),
        tasks.create(worker, [{ id: "wall", title: "Look after the wall" }]),
        tasks.shuffle(admin),
        tasks.edit(manager, { id: "roof", title: "Mend the whole roof" }),
        tasks.shuffle(accountant)
      ],
      { concurrency: "unbounded" }
    )
    yield* settle
    const found = yield* costs()
    assert.deepStrictEqual(
      found.map(([, , askedBy, , reassigned, fees]) => [askedBy, fees === BigInt(Number(reassigned)) * 10_00n]),
      [
        ["max", true],
        ["ann", true],
        ["acc", true]
      ]
    )
    const { totals } = yield* (yield* Books).preview(accountant)
    const charged = found.reduce((sum, [, , , , , fees]) => sum + (fees as bigint), 0n)
    assert.strictEqual(totals.fees, charged + 30_00n, "the rest are the fees of three new tasks")
    assert.strictEqual((yield* (yield* BillingStore).head).shuffle, null)
  }).pipe(Effect.provide(company))
)
