import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { call, create, type Json, layer, staff, twoDays, usd } from "../support/books.ts"

const olga = { owner: "olga", name: "Olga", balance: usd(-1000) }
const will = { owner: "will", name: '=Will, "the 2nd"', balance: usd(-1000) }

it.effect("an accountant sees every account, and whoever is in the red", () =>
  Effect.gen(function* () {
    yield* twoDays
    const all = yield* call("acc", "/v1/billing/accounts")
    assert.strictEqual(all.status, 200)
    assert.deepStrictEqual(all.body, { data: [olga, will], hasMore: false, nextCursor: null })
    yield* create({ "will.fence": "Mend the fence" })
    const red = yield* call("ann", "/v1/billing/accounts?inTheRed=true")
    assert.deepStrictEqual(red.body.data, [olga, { ...will, balance: usd(-2000) }])
  }).pipe(Effect.provide(layer()))
)

it.effect("a popug sees their own account alone", () =>
  Effect.gen(function* () {
    yield* twoDays
    assert.deepStrictEqual((yield* call("olga", "/v1/billing/accounts/me")).body, olga)
    assert.deepStrictEqual((yield* call("olga", "/v1/billing/accounts/olga")).body, olga)
    assert.deepStrictEqual((yield* call("acc", "/v1/billing/accounts/will")).body, will)
    const refused = yield* call("olga", "/v1/billing/accounts/will")
    assert.strictEqual(refused.status, 403)
    assert.strictEqual(refused.headers.get("content-type"), "application/problem+json")
    assert.deepInclude(refused.body, {
      type: "urn:popug:problem:not-allowed",
      status: 403,
      actor: "user:olga",
      action: "see the books",
      detail: "user:olga may not see the books"
    })
  }).pipe(Effect.provide(layer()))
)

it.effect("what only accountants and admins see is refused to popugs and managers, and to nobody known", () =>
  Effect.gen(function* () {
    yield* staff
    const paths = [
      "accounts",
      "accounts/will",
      "accounts/will/statement?from=2026-11-23&to=2026-11-23",
      "audit-log",
      "audit-log?owner=will",
      "transfers",
      "periods",
      "periods/2026-11-23",
      "periods/current/preview",
      "trial-balance",
      "verification",
      "exports/audit-log.csv",
      "exports/audit-log.csv?owner=will",
      "exports/balances.csv?period=2026-11-23",
      "exports/journal.hledger"
    ]
    for (const path of paths) {
      for (const as of ["olga", "max"]) {
        const refused = yield* call(as, `/v1/billing/${path}`)
        assert.deepStrictEqual([path, refused.status, refused.body?.type], [path, 403, "urn:popug:problem:not-allowed"])
      }
      const unknown = yield* call("nobody", `/v1/billing/${path}`)
      assert.deepStrictEqual([path, unknown.body?.type], [path, "urn:popug:problem:unknown-actor"])
      const unnamed = yield* call(null, `/v1/billing/${path}`)
      assert.deepStrictEqual([path, unnamed.status], [path, 401])
    }
  }).pipe(Effect.provide(layer()))
)

it.effect("a statement leads from the opening to the closing balance, in pages", () =>
  Effect.gen(function* () {
    yield* twoDays
    const path = "/v1/billing/accounts/me/statement?from=2026-11-23&to=2026-11-24"
    const whole = yield* call("olga", path)
    assert.deepInclude(whole.body, {
      account: "popug:olga",
      from: "2026-11-23",
      to: "2026-11-24",
      opening: usd(0),
      closing: usd(0),
      hasMore: false,
      nextCursor: null
    })
    assert.deepStrictEqual(
      whole.body.data.map(({ amount, kind, number }: Json) => [number, kind, amount.amount]),
      [
        [1, "fee", "1000"],
        [2, "fee", "1000"],
        [4, "award", "3000"],
        [5, "payout", "1000"],
        [6, "fee", "1000"],
        [7, "award", "4000"],
        [8, "payout", "3000"]
      ]
    )
    assert.deepStrictEqual(whole.body.data[2], {
      number: 4,
      kind: "award",
      debit: "company:awards",
      credit: "popug:olga",
      amount: usd(3000),
      period: "2026-11-23",
      cause: { _tag: "Done", event: 7, task: "roof", title: "Mend the roof" },
      occurredAt: "2026-11-23T12:00:00.000Z",
      recordedAt: "2026-11-23T12:00:00.000Z",
      balance: usd(1000),
      task: { id: "roof", title: "Mend the roof" },
      corrected: null
    })

    const first = yield* call("olga", `${path}&limit=4`)
    assert.strictEqual(first.body.hasMore, true)
    const second = yield* call("olga", `${path}&limit=4&cursor=${first.body.nextCursor}`)
    assert.deepStrictEqual([...first.body.data, ...second.body.data], whole.body.data)
    assert.deepInclude(second.body, { hasMore: false, nextCursor: null, opening: usd(0), closing: usd(0) })

    const carried = yield* call("acc", "/v1/billing/accounts/will/statement?from=2026-11-24&to=2026-11-25")
    assert.deepInclude(carried.body, { opening: usd(-1000), closing: usd(-1000), data: [] })
    const half = yield* call("olga", "/v1/billing/accounts/me/statement?from=2026-11-23")
    assert.strictEqual(half.status, 400)
    const reversed = yield* call("olga", "/v1/billing/accounts/me/statement?from=2026-11-24&to=2026-11-23")
    assert.deepInclude(reversed.body, { type: "urn:popug:problem:invalid-input", status: 400 })
    assert.match(reversed.body.detail, /from must not be after to/u)
  }).pipe(Effect.provide(layer()))
)

