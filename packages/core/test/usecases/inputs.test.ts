/**
 * What callers may leave out, and what they are told of input that breaks the rules.
 */
import { assert, describe, it } from "@effect/vitest"
import { Actor, Billing, Books, Company, type InvalidInput, Reports, Tasks, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const anna = Actor.user("anna")
const company = Memory.company({ secret: "of all draws" })
const withAnna = Effect.flatMap(Users, (users) =>
  users.create(Actor.system, [{ id: "anna", name: "Anna", roles: ["admin", "accountant"] }])
)

describe("a list", () => {
  it.effect("without a page is its first hundred rows", () =>
    Effect.gen(function* () {
      yield* withAnna
      const users = yield* Users
      const many = Array.from({ length: 120 }, (_, index) => ({
        id: `w${String(index).padStart(3, "0")}`,
        name: "W",
        roles: ["worker"]
      }))
      yield* users.create(Actor.system, many)
      const first = yield* users.list(anna, {})
      assert.deepStrictEqual([first.rows.length, first.more], [100, true])
      const rest = yield* users.list(anna, {}, { after: first.rows.at(-1)!.id })
      assert.deepStrictEqual([rest.rows.length, rest.more], [21, false])
      assert.deepStrictEqual((yield* (yield* Tasks).list(anna, {})).rows, [])
      assert.deepStrictEqual((yield* (yield* Books).transfers(anna, {})).rows, [])
      assert.deepStrictEqual((yield* (yield* Reports).notices(anna, {})).rows, [])
    }).pipe(Effect.provide(company))
  )
})

describe("an error of input", () => {
  const told = (effect: Effect.Effect<unknown, unknown, never>) =>
    Effect.map(Effect.flip(effect), (error) => (error as InvalidInput).message)

  it.effect("names the place of what is wrong", () =>
    Effect.gen(function* () {
      yield* withAnna
      const [users, tasks, books] = [yield* Users, yield* Tasks, yield* Books]
      const [reports, billing] = [yield* Reports, yield* Billing]
      const cases: ReadonlyArray<readonly [Effect.Effect<unknown, unknown>, string]> = [
        [users.create(anna, "x" as never), `at ["users"]`],
        [users.create(anna, [{ name: "", roles: ["worker"] }]), `at ["users"][0]["name"]`],
        [users.create(anna, [{ name: "B", roles: ["worker"] }], { commandId: " " }), `at ["commandId"]`],
        [users.list(anna, { status: "gone" as never }), `at ["status"]`],
        [users.list(anna, {}, { limit: 0 }), `at ["limit"]`],
        [users.list(anna, {}, { after: "/" }), `at ["after"]`],
        [tasks.create(anna, [{ title: "Mend it" }, { title: "" }]), `at ["tasks"][1]["title"]`],
        [tasks.completeMany(anna, ["/"]), `at ["ids"][0]`],
        [books.account(anna, "/"), `at ["owner"]`],
        [books.balances(anna, "yesterday"), `at ["period"]`],
        [books.accounts(anna, { inTheRed: "yes" as never }), `at ["inTheRed"]`],
        [reports.notices(anna, { status: "lost" as never }), `at ["status"]`],
        [billing.close(anna, "today"), `at ["period"]`]
      ]
      for (const [effect, place] of cases) assert.include(yield* told(effect), place)
    }).pipe(Effect.provide(company))
  )

  it.effect("says so of a company's secret", () =>
    Effect.gen(function* () {
      const build = Layer.build(Company.layer({ secret: "" })).pipe(Effect.scoped)
      assert.match(yield* told(build), /^Expected a text that is not empty\n {2}at \["secret"\]$/u)
    })
  )
})
