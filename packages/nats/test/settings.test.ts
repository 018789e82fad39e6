import { Nats } from "@popug/nats"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { expect, it } from "vitest"

const servers = "nats://127.0.0.1:1"

it.each<[string, Nats.Options]>([
  ["servers", { servers: "" }],
  ["prefix", { servers, prefix: "a b" }],
  ["stream.name", { servers, stream: { name: "a.b" } }],
  ["window", { servers, window: 0 }],
  ["share, mostPending", { servers, share: 10_001 }],
  ["stream.duplicateWindow", { servers, stream: { maxAge: "1 minute" } }]
])("says what is wrong with %s, before anything is asked of NATS", async (name, options) => {
  const error = await Effect.runPromise(Effect.flip(Effect.scoped(Layer.build(Nats.layerConnection(options)))))
  expect(error).toMatchObject({ _tag: "InvalidInput", message: expect.stringContaining(`${name}: `) })
})
