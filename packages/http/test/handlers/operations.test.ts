import { assert, it } from "@effect/vitest"
import { type Envelope, EventBus, EventLog, Notifier, Reports } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { call, complete, create, endDays, layer, settle, staff, toDay, twoDays, type Json } from "../support/books.ts"

/** Memory whose log of tasks' events can lose one, under a bus that carries nothing. */
const losing = (loss: { number: number | null }) =>
  Layer.effect(
    EventLog,
    Effect.map(EventLog, (log) => ({
      ...log,
      read: (source: Envelope.Source, after: number, limit: number) =>
        Effect.map(log.read(source, after, limit), (events) =>
          source === "tasks" ? events.filter(({ number }) => number !== loss.number) : events
        )
    }))
  ).pipe(Layer.merge(EventBus.layerNone), Layer.provideMerge(Memory.layer))

const resume = (as: string | null, consumer: string, body: unknown = {}, headers: Record<string, string> = {}) =>
  call(as, `/v1/operations/streams/${consumer}/resume`, { method: "POST", body, headers })

const stopped = Effect.gen(function* () {
  yield* staff
  yield* create({ roof: "Mend the roof" })
  yield* complete("roof")
})

it.effect("the streams show how far they are", () =>
  Effect.gen(function* () {
    yield* twoDays
    const { body } = yield* call("ann", "/v1/operations/streams")
    assert.deepStrictEqual(
      body.data.map(({ behind, consumer, source, stopped }: Json) => [consumer, source, behind, stopped]),
      [
        ["tasks", "users", 0, null],
        ["billing", "tasks", 0, null],
        ["billing.users", "users", 0, null],
        ["reports", "billing", 0, null]
      ]
    )
  }).pipe(Effect.provide(layer()))
)

it.effect("a stopped stream says why, and goes on when it is told to", () => {
  const loss: { number: number | null } = { number: 2 }
  return Effect.gen(function* () {
    yield* stopped
    const billing = Effect.map(call("ann", "/v1/operations/streams"), ({ body }) =>
      body.data.find(({ consumer }: Json) => consumer === "billing")
    )
    const before = yield* billing
    assert.deepInclude(before, { source: "tasks", number: 1, behind: 2 })
    assert.deepInclude(before.stopped, { reason: "Gap", number: 2 })
    const preview = yield* call("acc", "/v1/billing/periods/current/preview")
    assert.strictEqual(preview.body.clear, false)
    assert.deepInclude(preview.body.streams[0].stopped, { reason: "Gap" })

    loss.number = null
    const resumed = yield* resume("ann", "billing", {}, { "idempotency-key": "go" })
    assert.deepStrictEqual([resumed.status, resumed.text], [204, ""])
    yield* settle
    assert.deepInclude(yield* billing, { number: 3, behind: 0, stopped: null })
    assert.strictEqual((yield* call("olga", "/v1/billing/accounts/me")).body.balance.amount, "2000")
    // The same request again has the same answer; a new one finds nothing stopped.
    assert.strictEqual((yield* resume("ann", "billing", {}, { "idempotency-key": "go" })).status, 204)
    const again = yield* resume("ann", "billing")
    assert.deepStrictEqual(
      [again.status, again.body.type, again.body.consumer],
      [409, "urn:popug:problem:stream-not-stopped", "billing"]
    )
  }).pipe(Effect.provide(layer({}, losing(loss))))
})

it.effect("what can't be had again is skipped, and the skip is recorded", () =>
  Effect.gen(function* () {
    yield* stopped
    const beyond = yield* resume("ann", "billing", { skip: { through: 99, reason: "lost" } })
    assert.deepStrictEqual(
      [beyond.status, beyond.body.type, beyond.body.number],
      [409, "urn:popug:problem:not-skippable", 99]
    )
    const skipped = yield* resume("ann", "billing", { skip: { through: 2, reason: "lost in the fire" } })
    assert.strictEqual(skipped.status, 204)
    yield* settle
    // The assignment was passed over, the award was not.
    assert.strictEqual((yield* call("olga", "/v1/billing/accounts/me")).body.balance.amount, "3000")
    const log = yield* EventLog
    assert.deepInclude((yield* log.read("billing", 0, 1))[0]!.data as object, {
      first: 2,
      last: 2,
      reason: "lost in the fire"
    })
  }).pipe(Effect.provide(layer({}, losing({ number: 2 }))))
)