it.effect("a statement and the logs are read from the end, and for one kind", () =>
  Effect.gen(function* () {
    yield* twoDays
    const statement = "/v1/billing/accounts/me/statement?from=2026-11-23&to=2026-11-24"
    const read = Effect.fnUntraced(function* (as: string, path: string) {
      const rows: Array<Json> = []
      let cursor = ""
      for (let more = true; more;) {
        const { body } = yield* call(as, `${path}&limit=2${cursor}`)
        rows.push(...body.data)
        cursor = `&cursor=${body.nextCursor}`
        more = body.hasMore
      }
      return rows
    })
    const whole = yield* call("olga", statement)
    assert.deepStrictEqual(whole.body.totals, { fees: usd(3000), awards: usd(7000), payouts: usd(4000) })
    assert.deepStrictEqual(yield* read("olga", `${statement}&order=newest`), whole.body.data.toReversed())
    assert.deepStrictEqual(
      yield* read("olga", `${statement}&order=newest&kind=award`),
      whole.body.data.filter(({ kind }: Json) => kind === "award").toReversed()
    )
    assert.deepStrictEqual(yield* read("olga", `${statement}&kind=correction`), [])
    for (const [list, kinded] of [
      ["audit-log?", true],
      ["transfers?", false]
    ] as const) {
      const all = yield* call("acc", `/v1/billing/${list}limit=100`)
      assert.deepStrictEqual(yield* read("acc", `/v1/billing/${list}order=newest`), all.body.data.toReversed())
      if (!kinded) continue
      const fees = all.body.data.filter(({ kind }: Json) => kind === "fee")
      assert.deepStrictEqual(yield* read("acc", `/v1/billing/${list}kind=fee`), fees)
    }
    // A cursor goes on in the order, and for the kind, that it was given for.
    const { body } = yield* call("acc", "/v1/billing/audit-log?order=newest&limit=1")
    for (const other of ["", "order=oldest&", "order=newest&kind=fee&"]) {
      const refused = yield* call("acc", `/v1/billing/audit-log?${other}limit=1&cursor=${body.nextCursor}`)
      assert.deepStrictEqual([other, refused.status], [other, 400])
    }
    for (const wrong of ["order=best", "kind=gift"]) {
      assert.strictEqual((yield* call("acc", `/v1/billing/audit-log?${wrong}`)).status, 400)
    }
  }).pipe(Effect.provide(layer()))
)

it.effect("accounts are found by name and id", () =>
  Effect.gen(function* () {
    yield* twoDays
    const found = (as: string, path: string) => Effect.map(call(as, path), ({ body }) => body)
    assert.deepStrictEqual(yield* found("acc", "/v1/billing/accounts?search=2ND"), {
      data: [will],
      hasMore: false,
      nextCursor: null
    })
    assert.deepStrictEqual((yield* found("acc", "/v1/billing/accounts?search=olga&inTheRed=true")).data, [olga])
    assert.deepStrictEqual((yield* found("acc", "/v1/billing/accounts?search=nobody")).data, [])
    assert.strictEqual((yield* call("olga", "/v1/billing/accounts?search=will")).status, 403)
    assert.strictEqual((yield* call("acc", "/v1/billing/accounts?search=")).status, 400)
  }).pipe(Effect.provide(layer()))
)

it.effect("accounts are found by their balance, as the classes of the distribution part them", () =>
  Effect.gen(function* () {
    yield* twoDays
    const ask = (query: string) => call("acc", `/v1/billing/accounts?${query}`)
    const { body: distribution } = yield* call("acc", "/v1/reports/balances/distribution")
    const found: Array<unknown> = []
    for (const { below, from, popugs } of distribution.classes) {
      const { body } = yield* ask(`balanceFrom=${from.amount}&balanceBelow=${below.amount}`)
      assert.lengthOf(body.data, popugs)
      found.push(...body.data)
    }
    assert.sameDeepMembers(found, (yield* ask("")).body.data)
    const debt = BigInt(olga.balance.amount)
    const only = `balanceFrom=${debt}&balanceBelow=${debt + 1n}&search=OLGA`
    assert.deepStrictEqual((yield* ask(`${only}&inTheRed=true`)).body.data, [olga])
    assert.deepStrictEqual((yield* ask(`balanceBelow=${debt}`)).body.data, [])
    for (const wrong of ["balanceFrom=1.5", "balanceFrom=", "balanceBelow=none"]) {
      assert.strictEqual((yield* ask(wrong)).status, 400, wrong)
    }
  }).pipe(Effect.provide(layer()))
)

