import { Assignment, BusinessDay, InvalidInput, Pricing } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { DayBook } from "../../src/days/index.ts"
import { Replay, Trace } from "../../src/replay/index.ts"
import { example, trace } from "./traces.ts"

interface Replayed {
  readonly result: Replay.Result
  /** What `--json` writes. */
  readonly text: string
  readonly days: ReadonlyArray<DayBook.DayBook>
}

const replay = async (lines: ReadonlyArray<string>, options: Replay.Options = {}): Promise<Replayed> => {
  const days: Array<DayBook.DayBook> = []
  const written: Array<unknown> = []
  const result = await Replay.run(Stream.fromIterable(lines), {
    ...options,
    onDay: (day, name) =>
      Effect.sync(() => {
        days.push(day)
        written.push(DayBook.toJson(day, name))
      })
  }).pipe(Effect.runPromise)
  const text = [...written, Replay.toJson(result)].map((line) => `${JSON.stringify(line)}\n`).join("")
  return { result, text, days }
}

const line = (at: string, actor: string, command: string, data?: unknown) =>
  JSON.stringify({ at, actor, command, data })

/** A worker with a task that takes a week. */
const week = [
  line("2024-03-01T22:30:00Z", "system", "user.create", { id: "mia", name: "Mia", roles: ["worker"] }),
  line("2024-03-01T22:31:00Z", "mia", "task.create", { id: "roof", title: "Mend the roof" }),
  line("2024-03-08T09:00:00Z", "assignee", "task.update", { id: "roof", status: "done" })
]

const price = Layer.succeed(Pricing.Pricing, () => ({ fee: 10n, award: 25n }))

