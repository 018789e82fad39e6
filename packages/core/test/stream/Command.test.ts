import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as Actor from "../../src/company/Actor.ts"
import * as Command from "../../src/stream/Command.ts"
import { sha256 } from "../support/given.ts"

describe("the digest of a command", () => {
  const digest = (name: string, actor: Actor.Actor, payload: unknown) => Command.digest(sha256, name, actor, payload)
  const base = digest("task.create", Actor.user("ann"), { title: "Mend", jiraId: null })

  it("is the same whatever the order of the content's keys", () => {
    expect(digest("task.create", Actor.user("ann"), { jiraId: null, title: "Mend" })).toBe(base)
  })

  it("changes with the name, with who asks and with the content", () => {
    expect(digest("task.update", Actor.user("ann"), { title: "Mend", jiraId: null })).not.toBe(base)
    expect(digest("task.create", Actor.user("bob"), { title: "Mend", jiraId: null })).not.toBe(base)
    expect(digest("task.create", Actor.system, { title: "Mend", jiraId: null })).not.toBe(base)
    expect(digest("task.create", Actor.user("ann"), { title: "Mend" })).not.toBe(base)
  })
})

describe("a command's id", () => {
  it("is taken as it is given", () => {
    expect(Effect.runSync(Command.parseCommandId("c-1"))).toBe("c-1")
  })

  it.each(["", "two words", "a".repeat(201), "-x"])("is refused when it is malformed: %j", (id) => {
    expect(Effect.runSync(Effect.flip(Command.parseCommandId(id)))._tag).toBe("InvalidInput")
  })
})
