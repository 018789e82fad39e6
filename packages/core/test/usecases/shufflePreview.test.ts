/** What a shuffle can cost at most, before it is asked for. */
import { assert, it } from "@effect/vitest"
import { Actor, Assignment, Books, Pricing, Shuffling, Tasks, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { admin, layer, manager, settle, staff, tagOf, worker } from "./support.ts"

/** Each task costs what its id says. */
const prices = Layer.succeed(Pricing.Pricing, ({ task }) => ({ fee: BigInt(task.id.slice(1)), award: 3000n }))
const onOlga = Layer.succeed(
  Assignment.ChooseAssignee,
  ({ candidates }) => candidates.find((id) => id === "olga") ?? candidates[0]!
)
const company = layer().pipe(Layer.provide([prices, onOlga]))

const create = (...ids: ReadonlyArray<string>) =>
  Effect.flatMap(Tasks, (tasks) =>
    tasks.create(
      Actor.system,
      ids.map((id) => ({ id, title: id }))
    )
  )
const preview = Effect.flatMap(Shuffling, (shuffling) => shuffling.preview(manager))
const leave = (id: string) =>
  Effect.flatMap(Users, (users) => Effect.andThen(users.update(admin, { id, status: "deactivated" }), settle))

it.effect("where there is a choice every open task can move, for its fee", () =>
  Effect.gen(function* () {
    yield* staff
    assert.deepStrictEqual(yield* preview, { open: 0, looked: 0, movable: 0, fees: 0n, unpriced: 0 })
    yield* create("t1", "t20", "t300")
    yield* settle
    yield* (yield* Tasks).complete(Actor.system, "t20")
    assert.deepStrictEqual(yield* preview, { open: 2, looked: 2, movable: 2, fees: 301n, unpriced: 0 })
    // Billing has not heard of it.
    yield* create("t4000")
    assert.deepStrictEqual(yield* preview, { open: 3, looked: 3, movable: 3, fees: 301n, unpriced: 1 })
    yield* settle
    const told = yield* preview
    assert.deepStrictEqual(told, { open: 3, looked: 3, movable: 3, fees: 4301n, unpriced: 0 })
    yield* (yield* Tasks).shuffle(manager)
    yield* settle
    const { rows } = yield* (yield* Books).shuffles(manager, {})
    assert.isTrue(rows[0]!.reassigned <= told.movable && rows[0]!.fees <= told.fees)
  }).pipe(Effect.provide(company))
)

it.effect("with one who is eligible, or with nobody, nothing can move", () =>
  Effect.gen(function* () {
    yield* staff
    yield* create("t1", "t20")
    yield* (yield* Tasks).assign(manager, "t20", "will")
    yield* settle
    yield* leave("will")
    // The tasks of whoever leaves fall on those who stay.
    assert.deepStrictEqual(yield* preview, { open: 2, looked: 2, movable: 0, fees: 0n, unpriced: 0 })
    yield* leave("olga")
    assert.deepStrictEqual(yield* preview, { open: 2, looked: 2, movable: 0, fees: 0n, unpriced: 0 })
    yield* (yield* Users).create(admin, [{ id: "nina", name: "New", roles: ["worker"] }])
    yield* settle
    assert.strictEqual((yield* preview).movable, 0)
    yield* (yield* Tasks).shuffle(manager)
    assert.strictEqual((yield* preview).movable, 0)
  }).pipe(Effect.provide(company))
)

it.effect("where the same person is charged again, one is enough", () =>
  Effect.gen(function* () {
    yield* staff
    yield* create("t1", "t20")
    yield* settle
    yield* leave("will")
    assert.deepStrictEqual(yield* preview, { open: 2, looked: 2, movable: 2, fees: 21n, unpriced: 0 })
  }).pipe(Effect.provide(company.pipe(Layer.provide(Layer.succeed(Assignment.RepeatedAssignee, "assign-again")))))
)

it.effect("of very many it looks at the oldest, and says at how many", () =>
  Effect.gen(function* () {
    yield* staff
    for (let from = 100_000; from < 112_000; from += 1_000) {
      yield* create(...Array.from({ length: 1_000 }, (_, index) => `t${from + index}`))
    }
    yield* settle
    assert.deepStrictEqual(yield* preview, {
      open: 12_000,
      looked: 10_000,
      movable: 10_000,
      fees: (10_000n * (100_000n + 109_999n)) / 2n,
      unpriced: 0
    })
  }).pipe(Effect.provide(company))
)

it.effect("it is for whoever may shuffle", () =>
  Effect.gen(function* () {
    yield* staff
    const shuffling = yield* Shuffling
    for (const actor of [manager, admin, Actor.system]) yield* shuffling.preview(actor)
    assert.strictEqual(yield* tagOf(shuffling.preview(worker)), "NotAllowed")
    yield* (yield* Users).create(admin, [{ id: "ada", name: "Ada", roles: ["accountant"] }])
    assert.strictEqual(yield* tagOf(shuffling.preview(Actor.user("ada"))), "NotAllowed")
    assert.strictEqual(yield* tagOf(shuffling.preview(Actor.user("ghost"))), "UnknownActor")
  }).pipe(Effect.provide(company))
)