describe("Replay.run", () => {
  it("does what is right, skips what is wrong and says why, whatever the trace", async () => {
    await fc.assert(
      fc.asyncProperty(trace(60), fc.constantFrom("UTC", "Asia/Kathmandu"), async (story, timeZone) => {
        const { days, result } = await replay(story.lines, { timeZone })
        expect(result.invalid.map(({ line, reason }) => [line, reason.split(":")[0]])).toEqual(story.invalid)
        expect(result.commands).toBe(story.commands)
        expect(result.checks.problems).toEqual([])
        expect(result.totals.done).toBe(story.done)
        expect(result.periods).toBe(days.length)
        expect(days.reduce<DayBook.Totals>(DayBook.add, DayBook.noTotals)).toEqual(result.totals)
        for (const { awards, earnings, fees } of days) expect(earnings).toBe(fees - awards)
      }),
      { numRuns: 25 }
    )
  })

  it("gives the same bytes for the same seed, and other books for another", async () => {
    const { lines } = example(150, 7)
    const [once, again, other] = [await replay(lines), await replay(lines), await replay(lines, { seed: "other" })]
    expect(again.text).toBe(once.text)
    expect(other.text).not.toBe(once.text)
  })

  it("gives the same bytes through four contexts apart, each over a store of its own", async () => {
    const { lines } = example(150, 7)
    expect((await replay(lines, { apart: {} })).text).toBe((await replay(lines)).text)
    await fc.assert(
      fc.asyncProperty(trace(40), async ({ lines }) => {
        expect((await replay(lines, { apart: {} })).text).toBe((await replay(lines)).text)
      }),
      { numRuns: 10 }
    )
  })

  it("has the same fees, awards, earnings and counts over all days in every time zone", async () => {
    const { lines } = example(150, 8)
    const zones = ["UTC", "Pacific/Kiritimati", "America/St_Johns"]
    const all = await Promise.all(zones.map((timeZone) => replay(lines, { timeZone })))
    const sums = all.map(({ result: { commands, invalid, totals } }) => ({ commands, invalid, ...totals, payouts: 0n }))
    expect(sums[1]).toEqual(sums[0])
    expect(sums[2]).toEqual(sums[0])
    expect(new Set(all.map(({ text }) => text)).size).toBe(3)
  })

  it("closes every day from the first command to the last, empty ones too", async () => {
    const { days, result } = await replay(week, { policies: price })
    const expected = ["01", "02", "03", "04", "05", "06", "07", "08"].map((day) => `2024-03-${day}`)
    expect(days.map(({ period }) => period)).toEqual(expected)
    expect(result.periods).toBe(8)
    expect(days.map(({ earnings }) => earnings)).toEqual([10n, 0n, 0n, 0n, 0n, 0n, 0n, -25n])
    expect(days.map(({ inTheRed }) => inTheRed)).toEqual([1, 1, 1, 1, 1, 1, 1, 0])
  })

  it("starts days by the company's zone and cutoff", async () => {
    const tokyo = await replay(week, { timeZone: "Asia/Tokyo", cutoff: "09:00" })
    expect(tokyo.days[0]?.period).toBe("2024-03-01")
    expect(tokyo.days.at(-1)?.period).toBe("2024-03-08")
    const later = await replay(week, { timeZone: "Asia/Tokyo", cutoff: "07:00" })
    expect(later.days[0]?.period).toBe("2024-03-02")
  })

  it("writes the day books in the names of the trace", async () => {
    const { text } = await replay(week, { policies: price })
    expect(text.split("\n").filter((_, index) => index === 0 || index >= 7)).toEqual([
      `{"period":"2024-03-01","tasksCreated":1,"assigned":1,"done":0,"fees":"10","awards":"0","earnings":"10",` +
        `"payouts":"0","inTheRed":1,"balances":{"mia":{"opening":"0","fees":"10","awards":"0","payout":"0","closing":"-10"}}}`,
      `{"period":"2024-03-08","tasksCreated":0,"assigned":0,"done":1,"fees":"0","awards":"25","earnings":"-25",` +
        `"payouts":"15","inTheRed":0,"balances":{"mia":{"opening":"-10","fees":"0","awards":"25","payout":"15","closing":"0"}}}`,
      `{"commands":3,"invalid":[],"periods":8,"totals":{"tasksCreated":1,"assigned":1,"done":1,"fees":"10",` +
        `"awards":"25","earnings":"-15","payouts":"15"}}`,
      ""
    ])
  })

  it("takes names that are no ids, and gives them back", async () => {
    const names = ["1", "__proto__", "Zoë / the 2nd; \u2028", "task"]
    const lines = names.flatMap((id, index) => [
      line(`2024-03-01T1${index}:00:00Z`, "system", "user.create", { id, name: "X", roles: ["worker"] }),
      line(`2024-03-01T1${index}:30:00Z`, id, "task.create", { id, title: "X" }),
      line(`2024-03-01T1${index}:40:00Z`, "system", "user.update", { id, status: "deactivated" }),
      line(`2024-03-01T1${index}:50:00Z`, id, "task.create", { id: "late", title: "X" })
    ])
    const { result, text } = await replay(lines)
    const balances = JSON.parse(text.split("\n")[0]!).balances
    expect(Object.keys(balances).sort()).toEqual([...names].sort())
    expect(result.invalid.map(({ reason }) => reason)).toEqual(
      names.map((id) => `DeactivatedActor: user:${id} is deactivated`)
    )
  })

  it("keeps the trace's names as ids when asked to", async () => {
    const lines = [...week, line("2024-03-08T10:00:00Z", "mia", "task.create", { id: "not an id", title: "X" })]
    const { days, result } = await replay(lines, { identify: Replay.keep })
    expect(days[0]?.lines[0]?.id).toBe("mia")
    expect(days.at(-1)?.topTask?.id).toBe("roof")
    expect(result.invalid).toEqual([{ line: 4, reason: expect.stringMatching(/^InvalidInput: /) }])
  })

  it("takes the host's policies", async () => {
    const policies = Layer.mergeAll(
      price,
      Layer.succeed(Assignment.Eligibility, ({ roles }) => roles.includes("manager")),
      Layer.succeed(Assignment.ChooseAssignee, ({ candidates }) => candidates.at(-1)!),
      Layer.succeed(Assignment.RepeatedAssignee, "assign-again")
    )
    const lines = [
      line("2024-03-01T09:00:00Z", "system", "user.create", { id: "w", name: "W", roles: ["worker"] }),
      line("2024-03-01T09:00:00Z", "system", "user.create", { id: "m", name: "M", roles: ["manager"] }),
      line("2024-03-01T09:00:00Z", "w", "task.create", { id: "t", title: "T" }),
      line("2024-03-01T09:00:00Z", "m", "task.assign"),
      line("2024-03-01T09:00:00Z", "m", "task.assign")
    ]
    const { result, text } = await replay(lines, { policies, currency: "JPY" })
    expect(result.totals).toMatchObject({ assigned: 3, fees: 30n })
    expect(JSON.parse(text.split("\n")[0]!).balances).toEqual({
      m: { opening: "0", fees: "30", awards: "0", payout: "0", closing: "-30" }
    })
  })

  it("says the line and the reason in the trace's words", async () => {
    const { result } = await replay([
      "",
      "oops",
      ...week,
      line("2024-03-08T09:00:00Z", "assignee", "task.update", { id: "roof", status: "done" }),
      line("2024-03-07T09:00:00Z", "mia", "task.create", { id: "cat", title: "Feed the cat" }),
      line("2024-03-08T09:00:00Z", "mia", "task.create", { id: "cat", title: "[CAT-1] Feed the cat" }),
      line("2024-03-08T09:00:00Z", "mia", "user.create", { id: "tom", name: "Tom", roles: ["worker"] })
    ])
    expect(result.commands).toBe(3)
    expect(result.invalid.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      expect.stringMatching(/^2 BrokenJson: .*not valid JSON$/),
      "6 TaskAlreadyDone: task roof is done, and done is final",
      "7 TimeWentBack: 2024-03-07T09:00:00.000Z is earlier than 2024-03-08T09:00:00.000Z, the command before",
      expect.stringMatching(/^8 InvalidInput: .*a bracketed key.*title/),
      "9 NotAllowed: user:mia may not create or change users"
    ])
  })

  it("closes nothing when there is nothing, or nothing right", async () => {
    const empty = await replay([])
    expect(empty.result).toMatchObject({ commands: 0, invalid: [], periods: 0 })
    const wrong = await replay(["x", line("2024-03-01T09:00:00Z", "mia", "task.assign")])
    expect(wrong.result).toMatchObject({ commands: 0, periods: 0 })
    expect(wrong.result.invalid).toHaveLength(2)
  })

  it("refuses settings that make no sense, before the first line", async () => {
    const error = await Replay.run(Stream.empty, { timeZone: "Mars/Base" }).pipe(Effect.flip, Effect.runPromise)
    expect(error).toBeInstanceOf(InvalidInput)
  })
})