it.effect("the audit log says what was booked for which task, to popugs their own", () =>
  Effect.gen(function* () {
    yield* twoDays
    const own = yield* call("will", "/v1/billing/audit-log?owner=me")
    assert.deepStrictEqual(own.body.data, [
      {
        transfer: 3,
        period: "2026-11-23",
        kind: "fee",
        owner: "will",
        name: '=Will, "the 2nd"',
        task: { id: "will.wall", title: "Build, then paint" },
        amount: usd(-1000),
        corrects: null,
        corrected: null,
        reason: null,
        recordedAt: "2026-11-23T12:00:00.000Z"
      }
    ])
    const first = yield* call("acc", "/v1/billing/audit-log?from=2026-11-24&limit=3")
    assert.deepStrictEqual(
      first.body.data.map(({ amount, kind, task }: Json) => [kind, task?.id, amount.amount]),
      [
        ["fee", "gold", "-1000"],
        ["award", "gold", "4000"],
        ["payout", undefined, "-3000"]
      ]
    )
    const last = yield* call("acc", `/v1/billing/audit-log?from=2026-11-24&limit=3&cursor=${first.body.nextCursor}`)
    assert.deepStrictEqual([last.body.data.length, last.body.data[0].task.id, last.body.hasMore], [1, "lamp", false])
  }).pipe(Effect.provide(layer()))
)

it.effect("the journal is read in order, by account and by period", () =>
  Effect.gen(function* () {
    yield* twoDays
    const numbers = (body: Json) => body.data.map((row: Json) => row.number)
    const all = yield* call("acc", "/v1/billing/transfers")
    assert.deepStrictEqual(numbers(all.body), [1, 2, 3, 4, 5, 6, 7, 8, 9])
    const cash = yield* call("acc", "/v1/billing/transfers?account=company:cash")
    assert.deepStrictEqual(numbers(cash.body), [5, 8])
    const tuesday = yield* call("acc", "/v1/billing/transfers?from=2026-11-24&to=2026-11-24")
    assert.deepStrictEqual(numbers(tuesday.body), [6, 7, 8])
    const first = yield* call("acc", "/v1/billing/transfers?account=company:fees&limit=3")
    const second = yield* call(
      "acc",
      `/v1/billing/transfers?account=company:fees&limit=3&cursor=${first.body.nextCursor}`
    )
    assert.deepStrictEqual([...numbers(first.body), ...numbers(second.body)], [1, 2, 3, 6, 9])
  }).pipe(Effect.provide(layer()))
)

it.effect("amounts are in the company's currency", () =>
  Effect.gen(function* () {
    yield* staff
    yield* create({ roof: "Mend the roof" })
    const { body } = yield* call("olga", "/v1/billing/accounts/me")
    assert.deepStrictEqual(body.balance, { amount: "-1000", currency: "JPY" })
    const csv = yield* call("olga", "/v1/billing/exports/audit-log.csv?owner=me")
    assert.include(csv.text, ",-1000,JPY,")
  }).pipe(Effect.provide(layer({ currency: "JPY" })))
)

it.effect("a cursor that is not one of ours, and what else breaks a rule, is refused with every issue", () =>
  Effect.gen(function* () {
    yield* twoDays
    const text = Buffer.from("not a number").toString("base64url")
    const queries = [
      "accounts?cursor=%00",
      "accounts?cursor=",
      "accounts?limit=0",
      "accounts?limit=101",
      "accounts?limit=ten",
      "accounts?inTheRed=perhaps",
      "accounts?colour=red",
      `transfers?cursor=${text}`,
      "transfers?account=popug:",
      "transfers?from=2026-02-30",
      `audit-log?cursor=${text}`,
      "audit-log?owner=%20",
      `accounts/me/statement?from=2026-11-23&to=2026-11-23&cursor=${text}`,
      `periods?cursor=${text}`,
      "verification?after=monday"
    ]
    for (const query of queries) {
      const refused = yield* call("acc", `/v1/billing/${query}`)
      assert.deepStrictEqual([query, refused.status], [query, 400])
      assert.strictEqual(refused.headers.get("content-type"), "application/problem+json")
    }
    const reason = yield* call("acc", "/v1/billing/corrections", { method: "POST", body: { transfer: 0, reason: "" } })
    assert.strictEqual(reason.status, 400)
    assert.match(JSON.stringify(reason.body), /transfer.*reason/su)
  }).pipe(Effect.provide(layer()))
)
