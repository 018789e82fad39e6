import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { call, create, endDays, layer, settle, staff, toDay, twoDays, type Json, usd } from "../support/books.ts"

it.effect("closed periods are listed by date, with their totals and seals", () =>
  Effect.gen(function* () {
    yield* twoDays
    const first = yield* call("acc", "/v1/billing/periods?limit=1")
    const second = yield* call("acc", `/v1/billing/periods?limit=1&cursor=${first.body.nextCursor}`)
    const [monday, tuesday] = [first.body.data[0], second.body.data[0]]
    assert.deepStrictEqual([first.body.hasMore, second.body.hasMore], [true, false])
    assert.deepInclude(monday, {
      period: "2026-11-23",
      totals: {
        tasksCreated: 3,
        assigned: 3,
        done: 1,
        transfers: 5,
        fees: usd(3000),
        awards: usd(3000),
        payouts: usd(1000)
      },
      earnings: usd(0),
      inTheRed: 1,
      topTask: { id: "roof", title: "Mend the roof", total: usd(3000) },
      previousSeal: "0".repeat(64),
      closedAt: "2026-11-24T12:00:00.000Z"
    })
    assert.strictEqual(tuesday.previousSeal, monday.seal)
    assert.deepStrictEqual(tuesday.earnings, usd(-3000))
    const ranged = yield* call("acc", "/v1/billing/periods?from=2026-11-24")
    assert.deepStrictEqual(ranged.body.data, [tuesday])
  }).pipe(Effect.provide(layer()))
)

it.effect("a closed period has a tag, and is not sent again to who has it", () =>
  Effect.gen(function* () {
    yield* twoDays
    const path = "/v1/billing/periods/2026-11-23"
    const found = yield* call("acc", path)
    const etag = found.headers.get("etag")!
    assert.match(etag, /^"[0-9a-f]{32}"$/u)
    const again = yield* call("acc", path, { headers: { "if-none-match": etag } })
    assert.deepStrictEqual([again.status, again.text, again.headers.get("etag")], [304, "", etag])
    const other = yield* call("acc", path, { headers: { "if-none-match": '"other"' } })
    assert.deepStrictEqual([other.status, other.body], [200, found.body])
    const open = yield* call("acc", "/v1/billing/periods/2026-11-25")
    assert.deepStrictEqual(
      [open.status, open.body.type, open.body.period],
      [404, "urn:popug:problem:period-not-found", "2026-11-25"]
    )
    const never = yield* call("acc", "/v1/billing/periods/2026-02-30")
    assert.strictEqual(never.status, 400)
  }).pipe(Effect.provide(layer()))
)

it.effect("the open period can be looked at before its close, by its date or as the current one", () =>
  Effect.gen(function* () {
    yield* twoDays
    const current = yield* call("acc", "/v1/billing/periods/current/preview")
    assert.deepInclude(current.body, {
      period: "2026-11-25",
      earnings: usd(1000),
      topTask: null,
      inTheRed: 2,
      awaiting: null,
      clear: true
    })
    assert.deepInclude(current.body.totals, { tasksCreated: 1, fees: usd(1000), awards: usd(0) })
    assert.deepStrictEqual(
      current.body.streams.map(({ behind, consumer }: Json) => [consumer, behind]),
      [
        ["billing", 0],
        ["billing.users", 0]
      ]
    )
    assert.deepStrictEqual((yield* call("acc", "/v1/billing/periods/2026-11-25/preview")).body, current.body)
    const closed = yield* call("acc", "/v1/billing/periods/2026-11-24/preview")
    assert.deepStrictEqual(
      [closed.status, closed.body.type, closed.body.period],
      [409, "urn:popug:problem:period-already-closed", "2026-11-24"]
    )
    for (const date of ["2026-11-26", "2026-11-22"]) {
      const missing = yield* call("acc", `/v1/billing/periods/${date}/preview`)
      assert.deepStrictEqual([missing.status, missing.body.type], [404, "urn:popug:problem:period-not-found"])
    }
  }).pipe(Effect.provide(layer()))
)

it.effect("the current period of a company without events can be looked at", () =>
  Effect.gen(function* () {
    yield* staff
    const current = yield* call("acc", "/v1/billing/periods/current/preview")
    assert.deepInclude(current.body, { period: null, earnings: usd(0), topTask: null, inTheRed: 0 })
  }).pipe(Effect.provide(layer()))
)

it.effect("the trial balance is zero", () =>
  Effect.gen(function* () {
    yield* twoDays
    const { body } = yield* call("acc", "/v1/billing/trial-balance")
    assert.deepStrictEqual(body, {
      popugs: usd(-2000),
      fees: usd(5000),
      awards: usd(-7000),
      cash: usd(4000),
      total: usd(0),
      inTheRed: 2
    })
  }).pipe(Effect.provide(layer()))
)