describe("Trace.lines", () => {
  it("finds the lines of a file, however it is cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\r\n]/g, "")),
          { minLength: 1 }
        ),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom("\n", "\r\n"),
        async (lines, size, end) => {
          const bytes = new TextEncoder().encode(lines.map((text) => `${text}x${end}`).join(""))
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
            bytes.subarray(index * size, (index + 1) * size)
          )
          const found = await Effect.runPromise(Stream.runCollect(Trace.lines(Stream.fromIterable(chunks))))
          expect(found).toEqual(lines.map((text) => `${text}x`))
        }
      ),
      { numRuns: 50 }
    )
  })
})

describe("the days of a trace", () => {
  it("follow the calendar of the zone", async () => {
    // 30 December 2011 never was.
    const lines = [
      line("2011-12-29T12:00:00Z", "system", "task.create", { id: "t", title: "T" }),
      line("2012-01-01T12:00:00Z", "system", "task.assign")
    ]
    const { days } = await replay(lines, { timeZone: "Pacific/Apia" })
    const calendar = BusinessDay.makeCalendar("Pacific/Apia")
    expect(days.map(({ period }) => period)).toEqual(["2011-12-29", "2011-12-31", "2012-01-01", "2012-01-02"])
    for (const { period } of days.slice(1)) expect(BusinessDay.startOf(calendar, period)).toBeDefined()
  })
})
