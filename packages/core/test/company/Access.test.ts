import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import * as Access from "../../src/company/Access.ts"
import * as Actor from "../../src/company/Actor.ts"
import { active, system, userId } from "../support/given.ts"

/** Who may do what, as the rules of the domain say; nobody else. */
const table: Record<Access.Action, ReadonlyArray<string>> = {
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
    expect(Object.keys(Access.rules).sort()).toEqual(Object.keys(table).sort())
  })

  it.each(
    (Object.keys(table) as Array<Access.Action>).flatMap((action) =>
      roles.map((role) => [role, table[action].includes(role), action] as const)
    )
  )("for %s: %s to %s", (role, allowed, action) => {
    expect(Access.may(active("x", role), action)).toBe(allowed)
  })

  it("allow what any one of several roles allows", () => {
    expect(Access.may(active("x", "worker", "accountant"), "correct a transfer")).toBe(true)
    expect(Access.may(active("x", "worker", "manager"), "correct a transfer")).toBe(false)
  })

  it("allow the system everything", () => {
    for (const action of Object.keys(table) as Array<Access.Action>) expect(Access.may(system, action)).toBe(true)
  })
})

describe("who acts", () => {
  const directory = new Map<string, Actor.DirectoryEntry>([
    ["bob", { id: userId("bob"), roles: ["worker", "accountant"], status: "active" }],
    ["gone", { id: userId("gone"), roles: ["admin"], status: "deactivated" }]
  ])

  it("is authorised, or refused with the action", async () => {
    const layer = Layer.succeed(Actor.Directory, {
      lookup: (ids) => Effect.succeed(ids.flatMap((id) => directory.get(id) ?? []))
    })
    const refusal = (id: string) =>
      Effect.runPromise(
        Access.authorize(Actor.user(id), "operate the streams").pipe(Effect.flip, Effect.provide(layer))
      )
    expect(await refusal("bob")).toMatchObject({ _tag: "NotAllowed", actor: "user:bob", action: "operate the streams" })
    expect(await refusal("gone")).toMatchObject({ _tag: "DeactivatedActor" })
    expect(await refusal("eve")).toMatchObject({ _tag: "UnknownActor" })
  })
})