it.effect("the books are proven, from the start or from a seal", () =>
  Effect.gen(function* () {
    yield* twoDays
    const whole = yield* call("acc", "/v1/billing/verification")
    assert.deepInclude(whole.body, { periods: 2, transfers: 9, difference: null })
    const rest = yield* call("acc", "/v1/billing/verification?after=2026-11-23")
    assert.deepInclude(rest.body, { periods: 1, difference: null })
    assert.deepStrictEqual(
      whole.body.contexts,
      ["users", "tasks", "billing", "reports", "consumers"].map((context) => ({ context, difference: null }))
    )
    const { seal } = (yield* call("acc", "/v1/billing/periods/2026-11-24")).body
    const kept = yield* call("acc", `/v1/billing/verification?seal=${seal}`)
    assert.isNull(kept.body.difference)
    const other = yield* call("acc", `/v1/billing/verification?seal=${"e".repeat(64)}`)
    assert.strictEqual(other.body.difference.place, "the seal kept elsewhere")
    const unsealed = yield* call("acc", "/v1/billing/verification?after=2026-11-25")
    assert.deepStrictEqual(unsealed.body.difference, {
      place: "period 2026-11-25",
      expected: "closed",
      found: "not closed"
    })
  }).pipe(Effect.provide(layer()))
)

it.effect("an accountant corrects a transfer once, and the same request again gets the same answer", () =>
  Effect.gen(function* () {
    yield* twoDays
    const correct = (as: string, transfer: number, key?: string) =>
      call(as, "/v1/billing/corrections", {
        method: "POST",
        headers: key === undefined ? {} : { "idempotency-key": key },
        body: { transfer, reason: "it was raining" }
      })
    const made = yield* correct("acc", 9, "k1")
    assert.deepStrictEqual([made.status, made.body], [201, { transfer: 10 }])
    assert.deepStrictEqual((yield* correct("acc", 9, "k1")).body, { transfer: 10 })
    assert.deepStrictEqual((yield* call("olga", "/v1/billing/accounts/me")).body.balance, usd(0))
    const log = yield* call("olga", "/v1/billing/audit-log?owner=me&from=2026-11-25")
    assert.deepInclude(log.body.data[1], { amount: usd(1000), corrects: 9, reason: "it was raining" })

    const conflict = yield* correct("acc", 8, "k1")
    assert.deepStrictEqual([conflict.status, conflict.body.type], [422, "urn:popug:problem:command-conflict"])
    const twice = yield* correct("acc", 9)
    assert.strictEqual(twice.status, 409)
    assert.deepInclude(twice.body, { type: "urn:popug:problem:already-corrected", number: 9, correction: 10 })
    const missing = yield* correct("acc", 99)
    assert.deepStrictEqual([missing.status, missing.body.number], [404, 99])
    yield* correct("acc", 10)
    const final = yield* correct("acc", 11)
    assert.deepStrictEqual([final.status, final.body.type], [409, "urn:popug:problem:undo-is-final"])
    for (const as of ["ann", "max", "olga"]) {
      const refused = yield* correct(as, 7)
      assert.deepStrictEqual([as, refused.status, refused.body.action], [as, 403, "correct a transfer"])
    }
  }).pipe(Effect.provide(layer()))
)

it.effect("a company that closes by hand is closed when told", () =>
  Effect.gen(function* () {
    yield* staff
    yield* create({ roof: "Mend the roof" })
    const close = (as: string, period: string) => call(as, `/v1/billing/periods/${period}/close`, { method: "POST" })
    const early = yield* close("acc", "2026-11-23")
    assert.deepStrictEqual([early.status, early.body.type], [409, "urn:popug:problem:period-not-complete"])
    yield* toDay(1)
    yield* endDays
    const preview = yield* call("acc", "/v1/billing/periods/2026-11-23/preview")
    assert.deepInclude(preview.body, { period: "2026-11-23", awaiting: "2026-11-23" })
    const refused = yield* close("max", "2026-11-23")
    assert.deepStrictEqual([refused.status, refused.body.action], [403, "close a period"])
    const closed = yield* close("acc", "2026-11-23")
    assert.deepStrictEqual([closed.status, closed.body], [200, { period: "2026-11-23" }])
    yield* settle
    assert.strictEqual((yield* call("acc", "/v1/billing/periods/2026-11-23")).body.inTheRed, 1)
    const again = yield* close("ann", "2026-11-23")
    assert.deepStrictEqual([again.status, again.body.type], [409, "urn:popug:problem:period-already-closed"])
  }).pipe(Effect.provide(layer({ closing: "by-hand" })))
)