it.effect("a consumer that is not there or not stopped can't be resumed", () =>
  Effect.gen(function* () {
    yield* staff
    const unknown = yield* resume("ann", "mirror")
    assert.deepStrictEqual(
      [unknown.status, unknown.body.type, unknown.body.consumer],
      [404, "urn:popug:problem:unknown-consumer", "mirror"]
    )
    for (const consumer of ["tasks", "billing", "billing.users", "reports"]) {
      const running = yield* resume("ann", consumer)
      assert.deepStrictEqual([running.status, running.body.type], [409, "urn:popug:problem:stream-not-stopped"])
    }
    const skip = yield* resume("ann", "reports", { skip: { through: 1, reason: "no" } })
    assert.deepStrictEqual([skip.status, skip.body.type], [409, "urn:popug:problem:not-skippable"])
    for (const body of [{ skip: {} }, { skip: { through: -1, reason: "no" } }, { leap: true }]) {
      assert.strictEqual((yield* resume("ann", "billing", body)).status, 400)
    }
  }).pipe(Effect.provide(layer()))
)

/** Sends everything but payouts, which the mail server refuses. */
const refusing = Layer.succeed(Notifier, {
  send: (notices) => Effect.succeed(notices.map((notice) => (notice._tag === "Payout" ? "550 no such mailbox" : null)))
})

it.effect("notices show what was sent, and what failed so far", () =>
  Effect.gen(function* () {
    yield* staff
    yield* create({ roof: "Mend the roof" })
    yield* complete("roof")
    yield* toDay(1)
    yield* endDays
    const list = (query = "") => Effect.map(call("ann", `/v1/operations/notices${query}`), ({ body }) => body)
    assert.deepStrictEqual((yield* list()).data[0], {
      id: "audit.2026-11-23",
      kind: "Audit",
      period: "2026-11-23",
      status: "pending",
      attempts: 0,
      dueAt: "2026-11-24T12:00:00.000Z",
      lastError: null
    })
    const reports = yield* Reports
    yield* reports.dispatch
    assert.deepStrictEqual(
      (yield* list()).data.map(({ attempts, id, kind, status }: Json) => [id, kind, status, attempts]),
      [
        ["audit.2026-11-23", "Audit", "sent", 1],
        ["payout.2026-11-23.olga", "Payout", "pending", 1],
        ["report.2026-11-23", "Report", "sent", 1]
      ]
    )
    const failed = yield* list("?failed=true")
    assert.deepStrictEqual(failed.data, [
      {
        id: "payout.2026-11-23.olga",
        kind: "Payout",
        period: "2026-11-23",
        status: "pending",
        attempts: 1,
        dueAt: "2026-11-24T12:00:01.000Z",
        lastError: "550 no such mailbox"
      }
    ])
    assert.deepStrictEqual((yield* list("?status=pending")).data, failed.data)
    assert.deepStrictEqual((yield* list("?status=sent&failed=true")).data, [])

    const first = yield* list("?limit=2")
    const second = yield* list(`?limit=2&cursor=${first.nextCursor}`)
    assert.deepStrictEqual([...first.data, ...second.data], (yield* list()).data)
    assert.deepStrictEqual([first.hasMore, second.hasMore, second.nextCursor], [true, false, null])
    for (const query of ["?status=lost", "?failed=maybe", "?cursor=%00", "?limit=0"]) {
      assert.strictEqual((yield* call("ann", `/v1/operations/notices${query}`)).status, 400)
    }
  }).pipe(Effect.provide(layer({}, Memory.layer, refusing)))
)

it.effect("operations are for admins", () =>
  Effect.gen(function* () {
    yield* staff
    for (const as of ["acc", "max", "olga"]) {
      const answers = [
        yield* call(as, "/v1/operations/streams"),
        yield* call(as, "/v1/operations/notices"),
        yield* resume(as, "billing")
      ]
      for (const { body, status } of answers) {
        assert.deepStrictEqual([as, status, body.action], [as, 403, "operate the streams"])
      }
    }
    assert.strictEqual((yield* call(null, "/v1/operations/streams")).status, 401)
    assert.strictEqual((yield* resume(null, "billing")).status, 401)
  }).pipe(Effect.provide(layer()))
)
