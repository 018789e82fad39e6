import { isDeepStrictEqual } from "node:util"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Envelope from "../../src/stream/Envelope.ts"
import {
  canonicalTaskUpdated,
  decodeTaskEvent,
  isTaskUpdated,
  joinBracketedKey,
  splitBracketedKey,
  TaskChange,
  TaskUpdated
} from "../../src/tasks/events.ts"
import { canonicalJson } from "../../src/values/Digest.ts"
import { success } from "../support/given.ts"
import { golden } from "../support/golden.ts"

const first = success(Envelope.fromCloudEvent(golden.get("task.updated.v1")!))

/** What version 2 makes of a title of version 1, read as an event. */
const read = (title: string) => {
  const data = { ...(first.data as Record<string, unknown>), title }
  const { jiraId, title: rest } = success(decodeTaskEvent({ ...first, data })).data as TaskUpdated
  return { title: rest, jiraId }
}

describe("task.updated 1 -> 2", () => {
  it.each([
    ["[POPUG-17] Mend the roof", "Mend the roof", "POPUG-17"],
    ["[POPUG-17]Mend the roof", "Mend the roof", "POPUG-17"],
    ["  [POPUG-17]   Mend the roof", "Mend the roof", "POPUG-17"],
    ["[popug-1] lower case", "lower case", "popug-1"],
    ["[A_B2-007] x", "x", "A_B2-007"],
    ["[KEY-1] [KEY-2] two keys", "[KEY-2] two keys", "KEY-1"]
  ])("splits %j into %j and %s", (before, title, jiraId) => {
    expect(read(before)).toEqual({ title, jiraId })
  })

  it.each(["[POPUG-17]", "[POPUG-17] ", " [POPUG-17]"])(
    "keeps the key as title of %j, which is nothing else",
    (title) => {
      expect(read(title)).toEqual({ title: "POPUG-17", jiraId: "POPUG-17" })
    }
  )

  it.each([
    "Mend the roof",
    "Mend [POPUG-17] the roof",
    "[urgent] Mend the roof",
    "[POPUG] Mend the roof",
    "[POPUG 17] Mend the roof",
    "[17-1] Mend the roof",
    "[POPUG-17 Mend the roof",
    "POPUG-17 Mend the roof",
    ""
  ])("leaves %j, which has no key", (title) => {
    expect(read(title)).toEqual({ title, jiraId: null })
  })

  it("keeps every other field", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.dictionary(fc.constantFrom("id", "assign", "period"), fc.jsonValue()),
        (title, rest) => {
          const after = splitBracketedKey({ ...rest, title })
          expect({ ...after, title, jiraId: undefined }).toEqual({ ...rest, title, jiraId: undefined })
        }
      )
    )
  })

  it("never leaves an empty title where there was one", () => {
    fc.assert(
      fc.property(fc.constantFrom("", "[A-1]", "[A-1] ", " [A-1]  "), fc.string(), (key, text) => {
        const title = `${key}${text}`
        fc.pre(title !== "")
        expect(splitBracketedKey({ title }).title).not.toBe("")
      })
    )
  })
})

