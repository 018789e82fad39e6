import { BusinessDay } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { Count, option, optional, parse, UsageError } from "../src/cli/options.ts"

const program = {
  usage: "program FILE",
  about: "Does something.",
  argument: { name: "FILE", about: "With what" },
  options: {
    loud: { about: "Says so" },
    to: optional("FILE", "Where to"),
    days: option(Count, "NUMBER", 30, "How many"),
    seed: option(Schema.String, "TEXT", "popug", "From what"),
    cutoff: option(BusinessDay.Cutoff, "HH:MM", "00:00", "When")
  },
  examples: []
} as const

describe("options", () => {
  it("have defaults", async () => {
    const parsed = await Effect.runPromise(parse(program, ["trace"]))
    expect(parsed).toEqual({ argument: "trace", loud: false, to: undefined, days: 30, seed: "popug", cutoff: "00:00" })
  })

  it("are read by their schemas", async () => {
    const args = ["--days", "7", "trace", "--loud", "--to=x", "--seed", "a b", "--cutoff", "06:30"]
    const parsed = await Effect.runPromise(parse(program, args))
    expect(parsed).toEqual({ argument: "trace", loud: true, to: "x", days: 7, seed: "a b", cutoff: "06:30" })
  })

  it("may leave out what is optional", async () => {
    const lenient = { ...program, argument: { ...program.argument, optional: true } } as const
    expect((await Effect.runPromise(parse(lenient, [])))!.argument).toBe(undefined)
    expect((await Effect.runPromise(parse(lenient, ["trace"])))!.argument).toBe("trace")
  })

  it.each([
    [[], "which FILE?"],
    [["a", "b"], `what is "b" for?`],
    [["a", "--frobnicate"], "Unknown option '--frobnicate'"],
    [["a", "--days", "0"], "--days 0: "],
    [["a", "--days", "1.5"], "--days 1.5: "],
    [["a", "--cutoff", "25:00"], "--cutoff 25:00: "]
  ])("refuse %j", async (args, message) => {
    const error = await Effect.runPromise(Effect.flip(parse(program, args)))
    expect(error).toBeInstanceOf(UsageError)
    expect(error.message).toContain(message)
  })
})
