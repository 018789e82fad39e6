import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { byteOrder, CommandId, Ids, TaskId, UserId } from "../../src/values/Ids.ts"

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Runs with a fresh source of ids on a test clock, with a seed. */
const run = <A>(effect: Effect.Effect<A, never, Ids>, seed = "ids"): Promise<A> =>
  Effect.runPromise(effect.pipe(Effect.provide(Ids.layer), Random.withSeed(seed), Effect.provide(TestClock.layer())))

const many = (count: number) => Effect.flatMap(Ids, (ids) => ids.many(count))
const isGrowing = (ids: ReadonlyArray<string>) => ids.every((id, index) => index === 0 || ids[index - 1]! < id)
const millisOf = (id: string) => parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

describe("new ids", () => {
  it("are UUIDs of version 7 that carry the clock's instant", async () => {
    const now = Date.parse("2026-11-22T09:00:00.123Z")
    const ids = await run(Effect.andThen(TestClock.setTime(now), many(100)))
    for (const id of ids) expect(id).toMatch(uuidV7)
    expect(ids.map(millisOf)).toEqual(ids.map(() => now))
  })

  it("are as many as were asked for", async () => {
    expect(await run(many(0))).toEqual([])
    expect(await run(many(3))).toHaveLength(3)
  })

  it("are unique and strictly growing, 100,000 at once on a clock that stands still", async () => {
    const ids = await run(many(100_000))
    expect(new Set(ids).size).toBe(100_000)
    expect(isGrowing(ids)).toBe(true)
    expect(ids.every((id) => uuidV7.test(id))).toBe(true)
  })

  it("grow whatever the clock does", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ time: fc.nat({ max: 50_000 }), count: fc.nat({ max: 5_000 }) }), { maxLength: 8 }),
        async (steps) => {
          const ids = await run(
            Effect.gen(function* () {
              const made: Array<string> = []
              for (const { count, time } of steps) {
                yield* TestClock.setTime(time)
                made.push(...(yield* many(count)))
              }
              return made
            })
          )
          expect(isGrowing(ids)).toBe(true)
        }
      ),
      { numRuns: 30 }
    )
  })

  it("repeat with the seed and the clock, and differ with another seed", async () => {
    const made = (seed: string) => run(many(50), seed)
    const first = await made("a")
    expect(await made("a")).toEqual(first)
    expect(await made("b")).not.toEqual(first)
  })

  it("are valid ids of users, tasks and commands", async () => {
    for (const id of await run(many(10))) {
      expect(UserId.make(id)).toBe(id)
      expect(TaskId.make(id)).toBe(id)
      expect(CommandId.make(id)).toBe(id)
    }
  })
})

describe("ids that callers give", () => {
  const accepts = (schema: Schema.Codec<string, string>, text: unknown) =>
    Result.isSuccess(Schema.decodeUnknownResult(schema)(text))

  it.each([
    ["UserId", UserId, 64],
    ["TaskId", TaskId, 64],
    ["CommandId", CommandId, 200]
  ] as const)("are short tokens: %s", (_, schema, most) => {
    for (const text of ["a", "7", "ann.b-c_d", "A".repeat(most)]) expect(accepts(schema, text)).toBe(true)
    for (const text of ["", "-a", ".a", "_a", "a b", "a/b", "a:b", "é", "a\n", "A".repeat(most + 1), 7, null]) {
      expect(accepts(schema, text), String(text)).toBe(false)
    }
  })

  it("are ordered by their bytes", () => {
    const ids = ["b", "a", "B", "a.1", "a-1", "a_1", "10", "9"]
    const bytes = (text: string) => Buffer.from(text)
    expect([...ids].sort(byteOrder)).toEqual([...ids].sort((a, b) => Buffer.compare(bytes(a), bytes(b))))
    expect(byteOrder("a", "a")).toBe(0)
  })
})