describe("task.updated 2 -> 1", () => {
  const whole = success(decodeTaskEvent({ ...first, data: first.data })).data as TaskUpdated
  const join = (title: string, jiraId: string | null) => joinBracketedKey({ ...whole, title, jiraId }).title

  it.each([
    ["Mend the roof", null, "Mend the roof"],
    ["Mend the roof", "POPUG-17", "[POPUG-17] Mend the roof"],
    ["POPUG-17", "POPUG-17", "[POPUG-17] POPUG-17"],
    ["[urgent] Mend the roof", null, "[urgent] Mend the roof"],
    [" Mend the roof", null, " Mend the roof"],
    // A word joiner says that what follows is a title as it stands.
    [" Mend the roof", "POPUG-17", "[POPUG-17] \u2060 Mend the roof"],
    ["[KEY-2] Mend the roof", null, "\u2060[KEY-2] Mend the roof"],
    ["\u2060Mend the roof", null, "\u2060\u2060Mend the roof"],
    ["", "POPUG-17", "[POPUG-17] \u2060"]
  ])("says %j with the key %s as %j", (title, jiraId, before) => {
    expect(join(title, jiraId)).toBe(before)
  })

  it("loses nothing: read again it is what it was, whatever the title and the key", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "[KEY-1]",
        "[a_B2-007] ",
        " ",
        "\u2060",
        "\u00a0",
        "\ufeff",
        "\t",
        "\n",
        "[",
        "]",
        "KEY-1",
        "\ud800"
      ),
      fc.string({ unit: "binary", maxLength: 5 })
    )
    const title = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""))
    const key = fc.option(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,50}-[0-9]{1,20}$/u))
    fc.assert(
      fc.property(title, key, (title, jiraId) => {
        const today = { ...whole, title, jiraId }
        expect(splitBracketedKey(joinBracketedKey(today))).toEqual(today)
      }),
      { numRuns: 2_000 }
    )
  })
})

describe("what is told of task.updated at once", () => {
  const whole = success(Envelope.fromCloudEvent(golden.get("task.updated.v2")!)).data as Record<string, unknown>
  const decode = Schema.decodeUnknownResult(Schema.toCodecJson(TaskUpdated))
  /** Whether the schema reads JSON as what it is. */
  const isRead = (json: unknown) => {
    const read = decode(json)
    return Result.isSuccess(read) && isDeepStrictEqual(read.success, json)
  }
  const texts = [
    "",
    "a",
    "me",
    "SYSTEM",
    "-a",
    "a b",
    "a\n",
    "a".repeat(64),
    "a".repeat(65),
    "\ud800",
    "created",
    "edited"
  ]
  const dates = ["2026-11-24", "2026-02-30", "2024-02-29", "0000-01-01", "2026-11-24\n", "10000-01-01"]
  const numbers = [0, -0, 1, -1, 1.5, 1e21, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 1]
  const odd = [null, true, false, [], ["a"], {}, ...texts, ...dates, ...numbers]

  it("is that today's events are whole", () => {
    expect(isTaskUpdated(whole)).toBe(true)
  })

  it.each(Object.keys(whole))("is what the schema says, whatever %s is", (field) => {
    for (const value of odd) {
      const json = { ...whole, [field]: value }
      expect([value, isTaskUpdated(json)]).toEqual([value, isRead(json)])
    }
    const { [field]: _, ...less } = whole
    expect(isTaskUpdated(less)).toBe(false)
    expect(isTaskUpdated({ ...less, more: 1 })).toBe(false)
  })

  it.each([null, "text", 8, [], [whole], {}, { more: 1 }])("is nothing of %j", (json) => {
    expect(isTaskUpdated(json)).toBe(false)
    expect(isTaskUpdated({ ...whole, more: json })).toBe(false)
  })
})

describe("the canonical JSON of task.updated", () => {
  it("is what it is of any value", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("\ud800", '"', "\\", "\u2028", "\n")
    )
    const updated = fc.record({
      assign: fc.option(text),
      assignment: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      change: fc.constantFrom(...TaskChange.literals),
      id: text,
      isDone: fc.boolean(),
      jiraId: fc.option(text),
      period: fc.constantFrom("2026-11-24", "0000-01-01"),
      title: text
    })
    fc.assert(
      fc.property(updated, (data) => {
        expect(canonicalTaskUpdated(data as TaskUpdated)).toBe(canonicalJson(data))
      })
    )
  })

  it("has all fields of the schema", () => {
    const whole = success(Envelope.fromCloudEvent(golden.get("task.updated.v2")!)).data as TaskUpdated
    expect(Object.keys(JSON.parse(canonicalTaskUpdated(whole)))).toEqual(Object.keys(TaskUpdated.fields))
  })
})
