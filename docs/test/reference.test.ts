/**
 * The reference pages say what the code says: no error and no access rule more or less.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as core from "@popug/core"
import { expect, it } from "vitest"
import { codes, root, rows } from "./support/markdown.ts"

interface ErrorClass {
  readonly identifier: string
  readonly fields: Readonly<Record<string, unknown>>
}

const isErrorClass = (value: unknown): value is ErrorClass =>
  typeof value === "function" && value.prototype instanceof Error && "fields" in value && "identifier" in value

/** Every tagged error that the core exports, under its own name or inside a module. */
const errors = new Map(
  Object.values(core)
    .flatMap((value: unknown) => (typeof value === "object" && value !== null ? Object.values(value) : [value]))
    .filter(isErrorClass)
    .map((error) => [error.identifier, Object.keys(error.fields).filter((field) => field !== "_tag")])
)

it("errors.md lists every error of the core with what it carries", () => {
  const listed = rows("docs/reference/errors.md").flatMap(([name, carries]) =>
    codes(name!).map((code) => [code, [...codes(carries!)].sort()] as const)
  )
  expect(listed.map(([name]) => name).filter((name, index, all) => all.indexOf(name) !== index)).toEqual([])
  expect(Object.fromEntries(listed)).toEqual(
    Object.fromEntries([...errors].map(([name, fields]) => [name, [...fields].sort()]))
  )
})

it("access.md is the table of Access.rules", () => {
  const listed = rows("docs/reference/access.md").map(([action, roles]) => [codes(action!)[0], codes(roles!)])
  expect(listed).toEqual(Object.entries(core.Access.rules))
})

it("architecture.md walks through functions that are there", () => {
  const steps = rows("docs/concepts/architecture.md").flatMap(([file, functions]) =>
    [...codes(file!)].flatMap((path) => (/\/\w+\.ts$/u.test(path) ? [{ path, functions: codes(functions!) }] : []))
  )
  expect(steps.length).toBeGreaterThan(10)
  for (const { functions, path } of steps) {
    const text = readFileSync(join(root, path.startsWith("packages/") ? "" : "packages/core/src", path), "utf8")
    for (const name of functions) expect(text, `${name} in ${path}`).toMatch(new RegExp(`\\b${name}\\b`, "u"))
  }
})
