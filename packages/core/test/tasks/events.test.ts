import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeTaskEvent, splitBracketedKey, type TaskUpdated } from "../../src/tasks/events.ts"
import * as Envelope from "../../src/stream/Envelope.ts"
import { golden } from "../support/golden.ts"
import { success } from "../support/given.ts"

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
