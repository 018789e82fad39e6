/** When the client comes back. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as TestClock from "effect/testing/TestClock"
import { reliable } from "../../src/client/reliable.ts"

const noon = Date.parse("2026-11-23T12:00:00Z")
const date = (millis: number) => new Date(millis).toUTCString()

/** In how many seconds a client whose clock shows noon comes back to whoever answers 503 with these headers. */
const comesBackIn = (headers: Record<string, string>) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(noon)
    let asked = 0
    const client = HttpClient.make((request) =>
      Effect.sync(() => {
        asked += 1
        const response = asked === 1 ? new Response("", { status: 503, headers }) : new Response("", { status: 200 })
        return HttpClientResponse.fromWeb(request, response)
      })
    )
    const fiber = yield* Effect.forkChild(reliable({ longestWait: "1 minute" })(client).get("http://popug.test/"))
    let seconds = 0
    const again = () => asked === 2
    for (; !again() && seconds < 60; seconds += 1) yield* TestClock.adjust("1 second")
    yield* Fiber.interrupt(fiber)
    return seconds
  })

it.effect("comes back at the date that it is given, counted from the answer's own date and not by its own clock", () =>
  Effect.gen(function* () {
    for (const wrong of [0, 86_400_000, -86_400_000]) {
      const now = noon + wrong
      assert.strictEqual(yield* comesBackIn({ date: date(now), "retry-after": date(now + 7_000) }), 7)
    }
    assert.strictEqual(yield* comesBackIn({ date: date(noon + 9_000), "retry-after": date(noon) }), 1)
    assert.strictEqual(yield* comesBackIn({ "retry-after": date(noon + 20_000) }), 1)
    assert.strictEqual(yield* comesBackIn({ "retry-after": "20" }), 20)
  })
)
