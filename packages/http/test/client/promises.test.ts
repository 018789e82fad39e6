/** The client without Effect: what is its own, beside all that holds for both. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterEach, expect, vi } from "vitest"
import * as Written from "../../scripts/endpoints.ts"
import { Problem } from "../../src/api/index.ts"
import { endpoints, problems } from "../../src/promises/endpoints.ts"
import {
  development,
  HttpError,
  isProblem,
  type PromiseOptions,
  promises,
  type Sign
} from "../../src/promises/index.ts"
import { sending } from "../../src/promises/sending.ts"
import { DevClock } from "../../src/server/development/DevClock.ts"
import { live, tokenOf } from "../support/connect.ts"
import * as Server from "../support/server.ts"

const server = Server.layerPopug()

/** What is thrown. */
const thrown = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail("nothing was thrown"),
    (error: unknown) => error
  )

describe("at a server", () => {
  it.effect("methods are async functions, which throw the problems", () =>
    Effect.gen(function* () {
      const { url } = yield* Server.TestServer
      const token = yield* tokenOf("ann")
      yield* Effect.promise(async () => {
        const popug = promises({ baseUrl: url, token: () => Promise.resolve(token) })
        const { body, headers } = await popug.tasks.create({ payload: { title: "Mend the roof" } })
        assert.strictEqual(body.title, "Mend the roof")
        assert.strictEqual((await popug.tasks.list()).data.length, 1)
        const edited = await popug.tasks.edit({
          params: { id: body.id },
          headers: { "if-match": headers.etag! },
          payload: { description: "It drips." }
        })
        assert.strictEqual(edited.body.description, "It drips.")
        const error = await thrown(popug.users.get({ params: { id: "nemo" } }))
        assert.instanceOf(error, Error)
        assert.isTrue(isProblem(error, "UserNotFound"))
        assert.isFalse(isProblem(error, "TaskNotFound"))
        assert.deepInclude(error as object, { _tag: "UserNotFound", id: "nemo", status: 404, title: "No such user" })
        const names: Array<string> = []
        for await (const { name } of popug.rows((at) => popug.users.list({ query: { ...at, limit: 3 } })))
          names.push(name)
        assert.strictEqual(names.length, 7)
        let csv = ""
        const decoder = new TextDecoder()
        for await (const bytes of (await popug.billing.balancesCsv({ query: { period: "2026-11-23" } })).body) {
          csv += decoder.decode(bytes, { stream: true })
        }
        assert.match(csv, /^period,owner/u)
      })
    }).pipe(live, Effect.scoped, Effect.provide(server))
  )

  it.effect("a loop over events ends when it is left, while it waits for one, and with the signal's reason", () =>
    Effect.gen(function* () {
      const { url } = yield* Server.TestServer
      const token = yield* tokenOf("ann")
      yield* Effect.promise(async () => {
        const popug = promises({ baseUrl: url, token })
        const followed: Array<number> = []
        for await (const { number } of popug.follow({ source: "users", after: 0 })) {
          followed.push(number)
          if (number === 5) break
        }
        assert.deepStrictEqual(followed, [1, 2, 3, 4, 5])
        const told: Array<Sign> = []
        const waiting = popug.follow({ source: "users", onSign: (sign) => void told.push(sign) })
        const next = waiting.next()
        // Where it is, before there is any event.
        await expect.poll(() => told.length).toBe(1)
        assert.match(told[0]!.position, /^\d+\.[0-9a-f]{12}$/u)
        assert.isFalse(told[0]!.reassigned)
        assert.deepStrictEqual(await waiting.return!(), { done: true, value: undefined })
        assert.deepStrictEqual(await next, { done: true, value: undefined })
        const enough = new AbortController()
        const aborted = thrown(popug.follow({ source: "users" }, { signal: enough.signal }).next())
        enough.abort(new Error("enough"))
        assert.deepInclude(await aborted, { message: "enough" })
        assert.deepInclude(await thrown(popug.tasks.list({}, { signal: AbortSignal.abort() })), { name: "AbortError" })
      })
    }).pipe(live, Effect.scoped, Effect.provide(server))
  )

  it.effect("a development server has a token for the asking", () =>
    Effect.gen(function* () {
      const { url } = yield* Server.TestServer
      yield* Effect.promise(async () => {
        const dev = development({ baseUrl: url })
        const { expiresAt, token } = await dev.login({ payload: { user: "max" } })
        assert.instanceOf(expiresAt, Date)
        assert.isAtLeast((await promises({ baseUrl: url, token }).users.list()).data.length, 7)
        assert.isTrue(isProblem(await thrown(dev.login({ payload: { user: "dead" } })), "DeactivatedActor"))
        assert.isTrue(isProblem(await thrown(dev.clock({ payload: { days: 1 } })), "ClockOff"))
      })
    }).pipe(live, Effect.scoped, Effect.provide(Server.layerDevelopment(DevClock.layerOff)))
  )
})

