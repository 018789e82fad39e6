/** Whom a token names, believed for five seconds where those who know run in another process. */
import { assert, describe, it } from "@effect/vitest"
import { UserId } from "@popug/core"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Problem from "../../../src/api/Problem.ts"
import { remembering } from "../../../src/server/guard/auth/remembering.ts"
import type { Claims, Resolve } from "../../../src/server/guard/auth/SignIn.ts"

const claims: Claims = { issuer: "https://id.example", subject: "8f2c", payload: {} }
const keyOf = ({ subject }: Claims) => subject

/** Those who know, and how often they were asked. */
const known = (answer: ReturnType<Resolve>) => {
  const people = { asked: 0, answer }
  const resolve: Resolve = () =>
    Effect.suspend(() => {
      people.asked += 1
      return people.answer
    })
  return { people, resolve }
}

const olga = Effect.succeed(UserId.make("olga"))
const away = Effect.fail(new Problem.Unavailable({ detail: "users can't be asked" }))

describe("whom a token names", () => {
  it.effect("is asked once in five seconds, and holds while those who know are away", () =>
    Effect.gen(function* () {
      const { people, resolve } = known(olga)
      const remembered = yield* remembering(resolve, keyOf)
      assert.strictEqual(yield* remembered(claims, true), "olga")
      people.answer = away
      yield* TestClock.adjust("4999 millis")
      assert.strictEqual(yield* remembered(claims, false), "olga")
      assert.strictEqual(people.asked, 1)
      yield* TestClock.adjust("1 milli")
      assert.strictEqual((yield* Effect.flip(remembered(claims, false)))._tag, "Unavailable")
    })
  )

  it.effect("is asked for each subject", () =>
    Effect.gen(function* () {
      const { people, resolve } = known(olga)
      const remembered = yield* remembering(resolve, keyOf)
      yield* remembered(claims, true)
      yield* remembered({ ...claims, subject: "other" }, true)
      assert.strictEqual(people.asked, 2)
    })
  )

  it.effect("is asked again at once when it is nobody", () =>
    Effect.gen(function* () {
      const { people, resolve } = known(
        Effect.fail(new Problem.UnknownSubject({ issuer: claims.issuer, subject: claims.subject, detail: "nobody" }))
      )
      const remembered = yield* remembering(resolve, keyOf)
      assert.strictEqual((yield* Effect.flip(remembered(claims, true)))._tag, "UnknownSubject")
      people.answer = olga
      assert.strictEqual(yield* remembered(claims, false), "olga")
    })
  )
})
