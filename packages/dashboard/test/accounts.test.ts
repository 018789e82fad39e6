import { describe, expect, it } from "vitest"
import {
  earningsOf,
  type Entry,
  isSought,
  nameOf,
  ofAuditLog,
  ofStatement,
  sought,
  standing,
  sumsOf
} from "../src/page/accounts/entries.ts"
import { nameIn } from "../src/page/accounts/fileName.ts"
import { checksOf, stateOf } from "../src/page/accounts/periodState.ts"
import { daysOfMonth, monthAfter, rangeIn, rangeOf, wordOf } from "../src/page/accounts/ranges.ts"
import { tasksIn, typedTask } from "../src/page/accounts/tasksIn.ts"
import { dayAfter } from "../src/page/data/days.ts"
import { fullPage } from "../src/page/data/pages.ts"
import { linesOf } from "../src/page/ui/tableRows.ts"

const usd = (amount: bigint) => ({ amount, currency: "USD" })
const at = new Date("2026-11-26T09:00:00Z")

const line = (more: object) =>
  ({
    transfer: 7,
    period: "2026-11-26",
    kind: "fee",
    owner: "olga",
    name: "Olga",
    task: { id: "t1", title: "Mend the roof" },
    amount: usd(-1231n),
    corrects: null,
    corrected: null,
    reason: null,
    recordedAt: at,
    ...more
  }) as never

const row = (more: object) =>
  ({
    number: 7,
    kind: "fee",
    debit: "popug:olga",
    credit: "company:fees",
    amount: usd(1231n),
    period: "2026-11-26",
    cause: { _tag: "Assigned", event: 3, task: "t1", title: "Mend the roof", assignment: 1 },
    occurredAt: at,
    recordedAt: at,
    balance: usd(-1231n),
    task: { id: "t1", title: "Mend the roof" },
    corrected: null,
    ...more
  }) as never

const entry = (kind: Entry["kind"], amount: bigint, corrects: number | null = null): Entry => ({
  ...ofAuditLog(line({ kind, corrects })),
  amount: usd(amount)
})

describe("entries", () => {
  it("a line of the audit log and the row of a statement are the same entry", () => {
    const { balance, ...entry } = ofStatement(row({}), "popug:olga")
    expect(entry).toEqual({ ...ofAuditLog(line({})), name: null })
    expect(balance).toEqual(usd(-1231n))
    const corrected = { transfer: 7, period: "2026-11-25", amount: usd(-1231n), recordedAt: at }
    const { balance: _, ...correction } = ofStatement(
      row({
        number: 8,
        debit: "company:fees",
        credit: "popug:olga",
        corrected,
        cause: { _tag: "Corrected", corrects: 7, round: 1, undoes: false, reason: "Withdrawn", actor: "anton" }
      }),
      "popug:olga"
    )
    expect(correction).toEqual({
      ...ofAuditLog(line({ transfer: 8, amount: usd(1231n), corrects: 7, corrected, reason: "Withdrawn" })),
      name: null
    })
  })

  it("a correction and what undoes it are told apart by their sign", () => {
    expect(nameOf(ofAuditLog(line({})))).toBe("entry.fee")
    expect(nameOf(ofAuditLog(line({ corrects: 7, amount: usd(1231n) })))).toBe("entry.correction.fee")
    expect(nameOf(ofAuditLog(line({ corrects: 8 })))).toBe("entry.undo.fee")
    expect(nameOf(ofAuditLog(line({ kind: "award", corrects: 7, amount: usd(-5n) })))).toBe("entry.correction.award")
    expect(nameOf(ofAuditLog(line({ kind: "payout", corrects: 7, amount: usd(5n) })))).toBe("entry.correction.payout")
  })

  it("an entry is corrected as long as a correction of it is not undone", () => {
    const fee = { number: 1, corrects: null }
    const correction = { number: 2, corrects: 1 }
    const undone = { number: 3, corrects: 2 }
    expect(standing(1, [fee])).toBeUndefined()
    expect(standing(1, [fee, correction])).toBe(correction)
    expect(standing(1, [fee, correction, undone])).toBeUndefined()
    expect(standing(1, [fee, correction, undone, { number: 4, corrects: 1 }])?.number).toBe(4)
  })

  it("sums are by kind, corrections with them, and lead from the opening to the closing", () => {
    expect(sumsOf({ fees: usd(15n), awards: usd(20n), payouts: usd(0n) })).toEqual([
      { kind: "fee", amount: usd(-15n) },
      { kind: "award", amount: usd(20n) }
    ])
    // More was corrected than charged.
    expect(sumsOf({ fees: usd(-5n), awards: usd(0n), payouts: usd(5n) })).toEqual([
      { kind: "fee", amount: usd(5n) },
      { kind: "payout", amount: usd(-5n) }
    ])
  })

  it("a correction is of the kind that it corrects, and of all corrections", () => {
    const found = (one: Entry) => (["", ...sought] as const).filter((asked) => isSought(one, asked))
    expect(found(entry("fee", -10n))).toEqual(["", "fee"])
    expect(found(entry("award", -10n, 3))).toEqual(["", "award", "correction"])
  })

  it("management earns a fee, spends an award, and a payout is neither", () => {
    expect(earningsOf(entry("fee", -10n))).toEqual(usd(10n))
    expect(earningsOf(entry("award", 20n))).toEqual(usd(-20n))
    expect(earningsOf(entry("payout", -20n))).toEqual(usd(0n))
  })
})

