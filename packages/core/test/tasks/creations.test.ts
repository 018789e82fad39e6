/** How many tasks one person creates in a period. */
import * as Context from "effect/Context"
import { describe, expect, it } from "vitest"
import { CreationLimit } from "../../src/tasks/Creations.ts"
import { decide } from "../../src/tasks/decide.ts"
import { act, board, task, workers } from "../support/board.ts"
import { active, failure, period, taskId, userId } from "../support/given.ts"

let made = 0
const create = (count: number) => ({
  _tag: "Create" as const,
  tasks: Array.from({ length: count }, () => ({ id: taskId(`t${++made}`), title: "Task" }))
})
const will = active("will", "worker")
const policies = { creationLimit: () => 10 }
const today = "2026-11-22"
const row = (created: number, on = today) => ({ creator: userId("will"), period: period(on), created })

describe("the tasks that one person creates in a period", () => {
  it("are counted to the last one, over single ones and batches", () => {
    const on = board({ members: workers(2), policies })
    act(on, create(6), will)
    for (let count = 0; count < 4; count++) act(on, create(1), will)
    expect(on.creations.get(userId("will"))).toEqual(row(10))
    expect(failure(decide(on, create(1), will))).toMatchObject({
      _tag: "CreationLimitReached",
      creator: "will",
      period: today,
      limit: 10,
      created: 10,
      asked: 1
    })
  })

  it("fit as a batch, or none of it is created or counted", () => {
    const on = board({ policies, creations: [row(7)] })
    expect(failure(decide(on, create(4), will))).toMatchObject({ created: 7, asked: 4 })
    expect(on.tasks.size).toBe(0)
    act(on, create(3), will)
    expect(on.creations.get(userId("will"))).toEqual(row(10))
  })

  it("are those of the period that the commit is in: the count starts anew with each", () => {
    const on = board({ policies, creations: [row(10, "2026-11-21")], period: "2026-11-21" })
    act(on, create(10), will)
    expect(on.creations.get(userId("will"))).toEqual(row(10))
  })

  it("are those of the period that is open still, where the clock went back", () => {
    const on = board({ policies, creations: [row(10, "2026-11-23")], period: "2026-11-23" })
    expect(failure(decide(on, create(1), will))).toMatchObject({ period: "2026-11-23", created: 10 })
  })

  it("don't count for others, nor is the system bounded", () => {
    const on = board({ policies, creations: [row(10)] })
    act(on, create(10), active("olga", "worker"))
    act(on, create(1_000))
    expect([...on.creations.keys()]).toEqual(["will", "olga"])
  })

  it("are refused for an id that is taken before they are counted", () => {
    const on = board({ policies, creations: [row(10)], tasks: [task("taken")] })
    const again = { _tag: "Create" as const, tasks: [{ id: taskId("taken"), title: "Task" }] }
    expect(failure(decide(on, again, will))).toMatchObject({ _tag: "TaskAlreadyExists" })
  })

  it("may be none at all, for roles that create nothing", () => {
    const creationLimit = ({ roles }: { readonly roles: ReadonlyArray<string> }) =>
      roles.includes("manager") ? null : 0
    const on = board({ policies: { creationLimit } })
    expect(failure(decide(on, create(1), will))).toMatchObject({ limit: 0, created: 0 })
    expect(act(on, create(0), will).answer).toEqual([])
    act(on, create(20_000), active("mia", "manager"))
  })

  it.each([Number.NaN, -1, undefined, "many"])("have no bound of %s: that is a defect of the command", (rubbish) => {
    const on = board({ policies: { creationLimit: () => rubbish as number } })
    expect(() => decide(on, create(1), will)).toThrow("CreationLimit")
  })

  it("are a thousand by default, ten thousand for managers and admins", () => {
    const limit = Context.get(Context.empty(), CreationLimit)
    const of = (...roles: ReadonlyArray<string>) => limit({ id: userId("x"), roles })
    expect([of("worker"), of("accountant"), of("manager"), of("worker", "admin")]).toEqual([
      1_000, 1_000, 10_000, 10_000
    ])
  })
})
