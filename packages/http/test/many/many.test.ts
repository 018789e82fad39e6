/** Many companies behind one port: each by its path, with users, books and events of its own. */
import { assert, it } from "@effect/vitest"
import { Company, EventLog } from "@popug/core"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { Issuer } from "../support/issuer.ts"
import * as Many from "../support/many.ts"
import { firstOfFeed, nextTurn, request, toDay } from "../support/server.ts"

/** Asks until it is so. */
const waitUntil = <E, R>(isSo: Effect.Effect<boolean, E, R>) =>
  Effect.repeat(Effect.andThen(nextTurn, isSo), { until: (answer) => answer })

const create = (company: string, title: string, key?: string) =>
  request("POST", `/c/${company}/v1/tasks`, {
    as: "ann",
    body: { title },
    ...(key === undefined ? {} : { headers: { "idempotency-key": key } })
  })

it.effect("a request is served in the company that its path names, and leaves the others as they are", () =>
  Effect.gen(function* () {
    const made = yield* create("acme", "Mend the roof")
    assert.strictEqual(made.status, 201, made.text)
    assert.strictEqual(made.headers.get("location"), `/c/acme/v1/tasks/${made.json.id}`)
    const known = yield* request("GET", `/c/acme/v1/tasks/${made.json.id}`, { as: "ann" })
    assert.strictEqual(known.status, 200)
    const unknown = yield* request("GET", `/c/zoo/v1/tasks/${made.json.id}`, { as: "ann" })
    assert.strictEqual(unknown.status, 404)
    assert.strictEqual(unknown.json.instance, `/c/zoo/v1/tasks/${made.json.id}`)
    const company = yield* request("GET", "/c/zoo/v1/company", { as: "ann" })
    assert.strictEqual(company.json.currency, "EUR")
    const me = yield* request("GET", "/c/zoo/v1/users/me", { as: "ann" })
    assert.strictEqual(me.json.name, "Ann of zoo")
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("the books of each company are exact, and close by themselves", () =>
  Effect.gen(function* () {
    for (const [company, count] of [
      ["acme", 3],
      ["zoo", 2]
    ] as const) {
      for (let number = 0; number < count; number += 1) {
        const { json } = yield* create(company, `Task ${number}`)
        const done = yield* request("POST", `/c/${company}/v1/tasks/${json.id}/complete`, { as: "ann", body: {} })
        assert.strictEqual(done.status, 200, done.text)
      }
      yield* Many.settle(company)
    }
    yield* toDay(1)
    yield* Effect.forEach(["acme", "zoo"], Many.endDay)
    // By hand in the one, by itself in the other.
    const [acme, zoo] = yield* Effect.forEach(["acme", "zoo"], (company) =>
      request("GET", `/c/${company}/v1/billing/periods`, { as: "ann" })
    )
    assert.deepStrictEqual(acme!.json.data, [])
    assert.strictEqual(zoo!.json.data[0].totals.tasksCreated, 2)
    assert.strictEqual(zoo!.json.data[0].totals.fees.currency, "EUR")
    for (const company of ["acme", "zoo"]) {
      const verdict = yield* request("GET", `/c/${company}/v1/billing/verification`, { as: "ann" })
      assert.isNull(verdict.json.difference)
      const balance = yield* request("GET", `/c/${company}/v1/billing/trial-balance`, { as: "ann" })
      assert.strictEqual(balance.json.total.amount, "0")
    }
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("one idempotency key is a command of its own in each company", () =>
  Effect.gen(function* () {
    const [acme, zoo, again] = [
      yield* create("acme", "Mend the roof", "k"),
      yield* create("zoo", "Feed the parrot", "k"),
      yield* create("acme", "Mend the roof", "k")
    ]
    assert.strictEqual(acme.status, 201)
    assert.strictEqual(zoo.status, 201)
    assert.strictEqual(again.json.id, acme.json.id)
    assert.strictEqual((yield* create("zoo", "Mend the roof", "k")).status, 422)
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("the feed of a company has its own events, woken by its own commits", () =>
  Effect.gen(function* () {
    yield* create("acme", "Mend the roof")
    const acme = yield* firstOfFeed("/c/acme/v1/events/feed?source=tasks&after=0", { as: "ann" })
    assert.include(acme.text, "Mend the roof")
    assert.include(acme.text, `"source":"/companies/acme/tasks"`)
    const zoo = yield* firstOfFeed("/c/zoo/v1/events/feed?source=tasks&after=0", { as: "ann" })
    assert.include(zoo.text, "event: heartbeat")
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("a position of one company's log is none of another's, and a cursor is refused there", () =>
  Effect.gen(function* () {
    yield* create("acme", "Mend the roof")
    yield* create("acme", "Paint the roof")
    yield* create("zoo", "Feed the parrot")
    const page = yield* request("GET", "/c/acme/v1/events?source=tasks&limit=1", { as: "ann" })
    const cursor = encodeURIComponent(page.json.nextCursor)
    const other = yield* request("GET", `/c/zoo/v1/events?source=tasks&limit=1&cursor=${cursor}`, { as: "ann" })
    assert.isAtLeast(other.status, 400)
    assert.notInclude(other.text, "roof")
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("the company may be in a claim of the token, and the paths are those of one company", () =>
  Effect.gen(function* () {
    const { token } = yield* Issuer
    const of = (company: unknown) => Effect.map(token("ann", { claims: { org: company } }), (sent) => ({ token: sent }))
    const acme = yield* request("GET", "/v1/users/me", yield* of("acme"))
    assert.strictEqual(acme.json.name, "Ann of acme")
    const zoo = yield* request("GET", "/v1/users/me", yield* of("zoo"))
    assert.strictEqual(zoo.json.name, "Ann of zoo")
    for (const company of ["fog", "nap", undefined, ["acme"], "acme/../zoo"]) {
      const answer = yield* request("GET", "/v1/users/me", yield* of(company))
      assert.strictEqual(answer.status, 403, answer.text)
      assert.strictEqual(answer.json.type, "urn:popug:problem:unknown-subject")
    }
    assert.strictEqual((yield* request("GET", "/c/acme/v1/users/me", yield* of("acme"))).status, 404)
  }).pipe(Effect.provide(Many.layer({ companies: { claim: "org" } })))
)

it.effect("what a path names in another way than ids are written is no company", () =>
  Effect.gen(function* () {
    for (const path of [
      "/c/ACME/v1/tasks",
      "/c/%2e%2e/v1/tasks",
      "/c/acme%2Fzoo/v1/tasks",
      `/c/${"a".repeat(80)}/v1/tasks`
    ]) {
      const answer = yield* request("GET", path, { as: "only-acme" })
      assert.oneOf(answer.status, [403, 404], path)
      assert.notInclude(answer.text, "Ann")
    }
    for (const path of [
      "/c/%61cme/v1/tasks",
      "/c//v1/tasks",
      "/c/acme/v1/tasks/",
      "/C/acme/v1/tasks",
      "/v1/tasks",
      "/c/acme/livez"
    ]) {
      assert.strictEqual((yield* request("GET", path, { as: "ann" })).status, 404, path)
    }
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("who looks after the server asks it for health, numbers and documents, and sees no company in them", () =>
  Effect.gen(function* () {
    yield* create("acme", "Mend the roof")
    assert.strictEqual((yield* request("GET", "/livez")).status, 200)
    assert.strictEqual((yield* request("GET", "/readyz")).status, 200)
    const metrics = yield* request("GET", "/metrics")
    assert.include(metrics.text, "popug_companies_ready 1")
    assert.include(metrics.text, "popug_store_up 1")
    assert.include(metrics.text, `method="POST",route="/c/:company/v1/tasks`)
    assert.notMatch(metrics.text, /acme|zoo/u)
    const { json } = yield* request("GET", "/openapi.json")
    assert.deepStrictEqual(json.paths["/v1/tasks"].servers[0].url, "/c/{company}")
    assert.isUndefined(json.paths["/v1/companies"].servers)
    assert.strictEqual((yield* request("GET", "/docs")).status, 200)
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("the busiest companies are in the numbers by their names where that is asked for, and no more of them", () =>
  Effect.gen(function* () {
    yield* create("acme", "Mend the roof")
    yield* create("acme", "Paint the roof")
    yield* create("zoo", "Feed the parrot")
    const { text } = yield* request("GET", "/metrics")
    assert.include(text, `popug_company_requests{company="acme"} 2\n`)
    assert.notInclude(text, "zoo")
  }).pipe(Effect.provide(Many.layer({ metrics: { busiest: 1 } })))
)

it.effect("a company that nobody asks for is let go after a while, and comes again", () =>
  Effect.gen(function* () {
    yield* create("acme", "Mend the roof")
    assert.include((yield* request("GET", "/metrics")).text, "popug_companies_ready 1")
    yield* TestClock.adjust("31 seconds")
    yield* TestClock.adjust("31 seconds")
    assert.include((yield* request("GET", "/metrics")).text, "popug_companies_ready 0")
    const { json } = yield* request("GET", "/c/acme/v1/tasks", { as: "ann" })
    assert.strictEqual(json.data.length, 1)
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("one that nobody asks for makes room for one that is asked for, the longest idle first", () =>
  Effect.gen(function* () {
    yield* request("POST", "/v1/companies", { token: Many.operator, body: { id: "den", admin: { id: "ann" } } })
    const ready = Effect.map(request("GET", "/metrics"), ({ text }) =>
      [...text.matchAll(/popug_company_requests\{company="(\w+)"\}/gu)].map(([, id]) => id).sort()
    )
    yield* create("acme", "Mend the roof")
    yield* create("zoo", "Feed the parrot")
    assert.deepStrictEqual(yield* ready, ["acme", "zoo"])
    yield* create("acme", "Paint the roof")
    assert.strictEqual((yield* create("den", "Sleep")).status, 201)
    assert.deepStrictEqual(yield* ready, ["acme", "den"])
    assert.strictEqual((yield* create("zoo", "Feed the lion")).status, 201)
    assert.deepStrictEqual(yield* ready, ["den", "zoo"])
  }).pipe(Effect.provide(Many.layer({ metrics: { busiest: 10 }, ready: { lookEvery: null, most: 2 } })))
)

it.effect("a company that cannot be made ready for want of room is served when somebody else is done", () =>
  Effect.gen(function* () {
    const done = yield* Effect.scoped(
      Effect.gen(function* () {
        // Whoever follows a feed is being served.
        yield* Effect.forkScoped(request("GET", "/c/acme/v1/events/feed?source=tasks", { as: "ann" }))
        yield* waitUntil(Effect.map(request("GET", "/metrics"), ({ text }) => text.includes("popug_companies_ready 1")))
        return yield* create("zoo", "Feed the parrot")
      })
    )
    assert.strictEqual(done.status, 503)
    yield* waitUntil(Effect.map(create("zoo", "Feed the parrot"), ({ status }) => status === 201))
  }).pipe(Effect.provide(Many.layer({ ready: { lookEvery: null, most: 1 } })))
)

it.effect("a company whose database is none of the server's is not told as one that will be there in a moment", () =>
  Effect.gen(function* () {
    yield* Many.loseDatabaseOf("acme")
    // Nobody uses it any more.
    yield* TestClock.adjust("6 minutes")
    const answer = yield* request("GET", "/c/acme/v1/tasks", { as: "ann" })
    assert.strictEqual(answer.status, 500, answer.text)
    assert.isNull(answer.headers.get("retry-after"))
    assert.strictEqual((yield* request("GET", "/c/zoo/v1/tasks", { as: "ann" })).status, 200)
  }).pipe(Effect.provide(Many.layer()))
)

it.effect("the services of a company are its own: its settings, and its log", () =>
  Effect.gen(function* () {
    yield* create("acme", "Mend the roof")
    const of = (company: string) =>
      Many.within(
        company,
        Effect.gen(function* () {
          const { settings } = yield* Company
          return [settings.id, yield* (yield* EventLog).last("tasks")]
        })
      )
    assert.deepStrictEqual(yield* of("acme"), ["acme", 2])
    assert.deepStrictEqual(yield* of("zoo"), ["zoo", 0])
  }).pipe(Effect.provide(Many.layer()))
)
