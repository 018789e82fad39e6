import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { NewUser, type UserChange, type UserCommand } from "../../src/users/commands.ts"
import { decide } from "../../src/users/decide.ts"
import { evolve, type UserState } from "../../src/users/state.ts"
import type { User } from "../../src/users/User.ts"
import { active, failure, success, system, userId } from "../support/given.ts"

const bob: User = { id: userId("bob"), name: "Bob", roles: ["worker"], status: "active" }
const state = () => new Map([[bob.id, bob]])
const admin = active("ann", "admin")
const newUser = (id: string) => ({ id: userId(id), name: id.toUpperCase(), roles: ["worker"] })

describe("creating users", () => {
  it("makes each active, and tells of each in an event", () => {
    const { answer, facts } = success(decide(state(), { _tag: "Create", users: [newUser("cy"), newUser("di")] }, admin))
    expect(answer).toEqual([
      { id: "cy", name: "CY", roles: ["worker"], status: "active" },
      { id: "di", name: "DI", roles: ["worker"], status: "active" }
    ])
    expect(facts).toEqual([
      { type: "user.created", by: "user:ann", data: { id: "cy", name: "CY", roles: ["worker"] } },
      { type: "user.created", by: "user:ann", data: { id: "di", name: "DI", roles: ["worker"] } }
    ])
  })

  it("refuses an id that is taken, before or in the same command", () => {
    const taken = (...ids: ReadonlyArray<string>) =>
      failure(decide(state(), { _tag: "Create", users: ids.map(newUser) }, admin))
    expect(taken("cy", "bob")).toMatchObject({ _tag: "UserAlreadyExists", id: "bob" })
    expect(taken("cy", "cy")).toMatchObject({ _tag: "UserAlreadyExists", id: "cy" })
  })

  it("of nobody is done at once", () => {
    expect(success(decide(state(), { _tag: "Create", users: [] }, admin))).toEqual({ answer: [], facts: [] })
  })
})

describe("changing a user", () => {
  const update = (change: Omit<typeof UserChange.Type, "id">, id = "bob") =>
    decide(state(), { _tag: "Update", id: userId(id), ...change }, admin)

  it("keeps what is left out", () => {
    const after = { ...bob, name: "Robert" }
    expect(success(update({ name: "Robert" }))).toEqual({
      answer: after,
      facts: [{ type: "user.updated", by: "user:ann", data: after }]
    })
  })

  it("may deactivate, and activate again", () => {
    const gone = { ...bob, status: "deactivated" as const }
    expect(success(update({ status: "deactivated" })).answer).toEqual(gone)
    expect(
      success(decide(new Map([[bob.id, gone]]), { _tag: "Update", id: bob.id, status: "active" }, admin)).answer
    ).toEqual(bob)
  })

  it("only if they are as expected, which is asked of an admin about somebody who is there", () => {
    const asked: Array<User> = []
    const refuse = (user: User) => asked.push(user) === 0
    const update = (id: string, actor = admin) =>
      decide(state(), { _tag: "Update", id: userId(id), name: "Robert", onlyIf: refuse }, actor)
    expect(failure(update("eve"))).toMatchObject({ _tag: "UserNotFound" })
    expect(failure(update("bob", active("max", "manager")))).toMatchObject({ _tag: "NotAllowed" })
    expect(asked).toEqual([])
    expect(failure(update("bob"))).toMatchObject({ _tag: "Changed", id: "bob" })
    expect(asked).toEqual([bob])
    expect(
      success(
        decide(state(), { _tag: "Update", id: bob.id, name: "Robert", onlyIf: ({ name }) => name === "Bob" }, admin)
      )
    ).toEqual({
      answer: { ...bob, name: "Robert" },
      facts: [{ type: "user.updated", by: "user:ann", data: { ...bob, name: "Robert" } }]
    })
  })

  it("into what it is already is no event", () => {
    expect(success(update({ name: "Bob", roles: ["worker"], status: "active" }))).toEqual({ answer: bob, facts: [] })
    expect(success(update({}))).toEqual({ answer: bob, facts: [] })
  })

  it("refuses one that does not exist", () => {
    expect(failure(update({ name: "X" }, "eve"))).toMatchObject({ _tag: "UserNotFound", id: "eve" })
  })
})

describe("who may", () => {
  it.each([
    ["create", { _tag: "Create", users: [newUser("cy")] }],
    ["change", { _tag: "Update", id: bob.id, name: "X" }]
  ] as ReadonlyArray<[string, UserCommand]>)("%s users are admins and the system alone", (_, command) => {
    for (const actor of [admin, system]) expect(Result.isSuccess(decide(state(), command, actor))).toBe(true)
    for (const role of ["manager", "accountant", "worker"]) {
      expect(failure(decide(state(), command, active("bob", role)))).toMatchObject({
        _tag: "NotAllowed",
        actor: "user:bob"
      })
    }
  })
})

it("a state takes in the events of its own decisions", () => {
  const users: UserState = state()
  const commands: ReadonlyArray<UserCommand> = [
    { _tag: "Create", users: [newUser("cy")] },
    { _tag: "Update", id: userId("cy"), status: "deactivated", roles: ["admin", "worker"] }
  ]
  for (const command of commands) {
    const { answer, facts } = success(decide(users, command, admin))
    for (const fact of facts) evolve(users, fact)
    expect([users.get(userId("cy"))]).toEqual([answer].flat())
  }
})

describe("what callers give", () => {
  const accepts = (input: unknown) =>
    Result.isSuccess(Schema.decodeUnknownResult(NewUser)(input, { onExcessProperty: "error" }))

  it("has a name and roles, and an id if they like", () => {
    expect(accepts({ name: "Ann", roles: ["admin"] })).toBe(true)
    expect(accepts({ id: "ann", name: "Ann", roles: ["admin", "worker"] })).toBe(true)
  })

  it.each([
    ["no roles", { name: "Ann", roles: [] }],
    ["a role twice", { name: "Ann", roles: ["admin", "admin"] }],
    ["a role that is no lower-case word", { name: "Ann", roles: ["Admin"] }],
    ["too many roles", { name: "Ann", roles: Array.from({ length: 21 }, (_, i) => `r${i}`) }],
    ["a blank name", { name: " ", roles: ["admin"] }],
    ["an id that is none", { id: "a b", name: "Ann", roles: ["admin"] }],
    ["something that nobody asked for", { name: "Ann", roles: ["admin"], status: "deactivated" }]
  ])("has not %s", (_, input) => {
    expect(accepts(input)).toBe(false)
  })
})
