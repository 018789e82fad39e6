/**
 * A company behind promises: what those without Effect use.
 */
import { Actor, Company, type NotAllowed, Popug } from "@popug/core"
import { Memory } from "@popug/memory"
import { afterEach, describe, expect, expectTypeOf, it } from "vitest"

let popug: Popug.Promises | undefined
afterEach(async () => popug?.close())

describe("a company behind promises", () => {
  it("does commands and answers reads", async () => {
    popug = await Popug.promises(Memory.company({ secret: "of all draws" }))
    await popug.users.create(Actor.system, [{ id: "olga", name: "Olga", roles: ["worker"] }])
    await popug.consumers.settle()
    const { answer } = await popug.tasks.create(Actor.user("olga"), [{ id: "roof", title: "Mend the roof" }])
    expect(answer[0]!.assignee).toBe("olga")
    await popug.consumers.settle()
    const account = await popug.books.account(Actor.user("olga"), "olga")
    expectTypeOf(account.balance).toEqualTypeOf<bigint>()
    expect(account.balance).toBeLessThan(0n)
  })

  it("throws the errors of the core as they are", async () => {
    popug = await Popug.promises(Memory.company({ secret: "of all draws" }))
    await popug.users.create(Actor.system, [{ id: "olga", name: "Olga", roles: ["worker"] }])
    const refused = popug.tasks.shuffle(Actor.user("olga"))
    await expect(refused).rejects.toMatchObject({
      _tag: "NotAllowed",
      actor: "user:olga"
    } satisfies Partial<NotAllowed>)
    await expect(popug.tasks.create(Actor.user("olga"), [{ title: "" }])).rejects.toMatchObject({
      _tag: "InvalidInput"
    })
  })

  it("says why it can't be opened", async () => {
    const company = Memory.company({ secret: "" })
    await expect(Popug.promises(company)).rejects.toMatchObject({ _tag: "InvalidInput" })
    expectTypeOf(Company.layer).toBeFunction()
  })
})
