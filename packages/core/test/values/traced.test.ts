import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import { describe, expect, it } from "vitest"
import { traced } from "../../src/values/traced.ts"

const names = (run: Effect.Effect<unknown>) => {
  const made: Array<string> = []
  const tracer = Tracer.make({
    span: (options) => {
      made.push(options.name)
      return new Tracer.NativeSpan(options)
    }
  })
  Effect.runSync(Effect.withTracer(run, tracer))
  return made
}

describe("a use case with a name", () => {
  const double = traced("Numbers.double")(function* (value: number) {
    return (yield* Effect.succeed(value)) * 2
  })
  const triple = traced("Numbers.triple")((value: number) => Effect.succeed(value * 3))

  it("answers as it would without one, each time that it is run", () => {
    const call = double(2)
    expect([Effect.runSync(call), Effect.runSync(call), Effect.runSync(triple(2))]).toEqual([4, 4, 6])
  })

  it("is a span where the host has a tracer", () => {
    expect(names(Effect.andThen(double(1), triple(1)))).toEqual(["Numbers.double", "Numbers.triple"])
  })

  it("makes no span where nobody traces", () => {
    const inside = traced("Numbers.none")(() => Effect.option(Effect.currentSpan))
    expect(Effect.runSync(inside())._tag).toBe("None")
  })
})
