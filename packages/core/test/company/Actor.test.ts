import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import * as Actor from "../../src/company/Actor.ts"
import { active, system, userId } from "../support/given.ts"

const directory = new Map<string, Actor.DirectoryEntry>([
  ["ann", { id: userId("ann"), roles: ["admin"], status: "active" }],
  ["bob", { id: userId("bob"), roles: ["worker", "accountant"], status: "active" }],
  ["gone", { id: userId("gone"), roles: ["admin"], status: "deactivated" }]
])

/** Who may do what, as the rules of the domain say; nobody else. */
const table: Record<Actor.Action, ReadonlyArray<string>> = {
  "create or change users": ["admin"],
  "see all users": ["admin", "manager", "accountant"],
  "shuffle tasks": ["manager", "admin"],
  "see what shuffles cost": ["manager", "accountant", "admin"],
  "assign a task by hand": ["manager", "admin"],
  "edit others' tasks": ["manager", "admin"],
  "complete others' tasks": ["admin"],
  "see all tasks": ["manager", "admin"],
  "end the registration of a period": ["admin", "accountant"],
  "see the books": ["accountant", "admin"],
  "close a period": ["accountant", "admin"],
  "correct a transfer": ["accountant"],
  "see the analytics": ["admin"],
  "operate the streams": ["admin"]
}
const roles = ["admin", "manager", "accountant", "worker", "anything-else"]

describe("the access rules", () => {
  it("name every action", () => {
    expect(Object.keys(Actor.rules).sort()).toEqual(Object.keys(table).sort())
  })

  it.each(
    (Object.keys(table) as Array<Actor.Action>).flatMap((action) =>
      roles.map((role) => [role, table[action].includes(role), action] as const)
    )
  )("for %s: %s to %s", (role, allowed, action) => {
    expect(Actor.may(active("x", role), action)).toBe(allowed)
  })

  it("allow what any one of several roles allows", () => {
    expect(Actor.may(active("x", "worker", "accountant"), "correct a transfer")).toBe(true)
    expect(Actor.may(active("x", "worker", "manager"), "correct a transfer")).toBe(false)
  })

  it("allow the system everything", () => {
    for (const action of Object.keys(table) as Array<Actor.Action>) expect(Actor.may(system, action)).toBe(true)
  })
})

describe("who acts", () => {
  it("is let in with the roles that the directory has now", () => {
    expect(Actor.admit(Actor.user("bob"), directory)).toEqual({
      actor: Actor.user("bob"),
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
    expect(Actor.admit(Actor.system, new Map())).toEqual({ actor: Actor.system, roles: new Set() })
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

  it("is authorised, or refused with the action", async () => {
    const layer = Layer.succeed(Actor.Directory, {
      lookup: (ids) => Effect.succeed(ids.flatMap((id) => directory.get(id) ?? []))
    })
    const refusal = (id: string) =>
      Effect.runPromise(Actor.authorize(Actor.user(id), "operate the streams").pipe(Effect.flip, Effect.provide(layer)))
    expect(await refusal("bob")).toMatchObject({ _tag: "NotAllowed", actor: "user:bob", action: "operate the streams" })
    expect(await refusal("gone")).toMatchObject({ _tag: "DeactivatedActor" })
    expect(await refusal("eve")).toMatchObject({ _tag: "UnknownActor" })
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
