/**
 * Makes commands repeatable by `Idempotency-Key`: the contract's `Idempotency`.
 *
 * The answer of a command is kept by the core, in the commit that does it. A caller that gives up leaves the command
 * to the core: sent again it is answered from the record, however the first request ended. Nothing is kept here but
 * what is under way in this process.
 */
import { Digest } from "@popug/core"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import { CommandKey, CurrentActor, Idempotency } from "../../api/middleware.ts"
import * as Problem from "../../api/Problem.ts"
import { withHeader } from "../wire/withHeader.ts"
import { Caller } from "./auth/Caller.ts"

export const layer: Layer.Layer<Idempotency, never, Digest.Digest> = Layer.effect(
  Idempotency,
  Effect.gen(function* () {
    const { sha256 } = yield* Digest.Digest
    const underWay = new Set<string>()
    const claim = (commandId: string) =>
      Effect.suspend(() => {
        if (underWay.has(commandId)) return inFlight
        underWay.add(commandId)
        return Effect.void
      })
    const release = (commandId: string) => Effect.sync(() => void underWay.delete(commandId))

    return Idempotency.of(
      Effect.fnUntraced(function* (httpEffect) {
        const { headers } = yield* HttpServerRequest.HttpServerRequest
        const key = headers["idempotency-key"]
        if (key === undefined) return yield* Effect.provideService(httpEffect, CommandKey, {})
        // What a key may be is checked with the other headers: here any text will do.
        const actor = yield* CurrentActor
        // No request is made by the system. Two users may well choose the same key.
        const user = actor._tag === "User" ? actor.id : ""
        const commandId = `http-${sha256(JSON.stringify([user, key]))}`
        const { tenant } = yield* Caller
        // Nor do companies know anything of each other's.
        const claimed = tenant === undefined ? commandId : `${tenant.id} ${commandId}`
        return yield* Effect.acquireUseRelease(
          claim(claimed),
          () => Effect.provideService(httpEffect, CommandKey, { commandId }),
          () => release(claimed)
        )
      })
    )
  })
)

const inFlight = Effect.andThen(
  withHeader("retry-after", "1"),
  Effect.fail(new Problem.CommandInFlight({ detail: "the first request with this key has not been answered yet" }))
)