/** A client whose every request gets the next of these answers, or fails with them; the last one again and again. */
const answered = (answers: ReadonlyArray<() => Response>, options: Partial<PromiseOptions> = {}) => {
  const asked: Array<{ readonly url: string; readonly headers: Headers }> = []
  const fetch = (url: string | URL | Request, init?: RequestInit) => {
    asked.push({ url: url as string, headers: init!.headers as Headers })
    return new Promise<Response>((resolve) => resolve(answers[Math.min(asked.length, answers.length) - 1]!()))
  }
  return { asked, popug: promises({ baseUrl: "", token: "t", retries: 0, fetch, ...options }) }
}
const json = (body: unknown, init?: ResponseInit) => () => Response.json(body, init)
const lost = () => {
  throw new TypeError("fetch failed")
}

describe("answers", () => {
  it("that never came are errors without a status, which tell what happened", async () => {
    const error = await thrown(answered([lost]).popug.tasks.list())
    assert.instanceOf(error, HttpError)
    assert.deepInclude(error, { _tag: "HttpError", status: undefined, cause: new TypeError("fetch failed") })
    assert.isFalse(isProblem(error))
  })

  it("that are not of the contract are errors with their status", async () => {
    const gateway = () => new Response("<p>Sign in to this network</p>", { headers: { "content-type": "text/html" } })
    assert.deepInclude(await thrown(answered([gateway]).popug.tasks.list()), { _tag: "HttpError", status: 200 })
    const blank = json({ type: "about:blank", title: "Not Found" }, { status: 404, headers: { "retry-after": "3" } })
    assert.deepInclude(await thrown(answered([blank]).popug.tasks.list()), {
      _tag: "HttpError",
      status: 404,
      retryAfterSeconds: 3,
      message: "404 Not Found"
    })
    const wrong = json({ total: { amount: "a lot", currency: "USD" }, inTheRed: 0 })
    assert.deepInclude(await thrown(answered([wrong]).popug.reports.balance()), { _tag: "HttpError", status: 200 })
  })

  it("of newer servers may have more members, and problems that are not known here", async () => {
    const newer = json({ total: { amount: "-12", currency: "USD", note: "new" }, inTheRed: 1, more: null })
    assert.deepStrictEqual((await answered([newer]).popug.reports.balance()) as unknown, {
      total: { amount: -12n, currency: "USD", note: "new" },
      inTheRed: 1,
      more: null
    })
    const problem = json(
      { type: "urn:popug:problem:moon-is-full", title: "Not tonight", until: "dawn" },
      { status: 409 }
    )
    const error = await thrown(answered([problem]).popug.tasks.shuffle())
    assert.isTrue(isProblem(error))
    assert.deepInclude(error, { _tag: "MoonIsFull", status: 409, title: "Not tonight", until: "dawn" })
  })

  it("leave alone what in JSON is anybody's", async () => {
    const event = { number: 1, data: { amount: { amount: "1", currency: "USD" }, at: "2026-11-23T12:00:00.000Z" } }
    const page = { data: [event], hasMore: false, nextCursor: null }
    assert.deepStrictEqual(
      (await answered([json(page)]).popug.events.list({ query: { source: "tasks" } })) as unknown,
      page
    )
  })
})

