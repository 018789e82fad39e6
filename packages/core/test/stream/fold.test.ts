import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Actor from "../../src/company/Actor.ts"
import type { RecordedCommand } from "../../src/stream/Command.ts"
import { type Deciding, decision, fold, type Submitted } from "../../src/stream/fold.ts"
import type { CommandId } from "../../src/values/Ids.ts"
import { batches, commandId, userId } from "../support/given.ts"

/** A context of one number: commands add to it, are refused or throw. */
type Sum = { readonly add: number } | { readonly refuse: string } | { readonly throws: string }

const actors = new Map<string, Actor.DirectoryEntry>([
  ["ann", { id: userId("ann"), roles: ["admin"], status: "active" }],
  ["gone", { id: userId("gone"), roles: ["admin"], status: "deactivated" }]
])

const submitted = (command: Sum, id?: string, content = JSON.stringify(command), by = Actor.user("ann")) =>
  ({
    command,
    actor: by,
    commandId: id === undefined ? undefined : commandId(id),
    digest: `digest of ${content}`
  }) satisfies Submitted<Sum>

interface Added {
  readonly by: string
  readonly add: number
}
type Context = Deciding<Sum, { sum: number }, Added, number, string>

const decide: Context["decide"] = ({ sum }, command, { key }) => {
  if ("throws" in command) throw new Error(command.throws)
  if ("refuse" in command) return Result.fail(command.refuse)
  return Result.succeed(decision(sum + command.add, [{ by: key, add: command.add }]))
}
const context: Context = {
  decide,
  withhold: (_, actor, answer) => (Actor.hasRole(actor, "admin") ? undefined : `${answer} is not for you`),
  evolve: (state, { add }) => {
    state.sum += add
  }
}

/** Folds batches one after another, as commits do. */
const run = (all: ReadonlyArray<ReadonlyArray<Submitted<Sum>>>) => {
  const state = { sum: 0 }
  const decided: Array<Sum> = []
  const recorded = new Map<CommandId, RecordedCommand>()
  const noting: Context = {
    ...context,
    decide: (before, command, actor) => {
      decided.push(command)
      return decide(before, command, actor)
    }
  }
  const outcomes = all.map((commands) => {
    const outcome = fold(noting, state, commands, { recorded, acting: { entries: actors } })
    for (const record of outcome.records) recorded.set(record.commandId, record)
    return outcome
  })
  return { sum: state.sum, decided, outcomes, exits: outcomes.flatMap(({ exits }) => exits) }
}

describe("folding a batch", () => {
  it("lets each command see what those before it did", () => {
    const { exits, outcomes, sum } = run([[submitted({ add: 1 }), submitted({ add: 2 }), submitted({ add: 3 })]])
    expect(exits).toEqual([1, 3, 6].map((answer) => Exit.succeed(answer)))
    expect(sum).toBe(6)
    expect(outcomes[0]!.facts).toEqual([1, 2, 3].map((add) => ({ by: "user:ann", add })))
  })

  it("of nothing does nothing", () => {
    expect(run([[]]).outcomes).toMatchObject([{ exits: [], facts: [], records: [] }])
  })

  it("answers alike however the commands are batched", () => {
    const command: fc.Arbitrary<Sum> = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ refuse: fc.constant("no") })
    )
    const commands = fc.array(
      fc
        .tuple(command, fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }))
        .map(([c, id]) => submitted(c, id)),
      { maxLength: 20 }
    )
    fc.assert(
      fc.property(commands, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (all, sizes) => {
        expect(run(batches(all, sizes)).exits).toEqual(run([all]).exits)
        expect(run(batches(all, sizes)).sum).toBe(run([all]).sum)
      })
    )
  })
})

describe("a command that is refused", () => {
  it("disturbs nobody", () => {
    const { exits, outcomes, sum } = run([
      [submitted({ add: 1 }), submitted({ refuse: "no" }, "r"), submitted({ add: 2 })]
    ])
    expect(exits).toEqual([Exit.succeed(1), Exit.fail("no"), Exit.succeed(3)])
    expect(sum).toBe(3)
    expect(outcomes[0]!.records).toEqual([])
  })

  it("may be tried again under the same id", () => {
    const { exits } = run([[submitted({ refuse: "no" }, "r", "same"), submitted({ add: 1 }, "r", "same")]])
    expect(exits).toEqual([Exit.fail("no"), Exit.succeed(1)])
  })
})

