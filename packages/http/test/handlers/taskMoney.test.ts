/** What a task costs, what was booked for it, and how balances are distributed, over the wire. */
import { assert, it } from "@effect/vitest"
import { Actor, Billing, Tasks } from "@popug/core"
import * as Effect from "effect/Effect"
import { call, create, type Json, layer, settle, staff, usd } from "../support/books.ts"

const history = Effect.gen(function* () {
  yield* staff
  yield* create({ olga: "Mend the roof", "will.1": "Paint the door" })
  yield* (yield* Tasks).assign(Actor.user("max"), "olga", "will")
  yield* settle
  yield* (yield* Billing).correct(Actor.user("acc"), { transfer: 1, reason: "not hers" })
})

it.effect("an accountant reads all that was booked for a task, and a popug what was booked on them", () =>
  Effect.gen(function* () {
    yield* history
    const all = yield* call("acc", "/v1/billing/audit-log?task=olga")
    assert.deepStrictEqual(
      all.body.data.map(({ amount, corrected, owner, transfer }: Json) => [
        transfer,
        owner,
        amount,
        corrected && [corrected.transfer, corrected.period, corrected.amount]
      ]),
      [
        [1, "olga", usd(-1000), null],
        [3, "will", usd(-1000), null],
        [4, "olga", usd(1000), [1, "2026-11-23", usd(-1000)]]
      ]
    )
    const first = yield* call("acc", "/v1/billing/audit-log?task=olga&limit=2")
    const rest = yield* call("acc", `/v1/billing/audit-log?task=olga&limit=2&cursor=${first.body.nextCursor}`)
    assert.deepStrictEqual([...first.body.data, ...rest.body.data], all.body.data)
    const own = yield* call("will", "/v1/billing/audit-log?task=olga&owner=me")
    assert.deepStrictEqual(own.body.data, [all.body.data[1]])
    assert.strictEqual((yield* call("will", "/v1/billing/audit-log?task=olga")).status, 403)
  }).pipe(Effect.provide(layer()))
)

it.effect("whoever has a task knows what it costs and earns, and nobody else who is no accountant or admin", () =>
  Effect.gen(function* () {
    yield* history
    const path = "/v1/billing/prices/olga"
    const price = { task: "olga", fee: usd(1000), award: usd(3000) }
    for (const as of ["will", "acc", "ann"]) assert.deepStrictEqual((yield* call(as, path)).body, price, as)
    for (const as of ["olga", "max"]) assert.strictEqual((yield* call(as, path)).status, 403, as)
    const unknown = yield* call("acc", "/v1/billing/prices/nothing")
    assert.deepStrictEqual(unknown.body, { task: "nothing", fee: null, award: null })
  }).pipe(Effect.provide(layer()))
)

it.effect("balances are told in classes of one width, with zero between two of them", () =>
  Effect.gen(function* () {
    yield* staff
    const path = "/v1/reports/balances/distribution"
    assert.deepStrictEqual((yield* call("acc", path)).body, { popugs: 0, lowest: null, highest: null, classes: [] })
    yield* create({ olga: "Mend the roof", will: "Paint the door" })
    yield* (yield* Tasks).complete(Actor.system, "will")
    yield* settle
    const { body } = yield* call("acc", path)
    assert.deepInclude(body, { popugs: 2, lowest: usd(-1000), highest: usd(2000) })
    assert.deepStrictEqual(
      body.classes.filter(({ popugs }: Json) => popugs > 0),
      [
        { from: usd(-1000), below: usd(-800), popugs: 1 },
        { from: usd(2000), below: usd(2200), popugs: 1 }
      ]
    )
  }).pipe(Effect.provide(layer()))
)