describe("tasks of entries", () => {
  it("each is there once, under its last title", () => {
    const of = (id: string, title: string) => ({ task: { id, title } })
    expect(tasksIn([of("a", "New"), { task: null }, of("b", "B"), of("a", "Old")])).toEqual([
      { id: "a", title: "New" },
      { id: "b", title: "B" }
    ])
  })

  it.each([
    ["roof-1 ", "roof-1"],
    ["Mend the roof", undefined],
    ["", undefined]
  ])("what is typed may be an id: %s", (text, id) => expect(typedTask(text)).toBe(id))
})

describe("ranges", () => {
  const today = "2026-03-01"

  it("days are of the calendar", () => {
    expect(dayAfter("2024-02-28", 1)).toBe("2024-02-29")
    expect(dayAfter(today, -1)).toBe("2026-02-28")
    expect(daysOfMonth("2026-02")).toEqual({ from: "2026-02-01", to: "2026-02-28" })
    expect(monthAfter("2026-01", -1)).toBe("2025-12")
  })

  it.each(["today", "yesterday", "week", "month"] as const)("%s is told again from its days", (word) => {
    expect(wordOf(rangeOf(word, today), today)).toBe(word)
  })

  it.each([
    ["", { from: today, to: today }],
    ["from=2026-02-01&to=2026-02-03", { from: "2026-02-01", to: "2026-02-03" }],
    ["from=2026-02-03&to=2026-02-01", { from: "2026-02-03", to: today }],
    ["from=2026-02-03", { from: "2026-02-03", to: today }],
    ["from=2026-04-03", { from: "2026-04-03", to: "2026-04-03" }],
    ["to=2026-02-03", { from: "2026-02-03", to: "2026-02-03" }],
    ["from=2026-02-31x&to=nonsense", { from: today, to: today }]
  ])("the address %s", (query, range) => {
    expect(rangeIn(new URLSearchParams(query), today)).toEqual(range)
  })
})

describe("the state of a day", () => {
  const streams = [
    { source: "tasks", behind: 0 },
    { source: "users", behind: 3 }
  ] as const
  const day = { period: "2026-11-25", awaiting: null, streams, clear: true }
  const late = { ...day, streams: [{ source: "tasks", behind: 17 }] as const }

  it.each([
    ["open", day, "2026-11-25", { at: "open" }],
    ["over, and not ended", day, "2026-11-26", { at: "over" }],
    ["ended, and behind", late, "2026-11-26", { at: "ended", behind: 17 }],
    ["complete", { ...day, awaiting: "2026-11-25" }, "2026-11-26", { at: "complete" }],
    ["before the first", { ...day, period: null }, "2026-11-26", { at: "open" }]
  ] as const)("%s", (_, known, today, state) => {
    expect(stateOf(known, today)).toEqual(state)
  })

  it("what has to be so before it closes", () => {
    const passed = (known: typeof day | typeof late, today: string) =>
      checksOf(known, today).flatMap((check) => (check.passed ? [check.id] : []))
    expect(passed(day, "2026-11-25")).toEqual(["running"])
    expect(passed(late, "2026-11-26")).toEqual(["over", "running"])
    expect(passed({ ...day, awaiting: "2026-11-25" as never, clear: false }, "2026-11-26")).toEqual(["over", "booked"])
  })
})

describe("tables", () => {
  it("a heading stands before each run of rows of a group", () => {
    const rows = [
      { id: "1", day: "a" },
      { id: "2", day: "a" },
      { id: "3", day: "b" }
    ]
    const shown = (group?: (row: (typeof rows)[number]) => string) =>
      linesOf(rows, ({ id }) => id, group).map((one) => ("row" in one ? `${one.row.id}@${one.index}` : one.heading))
    expect(shown(({ day }) => day)).toEqual(["a", "1@0", "2@1", "b", "3@2"])
    expect(shown()).toEqual(["1@0", "2@1", "3@2"])
  })

  it("of a growing list, full pages are not asked for again", () => {
    const full = { data: [1, 2], nextCursor: "c" }
    const loaded = { pages: [full, { data: [3], nextCursor: null }], pageParams: [null, "c"] }
    expect(fullPage(loaded, null)).toBe(full)
    expect(fullPage(loaded, "c")).toBeUndefined()
    expect(fullPage(loaded, "d")).toBeUndefined()
    expect(fullPage(undefined, null)).toBeUndefined()
  })
})

it("a file is called as the server says, and never a path", () => {
  expect(nameIn('attachment; filename="audit-log-2026-11-26.csv"')).toBe("audit-log-2026-11-26.csv")
  expect(nameIn('attachment; filename="../x"')).toBeUndefined()
  expect(nameIn(undefined)).toBeUndefined()
})
