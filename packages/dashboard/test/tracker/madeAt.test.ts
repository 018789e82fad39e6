import { expect, it } from "vitest"
import { madeAt } from "../../src/page/tracker/madeAt.ts"

it("an id that popug gave says when, and others say nothing", () => {
  expect(madeAt("01a21698-c335-7002-9285-5d12481fc687")?.toISOString()).toBe(
    new Date(Number.parseInt("01a21698c335", 16)).toISOString()
  )
  expect(madeAt("01a21698-c335-4002-9285-5d12481fc687")).toBeUndefined()
  expect(madeAt("mend-the-roof")).toBeUndefined()
})
