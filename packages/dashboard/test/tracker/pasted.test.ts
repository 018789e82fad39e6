import { expect, it } from "vitest"
import { inBatches, pasted, withoutFirst } from "../../src/page/tracker/pasted.ts"

const titles = (text: string) =>
  pasted(text).tasks.map(({ jiraId, title }) => (jiraId === null ? title : [jiraId, title]))

it("takes a task from each line, however lists write them", () => {
  expect(titles("Mend the roof\n\n  - Feed the parrots\r\n* Paint\n3. Sweep\n- [ ] Count\n2) Weigh")).toEqual([
    "Mend the roof",
    "Feed the parrots",
    "Paint",
    "Sweep",
    "Count",
    "Weigh"
  ])
})

it("takes keys of other trackers, and the cells of a spreadsheet", () => {
  expect(titles("[POPUG-17] Mend\nPOPUG-18: Paint\n- [popug-19] Sweep\nPOPUG-20\tCount\nPOPUG-21 - Weigh")).toEqual([
    ["POPUG-17", "Mend"],
    ["POPUG-18", "Paint"],
    ["popug-19", "Sweep"],
    ["POPUG-20", "Count"],
    ["POPUG-21", "Weigh"]
  ])
  expect(pasted("Mend\twith nails\t\tby noon").tasks).toEqual([
    { title: "Mend", jiraId: null, description: "with nails\nby noon" }
  ])
})

it("leaves titles alone that only look like something else", () => {
  expect(titles("-5 degrees\n2026 plan\nCOVID-19 report\n[draft] Letter\nпочинить крышу")).toEqual([
    "-5 degrees",
    "2026 plan",
    "COVID-19 report",
    "[draft] Letter",
    "починить крышу"
  ])
})

it("says which lines can't be tasks, and why", () => {
  expect(pasted(`fine\n[POPUG-1]\n${"a".repeat(501)}\n${"🦜".repeat(500)}`)).toMatchObject({
    bad: [
      { line: 2, why: "noTitle" },
      { line: 3, why: "tooLong" }
    ],
    tasks: [{ title: "fine" }, {}]
  })
})

it("makes batches", () => {
  expect(inBatches([1, 2, 3], 2)).toEqual([[1, 2], [3]])
  expect(inBatches([], 2)).toEqual([])
})

it("leaves the lines whose tasks were not created", () => {
  const text = "\n- one\n\n- two\r\n- three\n"
  expect(withoutFirst(text, 0)).toBe("- one\n\n- two\n- three\n")
  expect(pasted(withoutFirst(text, 1)).tasks.map(({ title }) => title)).toEqual(["two", "three"])
  expect(withoutFirst(text, 3)).toBe("")
})
