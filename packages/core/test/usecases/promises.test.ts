/**
 * A company behind promises: what those without Effect use.
 */
import { Actor, Company, Digest, type NotAllowed, Popug, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
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

  it("runs effects over the same company, and ends what they opened before it", async () => {
    popug = await Popug.promises(Memory.company({ secret: "of all draws" }))
    const ended: Array<string> = []
    const answer = await popug.run(
      Effect.gen(function* () {
        const users = yield* Users
        yield* Effect.addFinalizer(() =>
          Effect.map(Effect.orDie(users.list(Actor.system, {})), ({ rows }) => void ended.push(rows[0]!.id))
        )
        return (yield* users.create(Actor.system, [{ id: "olga", name: "Olga", roles: ["worker"] }])).answer
      })
    )
    expectTypeOf(answer[0]!.name).toEqualTypeOf<string>()
    expect((await popug.users.get(Actor.system, "olga")).name).toBe("Olga")
    expect(ended).toEqual([])
    await popug.close()
    expect(ended).toEqual(["olga"])
  })

  it("gives effects what the company's layer gives besides, and nothing else", async () => {
    const opened = await Popug.promises(Memory.company({ secret: "of all draws" }))
    const { run } = (popug = opened)
    const digest = await run(Effect.map(Digest.Digest, ({ sha256 }) => sha256("popug")))
    expect(digest).toHaveLength(64)
    class Other extends Context.Service<Other, number>()("Other") {}
    // @ts-expect-error -- no layer gives it
    await expect(run(Other)).rejects.toThrow("Other")
    await expect(run(Effect.fail("no"))).rejects.toBe("no")
  })

  it("says why it can't be opened", async () => {
    const company = Memory.company({ secret: "" })
    await expect(Popug.promises(company)).rejects.toMatchObject({ _tag: "InvalidInput" })
    expectTypeOf(Company.layer).toBeFunction()
  })
})
