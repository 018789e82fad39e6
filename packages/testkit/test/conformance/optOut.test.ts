import { Ids } from "@popug/core"
import { conforms, ids } from "@popug/testkit/conformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** An adapter that keeps all promises but one, and says why. */
const unordered = Layer.effect(
  Ids,
  Effect.map(Ids, ({ many }) => ({ many: (count: number) => Effect.map(many(count), (made) => made.toReversed()) }))
).pipe(Layer.provide(Ids.layer))

conforms(ids, "ids in any order", unordered, {
  optOut: { "makes ids that grow in byte order": "they are made up by somebody else" }
})
