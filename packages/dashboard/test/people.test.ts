import { expect, it } from "vitest"
import { pastedPeople } from "../src/page/people/pastedPeople.ts"
import { peopleIn, rolesOf, shownOf } from "../src/page/people/shown.ts"

const inWords: Readonly<Record<string, string>> = { менеджер: "manager", worker: "worker" }
const read = (text: string) => pastedPeople(text, (word) => inWords[word])

it("lines are people: a name and its roles, in any of the ways that lists are written", () => {
  expect(read("Vera Popova, worker\n\n- Семён;менеджер\r\n3. 王芳\tdesigner manager").people).toEqual([
    { name: "Vera Popova", roles: ["worker"] },
    { name: "Семён", roles: ["manager"] },
    { name: "王芳", roles: ["designer", "manager"] }
  ])
})

it("whoever has no role is a worker, and has each role once", () => {
  expect(read("Vera\nOlga, worker, worker").people).toEqual([
    { name: "Vera", roles: ["worker"] },
    { name: "Olga", roles: ["worker"] }
  ])
})

it("a line that is nobody is told with its number, and the others are people all the same", () => {
  expect(read(`Vera\n, worker\n${"x".repeat(201)}\nOlga, работник`)).toEqual({
    people: [{ name: "Vera", roles: ["worker"] }],
    bad: [
      { line: 2, why: "noName" },
      { line: 3, why: "tooLong" },
      { line: 4, why: "badRole" }
    ]
  })
})

const person = (
  id: string,
  name: string,
  roles: ReadonlyArray<string>,
  status: "active" | "deactivated" = "active"
) => ({
  id,
  name,
  roles,
  status
})
const people = [
  person("olga", "Olga", ["worker"]),
  person("anna", "Anna Ivanova", ["admin"]),
  person("ivan", "Ivan", ["designer"], "deactivated")
]

it("people are looked for by status, role, and any words of name and id, in the order of names", () => {
  const ids = (query: string) => peopleIn(people, shownOf(new URLSearchParams(query))).map(({ id }) => id)
  expect(ids("")).toEqual(["anna", "olga"])
  expect(ids("status=all&q=IVAN")).toEqual(["anna", "ivan"])
  expect(ids("status=deactivated")).toEqual(["ivan"])
  expect(ids("role=worker")).toEqual(["olga"])
  expect(ids("q=ivanova anna")).toEqual(["anna"])
})

it("popug's own roles come first, then the company's", () => {
  expect(rolesOf(people)).toEqual(["admin", "manager", "accountant", "worker", "designer"])
})
