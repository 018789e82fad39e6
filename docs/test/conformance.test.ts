/** The page on conformance counts and names what the suites promise, and what adapters opt out of. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as conformance from "@popug/testkit/conformance"
import { expect, it } from "vitest"
import { optOuts } from "../../packages/postgres/test/optOuts.ts"
import { root } from "./support/markdown.ts"

/** Each suite once: `eventBusWithin` has the same promises as `eventBus`. */
const {
  ids: _,
  check: _check,
  conforms: _conforms,
  eventBusWithin: _eventBusWithin,
  instances: _instances,
  ...suites
} = conformance

const page = readFileSync(join(root, "docs/reference/conformance.md"), "utf8")
const rowsOf = (heading: string): ReadonlyArray<ReadonlyArray<string>> =>
  new RegExp(`## ${heading}\\n([^]*?)(\\n## |$)`, "u")
    .exec(page)![1]!
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(1)
    .map((line) => line.slice(2, -2).split(" | "))

it("tells of every suite how many promises it has, and accounts for each", () => {
  const told = rowsOf("Promises kept")
  const promised = Object.values(suites).map(({ port, promises }) => [port, Object.keys(promises).length])
  expect(Object.fromEntries(told.map(([port, count]) => [port, Number(count)]))).toEqual(Object.fromEntries(promised))
  for (const [port, count, ...adapters] of told) {
    for (const cell of adapters.filter((one) => one !== "—")) {
      const sum = cell.match(/\d+/gu)!.reduce((total, number) => total + Number(number), 0)
      expect(`${port}: ${sum}`).toBe(`${port}: ${count}`)
    }
  }
})

it("names what adapters opt out of, and why", () => {
  const { all, cursors, homes, stream } = optOuts
  const of = (port: string, reasons: Readonly<Record<string, string>>) =>
    Object.entries(reasons).map(([sentence, reason]) => ["PGlite", port, sentence, reason])
  const expected = [
    ...["UserStore", "TaskStore", "BillingStore"].flatMap((port) => of(port, stream)),
    ...of("CursorStore", cursors),
    ...of("All stores", all),
    ...of("CompanyHome", homes)
  ]
  expect([...rowsOf("Opt-outs")].sort()).toEqual(expected.sort())
})
