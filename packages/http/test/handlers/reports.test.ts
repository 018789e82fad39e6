import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { call, complete, create, endDays, layer, staff, toDay, twoDays, type Json, usd } from "../support/books.ts"

it.effect("management sees the earnings by day", () =>
  Effect.gen(function* () {
    yield* twoDays
    const first = yield* call("ann", "/v1/reports/daily?limit=1")
    const second = yield* call("ann", `/v1/reports/daily?limit=1&cursor=${first.body.nextCursor}`)
    assert.deepStrictEqual([first.body.hasMore, second.body.hasMore, second.body.nextCursor], [true, false, null])
    const { seal, ...monday } = first.body.data[0]
    assert.match(seal, /^[0-9a-f]{64}$/u)
    assert.deepStrictEqual(monday, {
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
      topTask: { id: "roof", title: "Mend the roof", total: usd(3000) }
    })
    assert.deepInclude(second.body.data[0], { period: "2026-11-24", earnings: usd(-3000) })
    const ranged = yield* call("ann", "/v1/reports/daily?to=2026-11-23")
    assert.deepStrictEqual(ranged.body.data, first.body.data)
  }).pipe(Effect.provide(layer()))
)

it.effect("the report of a closed day has a tag, and is not sent again to who has it", () =>
  Effect.gen(function* () {
    yield* twoDays
    const found = yield* call("ann", "/v1/reports/daily/2026-11-24")
    assert.deepInclude(found.body, { period: "2026-11-24", earnings: usd(-3000), inTheRed: 1 })
    const etag = found.headers.get("etag")!
    const again = yield* call("ann", "/v1/reports/daily/2026-11-24", { headers: { "if-none-match": `W/${etag}` } })
    assert.deepStrictEqual([again.status, again.text, again.headers.get("etag")], [304, "", etag])
    const open = yield* call("ann", "/v1/reports/daily/2026-11-25")
    assert.deepStrictEqual([open.status, open.body.type], [404, "urn:popug:problem:period-not-found"])
  }).pipe(Effect.provide(layer()))
)

it.effect("the balance by popug is listed for a closed period and for the open one", () =>
  Effect.gen(function* () {
    yield* twoDays
    const path = "/v1/reports/balances?period=2026-11-23&limit=1"
    const first = yield* call("acc", path)
    assert.deepStrictEqual(first.body.data, [
      {
        owner: "olga",
        name: "Olga",
        period: "2026-11-23",
        opening: usd(0),
        fees: usd(2000),
        awards: usd(3000),
        payouts: usd(1000),
        closing: usd(0)
      }
    ])
    const second = yield* call("acc", `${path}&cursor=${first.body.nextCursor}`)
    assert.deepStrictEqual(second.body.data[0], {
      owner: "will",
      name: '=Will, "the 2nd"',
      period: "2026-11-23",
      opening: usd(0),
      fees: usd(1000),
      awards: usd(0),
      payouts: usd(0),
      closing: usd(-1000)
    })
    assert.deepStrictEqual([first.body.hasMore, second.body.hasMore], [true, false])

    yield* create({ "will.fence": "Mend the fence" })
    const open = yield* call("acc", "/v1/reports/balances?period=2026-11-25")
    assert.deepStrictEqual(
      open.body.data.map(({ closing, opening, owner }: Json) => [owner, opening.amount, closing.amount]),
      [
        ["olga", "0", "-1000"],
        ["will", "-1000", "-2000"]
      ]
    )
    assert.deepStrictEqual((yield* call("acc", "/v1/reports/balances?period=2026-12-24")).body.data, [])
  }).pipe(Effect.provide(layer()))
)

it.effect("the total balance is what all popugs together are owed", () =>
  Effect.gen(function* () {
    yield* twoDays
    const { body } = yield* call("acc", "/v1/reports/balance")
    assert.deepStrictEqual(body, { total: usd(-2000), inTheRed: 2 })
  }).pipe(Effect.provide(layer()))
)

it.effect("the top task is that of a day, a week, a month or a range", () =>
  Effect.gen(function* () {
    yield* twoDays
    const top = (query: string) => Effect.map(call("ann", `/v1/reports/top-task${query}`), ({ body }) => body)
    const roof = { id: "roof", title: "Mend the roof", total: usd(3000) }
    const gold = { id: "gold", title: "Bring the gold", total: usd(4000) }
    const today = { from: "2026-11-25", to: "2026-11-25" }
    assert.deepStrictEqual(yield* top(""), { ...today, topTask: null })
    yield* complete("lamp")
    const lamp = { id: "lamp", title: "@home: hang the lamp", total: usd(3000) }
    assert.deepStrictEqual(yield* top(""), { ...today, topTask: lamp })
    assert.deepStrictEqual(yield* top("?span=day"), { ...today, topTask: lamp })
    const week = { from: "2026-11-23", to: "2026-11-29" }
    assert.deepStrictEqual(yield* top("?span=week"), { ...week, topTask: gold })
    assert.deepStrictEqual(yield* top("?span=week&date=2026-11-29"), { ...week, topTask: gold })
    assert.deepStrictEqual(yield* top("?span=month"), { from: "2026-11-01", to: "2026-11-30", topTask: gold })
    assert.deepStrictEqual(yield* top("?span=month&date=2028-02-10"), {
      from: "2028-02-01",
      to: "2028-02-29",
      topTask: null
    })
    assert.deepStrictEqual(yield* top("?date=2026-11-23"), { from: "2026-11-23", to: "2026-11-23", topTask: roof })
    assert.deepStrictEqual(yield* top("?from=2026-11-20&to=2026-11-23"), {
      from: "2026-11-20",
      to: "2026-11-23",
      topTask: roof
    })
  }).pipe(Effect.provide(layer()))
)

