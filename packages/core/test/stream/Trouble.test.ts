/** What the log says of what goes on until it works. */
import { StoreError, Trouble } from "@popug/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { expect, it } from "vitest"

/** What is logged, and the causes with it. */
const logged = (body: Effect.Effect<void>) => {
  const lines: Array<readonly [message: string, isBare: boolean]> = []
  const logger = Logger.make(({ cause, message }) => {
    lines.push([[message].flat().join(" "), cause.reasons.length === 0])
  })
  return Effect.runPromise(Effect.provide(body, Logger.layer([logger]))).then(() => lines)
}

const away = (message: string, service?: string) =>
  Cause.fail(
    new StoreError({
      reason: "Unavailable",
      retryable: true,
      committed: "no",
      message,
      ...(service === undefined ? {} : { service })
    })
  )

it("says of another service that is away which it is, in a line without where it was noticed", async () => {
  const { met, over } = Trouble.make("requests could not be served")
  const lines = await logged(
    Effect.gen(function* () {
      yield* met(away("users could not be asked", "users"))
      yield* met(away("users did not answer within 5s", "users"))
      yield* met(away("billing could not be asked", "billing"))
      yield* over
    })
  )
  expect(lines).toEqual([
    ["requests could not be served: users could not be asked; it is tried again until it works", true],
    ["requests could not be served: billing could not be asked; it is tried again until it works", true],
    ["it works again after 3 failures: requests could not be served", true]
  ])
})

it("says of a store all that is known", async () => {
  const { met } = Trouble.make("requests could not be served")
  expect(await logged(met(away("connection refused")))).toEqual([
    ["requests could not be served; it is tried again until it works", false]
  ])
})
