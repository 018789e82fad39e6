/** Companies whose rows say that they have work, and that nobody may do it for. */
import { Companies, CompanyDirectory } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { onNode } from "./host.ts"

const directoryOf = (shelf: Memory.Shelf) =>
  Effect.provide(CompanyDirectory, Memory.layerDirectoryOver(Memory.attach(shelf)))
const workOf = (ids: ReadonlyArray<string>) =>
  Effect.flatMap(Companies, (companies) =>
    Effect.map(companies.status(ids), (states) => states.map(({ health }) => health!.dueAt!.epochMilliseconds))
  )

describe("a company that was put to rest by half, before its node ended", () => {
  it("is left alone, and holds up nobody", () =>
    onNode((shelf) =>
      Effect.gen(function* () {
        const companies = yield* Companies
        yield* companies.open([{ id: "half" }, { id: "whole" }])
        yield* (yield* directoryOf(shelf)).change(["half"], { status: "resting" })
        const [before] = yield* workOf(["half"])
        yield* TestClock.setTime(Date.parse("2031-04-07T12:00:00Z"))
        expect(yield* companies.serve).toBeGreaterThan(0)
        expect(yield* companies.serve).toBe(0)
        const [half, whole] = yield* workOf(["half", "whole"])
        expect(half).toBe(before)
        expect(whole).toBeGreaterThan(before!)
      })
    ))

  it("works again soon after it is woken", () =>
    onNode((shelf) =>
      Effect.gen(function* () {
        const companies = yield* Companies
        yield* companies.open([{ id: "half" }])
        yield* (yield* directoryOf(shelf)).change(["half"], { status: "resting" })
        for (let look = 0; look < 20; look += 1) {
          yield* TestClock.setTime(Date.parse("2031-04-07T12:00:00Z") + look * 60_000)
          expect(yield* companies.serve).toBe(0)
        }
        yield* companies.rest(["half"])
        yield* companies.wake(["half"])
        yield* TestClock.adjust("30 seconds")
        expect(yield* companies.serve).toBeGreaterThan(0)
      })
    ))
})
