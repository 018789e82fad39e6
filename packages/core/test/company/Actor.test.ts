import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import * as Actor from "../../src/company/Actor.ts"
import { active, userId } from "../support/given.ts"

const directory = new Map<string, Actor.DirectoryEntry>([
  ["ann", { id: userId("ann"), roles: ["admin"], status: "active" }],
  ["bob", { id: userId("bob"), roles: ["worker", "accountant"], status: "active" }],
  ["gone", { id: userId("gone"), roles: ["admin"], status: "deactivated" }]
])

describe("who acts", () => {
  it("is let in with the roles that the directory has now", () => {
    expect(Actor.admit(Actor.user("bob"), directory)).toEqual({
      actor: Actor.user("bob"),
      key: "user:bob",
      roles: new Set(["worker", "accountant"])
    })
  })

  it("is unknown when the directory has no such user", () => {
    expect(Actor.admit(Actor.user("eve"), directory)).toMatchObject({ _tag: "UnknownActor", actor: "user:eve" })
  })

  it("is out once deactivated, whatever the roles", () => {
    expect(Actor.admit(Actor.user("gone"), directory)).toMatchObject({ _tag: "DeactivatedActor", actor: "user:gone" })
  })

  it("may be the system, which no user can pass for", () => {
    expect(Actor.admit(Actor.system, new Map())).toEqual({ actor: Actor.system, key: "system", roles: new Set() })
    expect(Actor.isSystem(active("system"))).toBe(false)
    expect(Actor.key(Actor.user("system"))).not.toBe(Actor.key(Actor.system))
  })

  it("is looked up once for a whole batch, each user once, and not at all for the system", async () => {
    const asked: Array<ReadonlyArray<string>> = []
    const layer = Layer.succeed(Actor.Directory, {
      lookup: (ids) =>
        Effect.sync(() => {
          asked.push(ids)
          return ids.flatMap((id) => directory.get(id) ?? [])
        })
    })
    const found = await Effect.runPromise(
      Actor.lookup([Actor.user("bob"), Actor.system, Actor.user("bob"), Actor.user("eve")]).pipe(Effect.provide(layer))
    )
    expect(asked).toEqual([["bob", "eve"]])
    expect([...found.keys()]).toEqual(["bob"])
    await Effect.runPromise(Actor.lookup([Actor.system]).pipe(Effect.provide(layer)))
    expect(asked).toHaveLength(1)
  })
})

describe("a role", () => {
  const accepts = (role: unknown) => Result.isSuccess(Schema.decodeUnknownResult(Actor.Role)(role))

  it.each(["admin", "worker", "night-shift", "qa_2", "x"])("is a lower-case word: %s", (role) => {
    expect(accepts(role)).toBe(true)
  })

  it.each(["", "Admin", "1st", "two words", "-a", "a-", "a--b", "a".repeat(41), "админ", null])(
    "is nothing else: %j",
    (role) => {
      expect(accepts(role)).toBe(false)
    }
  )
})
