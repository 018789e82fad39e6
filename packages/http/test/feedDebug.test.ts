import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { layer, listen, write } from "./support/live.ts"
it.effect("dbg", () =>
  Effect.gen(function* () {
    console.error("start")
    yield* write(3)
    console.error("written")
    const stream = yield* listen("ann", "source=tasks")
    console.error("listening", stream.status)
    yield* write(1)
    console.error("written")
    console.error(yield* stream.next)
  }).pipe(Effect.scoped, Effect.tap(() => Effect.sync(() => console.error("scope closed"))), Effect.provide(layer())), 5000
)
