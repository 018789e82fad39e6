import { expect, it } from "vitest"
import * as Forms from "../src/Forms.ts"

const data = {
  assign: "olga",
  assignment: 1,
  change: "assigned",
  id: "roof",
  isDone: false,
  jiraId: null,
  period: "2026-11-23",
  title: "Mend the roof"
}
const updated = { type: "task.updated", version: 2, data }

/** What comes back of an event, and its JSON to the letter. */
const back = (event: typeof updated | { type: string; version: number; data: unknown }) => {
  const { form, text } = Forms.written(event)
  const read = Forms.read(form, JSON.parse(text))
  expect(JSON.stringify(read)).toBe(JSON.stringify(event))
  return { form, text }
}

it("an event that is many keeps its values without their names", () => {
  expect(back(updated)).toEqual({
    form: 1,
    text: '["olga",1,"assigned","roof",false,null,"2026-11-23","Mend the roof"]'
  })
})

it("an event that is rare keeps all that it says", () => {
  expect(back({ type: "user.created", version: 1, data: { id: "olga" } })).toEqual({
    form: 0,
    text: '["user.created",1,{"id":"olga"}]'
  })
})

it("an event of an earlier version keeps all that it says", () => {
  const { jiraId: _, ...before } = data
  expect(back({ type: "task.updated", version: 1, data: before }).form).toBe(0)
})

it.each<readonly [string, unknown]>([
  ["names in another order", Object.fromEntries(Object.entries(data).toReversed())],
  ["one name more", { ...data, more: 1 }],
  ["one name less", { ...data, title: undefined }],
  ["another name", { ...data, title: undefined, name: "Mend the roof" }],
  ["values alone", Object.values(data)],
  ["nothing", null],
  ["a text", "12345678"]
])("data of %s comes back to the letter", (_, other) => {
  expect(back({ ...updated, data: other }).form).toBe(0)
})

it("an earlier version of an event keeps its names", () => {
  expect(back({ ...updated, version: 1 }).form).toBe(0)
})

it.each([
  [1, "[1,2]"],
  [1, "{}"],
  [0, '["user.created",1]'],
  [0, "[1,1,1]"],
  [2, '["user.created",1,{}]']
])("a row of form %d that has %s is an event of no type", (form, text) => {
  expect(Forms.read(form, JSON.parse(text))).toEqual({
    type: `unreadable (form ${form})`,
    version: 1,
    data: JSON.parse(text)
  })
})