it.effect("a top task is asked for by a range or by a span, whole and not both", () =>
  Effect.gen(function* () {
    yield* staff
    const queries = [
      "?from=2026-11-23",
      "?to=2026-11-23",
      "?from=2026-11-23&span=week",
      "?from=2026-11-23&to=2026-11-24&date=2026-11-23",
      "?from=2026-11-24&to=2026-11-23",
      "?span=year",
      "?date=today",
      "?day=2026-11-23"
    ]
    for (const query of queries) {
      const refused = yield* call("ann", `/v1/reports/top-task${query}`)
      assert.deepStrictEqual([query, refused.status], [query, 400])
      assert.strictEqual(refused.headers.get("content-type"), "application/problem+json")
    }
    const mixed = yield* call("ann", "/v1/reports/top-task?from=2026-11-23&span=week")
    assert.deepInclude(mixed.body, { type: "urn:popug:problem:invalid-input", status: 400 })
  }).pipe(Effect.provide(layer()))
)

it.effect("today is the company's, not the server's", () =>
  Effect.gen(function* () {
    yield* staff
    yield* create({ roof: "Mend the roof" })
    yield* complete("roof")
    // Noon in UTC is still Sunday before the cutoff in Honolulu, at 02:00.
    const { body } = yield* call("ann", "/v1/reports/top-task")
    assert.deepInclude(body, { from: "2026-11-22", to: "2026-11-22" })
    assert.strictEqual(body.topTask.id, "roof")
  }).pipe(Effect.provide(layer({ timeZone: "Pacific/Honolulu", cutoff: "03:00" })))
)

it.effect("today is the day that tasks fall into, whatever the process's clock shows", () =>
  Effect.gen(function* () {
    yield* staff
    yield* create({ roof: "Mend the roof" })
    yield* complete("roof")
    // Nobody has ended the day, nor has the store's clock: only this process is ahead.
    yield* toDay(40)
    const { body } = yield* call("ann", "/v1/reports/top-task")
    assert.deepInclude(body, { from: "2026-11-23", to: "2026-11-23" })
    assert.strictEqual(body.topTask.id, "roof")
  }).pipe(Effect.provide(layer()))
)

it.effect("a day without tasks is reported as well", () =>
  Effect.gen(function* () {
    yield* staff
    yield* create({ roof: "Mend the roof" })
    yield* toDay(3)
    yield* endDays
    const { body } = yield* call("ann", "/v1/reports/daily?from=2026-11-24")
    assert.deepStrictEqual(
      body.data.map(({ earnings, inTheRed, period, topTask }: Json) => [period, earnings.amount, inTheRed, topTask]),
      [
        ["2026-11-24", "0", 1, null],
        ["2026-11-25", "0", 1, null]
      ]
    )
  }).pipe(Effect.provide(layer()))
)

it.effect("reports are for admins, and balances for accountants besides", () =>
  Effect.gen(function* () {
    yield* twoDays
    const analytics = ["daily", "daily/2026-11-23", "top-task"]
    const books = ["balances?period=2026-11-23", "balance"]
    for (const path of [...analytics, ...books]) {
      assert.deepStrictEqual([path, (yield* call("ann", `/v1/reports/${path}`)).status], [path, 200])
      for (const as of ["olga", "max"]) {
        const refused = yield* call(as, `/v1/reports/${path}`)
        assert.deepStrictEqual([path, refused.status, refused.body.type], [path, 403, "urn:popug:problem:not-allowed"])
      }
      const unnamed = yield* call(null, `/v1/reports/${path}`)
      assert.deepStrictEqual([path, unnamed.status], [path, 401])
    }
    for (const path of analytics) assert.strictEqual((yield* call("acc", `/v1/reports/${path}`)).status, 403)
    for (const path of books) assert.strictEqual((yield* call("acc", `/v1/reports/${path}`)).status, 200)
  }).pipe(Effect.provide(layer()))
)

it.effect("a cursor that is not one of ours is refused", () =>
  Effect.gen(function* () {
    yield* staff
    const text = Buffer.from("yesterday").toString("base64url")
    const queries = [
      `daily?cursor=${text}`,
      "daily?cursor=%00",
      "daily?limit=1000",
      "balances?period=2026-11-23&cursor=%00",
      `balances?period=2026-11-23&cursor=${Buffer.from("no id").toString("base64url")}`,
      "balances"
    ]
    for (const query of queries) {
      const refused = yield* call("ann", `/v1/reports/${query}`)
      assert.deepStrictEqual([query, refused.status], [query, 400])
    }
  }).pipe(Effect.provide(layer()))
)