describe("a decision that throws", () => {
  it("is that caller's defect alone, and changes nothing", () => {
    const { exits, outcomes, sum } = run([
      [submitted({ add: 1 }), submitted({ throws: "boom" }, "t"), submitted({ add: 2 })]
    ])
    const defect = exits[1]!
    expect(Exit.isFailure(defect) && Cause.hasDies(defect.cause) && String(Cause.squash(defect.cause))).toBe(
      "Error: boom"
    )
    expect([exits[0], exits[2]]).toEqual([Exit.succeed(1), Exit.succeed(3)])
    expect(sum).toBe(3)
    expect(outcomes[0]!.records).toEqual([])
  })
})

describe("the same command id", () => {
  it.each([
    ["in one batch", [[submitted({ add: 5 }, "c"), submitted({ add: 5 }, "c")]]],
    ["in a later batch", [[submitted({ add: 5 }, "c")], [submitted({ add: 5 }, "c")]]]
  ])("with the same content gets the same answer and is done once, %s", (_, all) => {
    const { decided, exits, sum } = run(all)
    expect(exits).toEqual([Exit.succeed(5), Exit.succeed(5)])
    expect(sum).toBe(5)
    expect(decided).toHaveLength(1)
  })

  it.each([
    ["in one batch", [[submitted({ add: 5 }, "c"), submitted({ add: 6 }, "c")]]],
    ["in a later batch", [[submitted({ add: 5 }, "c")], [submitted({ add: 6 }, "c")]]]
  ])("with other content is a conflict, %s", (_, all) => {
    const { exits, sum } = run(all)
    expect(exits[0]).toEqual(Exit.succeed(5))
    const conflict = exits[1]!
    expect(Exit.isFailure(conflict) && Cause.squash(conflict.cause)).toMatchObject({
      _tag: "CommandConflict",
      commandId: "c"
    })
    expect(sum).toBe(5)
  })

  it("gets no answer of then when who asks may not do it now: deactivated, unknown or without the role", () => {
    const by = (id: string) => ({ ...submitted({ add: 1 }, "c"), digest: "d", actor: Actor.user(id) })
    const asked = ["gone", "eve", "will", "ann"].map(by)
    const outcome = fold(context, { sum: 0 }, asked, {
      recorded: new Map([[commandId("c"), { commandId: commandId("c"), digest: "d", answer: 7 }]]),
      acting: { entries: new Map(actors).set("will", { id: userId("will"), roles: ["worker"], status: "active" }) }
    })
    const refused = outcome.exits.slice(0, 2).map((exit) => Exit.isFailure(exit) && Cause.squash(exit.cause))
    expect(refused).toMatchObject([{ _tag: "DeactivatedActor" }, { _tag: "UnknownActor" }])
    expect(outcome.exits.slice(2)).toEqual([Exit.fail("7 is not for you"), Exit.succeed(7)])
    expect(outcome).toMatchObject({ facts: [], records: [] })
  })

  it("is recorded with its digest and answer only when it was done", () => {
    const { outcomes } = run([[submitted({ add: 5 }, "c", "x"), submitted({ add: 1 })]])
    expect(outcomes[0]!.records).toEqual([{ commandId: "c", digest: "digest of x", answer: 5 }])
  })
})

describe("who may not come in", () => {
  it.each([
    ["unknown", "eve", "UnknownActor"],
    ["deactivated", "gone", "DeactivatedActor"]
  ])("because they are %s is refused before anything is decided", (_, id, tag) => {
    const { decided, exits } = run([[submitted({ add: 1 }, undefined, "x", Actor.user(id)), submitted({ add: 2 })]])
    const refused = exits[0]!
    expect(Exit.isFailure(refused) && Cause.squash(refused.cause)).toMatchObject({ _tag: tag, actor: `user:${id}` })
    expect(exits[1]).toEqual(Exit.succeed(2))
    expect(decided).toHaveLength(1)
  })
})

it("facts carry who caused them", () => {
  const by = Actor.system as Actor.Actor
  expect(
    run([[{ ...submitted({ add: 1 }), actor: by }, submitted({ add: 2 })]]).outcomes[0]!.facts.map(({ by }) => by)
  ).toEqual(["system", "user:ann"])
})