describe("requests", () => {
  it("go to the page's own server without a base, and say what was asked in the address", async () => {
    const { asked, popug } = answered([json({ data: [], hasMore: false, nextCursor: null })])
    await popug.tasks.list({ query: { limit: 2, assignee: "me" } })
    await popug.billing.statement({
      params: { owner: "čáp/ř" },
      query: { from: "2026-11-23", to: "2026-11-23" }
    })
    assert.deepStrictEqual(
      asked.map(({ url }) => url),
      [
        "/v1/tasks?limit=2&assignee=me",
        "/v1/billing/accounts/%C4%8D%C3%A1p%2F%C5%99/statement?from=2026-11-23&to=2026-11-23"
      ]
    )
  })

  it("are refused whose path would lead elsewhere", async () => {
    for (const id of ["", ".", ".."]) {
      const { asked, popug } = answered([json({})])
      assert.instanceOf(await thrown(popug.tasks.get({ params: { id } })), TypeError)
      assert.strictEqual(asked.length, 0)
    }
  })

  it("of commands have a key, one for all attempts; logging in has none and is not sent again", async () => {
    vi.useFakeTimers()
    const { asked, popug } = answered([lost, json({ open: 0, reassigned: 0 })], { retries: 1 })
    const shuffled = popug.tasks.shuffle()
    await vi.runAllTimersAsync()
    assert.deepStrictEqual(await shuffled, { open: 0, reassigned: 0 })
    const keys = asked.map(({ headers }) => headers.get("idempotency-key"))
    assert.match(keys[0]!, /^[0-9a-f]{32}$/u)
    assert.deepStrictEqual(keys, [keys[0]!, keys[0]!])
    let logins = 0
    const fetch = () => {
      logins += 1
      return Promise.reject(new TypeError("fetch failed"))
    }
    assert.instanceOf(await thrown(development({ baseUrl: "", fetch }).login({ payload: { user: "max" } })), HttpError)
    assert.strictEqual(logins, 1)
  })
})

afterEach(() => void vi.useRealTimers())

/** In how many seconds a client whose clock shows noon comes back to whoever answers 503 with these headers. */
const comesBackIn = async (headers: Record<string, string>): Promise<number> => {
  vi.useFakeTimers({ now: noon })
  let asked = 0
  const again = () => asked === 2
  const fetch = () => Promise.resolve(new Response("", (asked += 1) === 1 ? { status: 503, headers } : { status: 200 }))
  const answer = sending({ fetch, longestWait: 60_000 })(
    "",
    { method: "GET", headers: new Headers(), signal: null },
    false
  )
  let seconds = 0
  for (; !again() && seconds < 60; seconds += 1) await vi.advanceTimersByTimeAsync(1_000)
  await answer
  return seconds
}
const noon = Date.parse("2026-11-23T12:00:00Z")
const date = (millis: number) => new Date(millis).toUTCString()

it("comes back at the date that it is given, counted from the answer's own date and not by its own clock", async () => {
  for (const wrong of [0, 86_400_000, -86_400_000]) {
    const now = noon + wrong
    assert.strictEqual(await comesBackIn({ date: date(now), "retry-after": date(now + 7_000) }), 7)
  }
  assert.strictEqual(await comesBackIn({ date: date(noon + 9_000), "retry-after": date(noon) }), 1)
  assert.strictEqual(await comesBackIn({ "retry-after": date(noon + 20_000) }), 1)
  assert.strictEqual(await comesBackIn({ "retry-after": "20" }), 20)
})

describe("what is known of the contract", () => {
  it("is what `npm run endpoints` writes", () => {
    expect({ endpoints, problems }).toEqual({ endpoints: Written.endpoints(), problems: Written.problems() })
  })

  it("tells every problem by its name", async () => {
    for (const [name, problem] of Object.entries(Problem)) {
      const { status, type } = problem.fields
      const body = { type: type.schema.literal, title: "It went wrong" }
      const error = await thrown(answered([json(body, { status: 400 })]).popug.tasks.list())
      assert.deepInclude(error, { _tag: name, type: body.type, title: "It went wrong" })
      assert.isDefined(status)
    }
  })
})
