import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as Cursor from "../../src/stream/Cursor.ts"
import type { NewTaskWithId, TaskCommand } from "../../src/tasks/commands.ts"
import { decide } from "../../src/tasks/decide.ts"
import { act, board, heldBy, member, task, workers } from "../support/board.ts"
import { active, failure, period, success, system, taskId, userId } from "../support/given.ts"

const manager = active("max", "manager")
const admin = active("ann", "admin")
const accountant = active("acc", "accountant")
const worker = active("w000", "worker")
const newTask = (id: string, fields: Partial<NewTaskWithId> = {}): NewTaskWithId => ({
  id: taskId(id),
  title: `Task ${id}`,
  ...fields
})
const done = (id: string) => ({ ...heldBy(id, "w000"), status: "done" as const })
const refusal = (on: ReturnType<typeof board>, command: TaskCommand, actor = system) =>
  failure(decide(on, command, actor))

describe("creating tasks", () => {
  it("gives each a first assignee in the same decision", () => {
    const { answer, facts } = act(board({ members: [member("bob")] }), {
      _tag: "Create",
      tasks: [newTask("t1", { description: "Soon", jiraId: "KEY-1" })]
    })
    const created = task("t1", { description: "Soon", jiraId: "KEY-1" })
    const assigned = { ...created, assignee: "bob", assignment: 1 }
    expect(answer).toEqual([assigned])
    expect(facts).toEqual([
      { _tag: "Task", by: "system", change: "created", task: created },
      { _tag: "Task", by: "system", change: "assigned", before: created, task: assigned }
    ])
  })

  it("lets a task wait while nobody is eligible", () => {
    const { answer, facts } = act(
      board({ members: [member("ann", "active", "admin"), member("bob", "deactivated")] }),
      {
        _tag: "Create",
        tasks: [newTask("t1")]
      }
    )
    expect(answer).toEqual([task("t1")])
    expect(facts).toHaveLength(1)
  })

  it("is for anybody who is active", () => {
    for (const actor of [worker, manager, admin, accountant, system]) {
      expect(Result.isSuccess(decide(board({}), { _tag: "Create", tasks: [newTask("t1")] }, actor))).toBe(true)
    }
  })

  it("refuses an id that is taken, before or in the same command", () => {
    const on = board({ tasks: [task("t1")] })
    expect(refusal(on, { _tag: "Create", tasks: [newTask("t2"), newTask("t1")] })).toMatchObject({
      _tag: "TaskAlreadyExists",
      id: "t1"
    })
    expect(refusal(on, { _tag: "Create", tasks: [newTask("t2"), newTask("t2")] })).toMatchObject({
      _tag: "TaskAlreadyExists",
      id: "t2"
    })
  })
})

describe("editing a task", () => {
  const on = () => board({ members: workers(1), tasks: [heldBy("t1", "w000"), done("t2"), task("t3")] })
  const edit = (id: string, fields: object = { title: "New" }): TaskCommand => ({
    _tag: "Edit",
    edit: { id: taskId(id), ...fields }
  })

  it("keeps what is left out, and is no assignment", () => {
    const { answer, facts } = act(on(), edit("t1", { jiraId: "KEY-2" }), worker)
    const after = { ...heldBy("t1", "w000"), jiraId: "KEY-2" }
    expect(answer).toEqual(after)
    const before = heldBy("t1", "w000")
    expect(facts).toEqual([{ _tag: "Task", by: "user:w000", change: "edited", before, task: after }])
  })

  it("into what it is already is no event", () => {
    expect(act(on(), edit("t1", { title: "Task t1" }), worker).facts).toEqual([])
  })

  it("is for the assignee, managers and admins", () => {
    for (const actor of [worker, manager, admin, system]) act(on(), edit("t1"), actor)
    expect(refusal(on(), edit("t1"), active("w001", "worker"))).toMatchObject({ _tag: "NotAllowed" })
    expect(refusal(on(), edit("t3"), worker)).toMatchObject({ _tag: "NotAllowed" })
  })

  it("refuses a task that is done or does not exist", () => {
    expect(refusal(on(), edit("t2"))).toMatchObject({ _tag: "TaskAlreadyDone", id: "t2" })
    expect(refusal(on(), edit("t9"))).toMatchObject({ _tag: "TaskNotFound", id: "t9" })
  })
})

describe("assigning by hand", () => {
  const on = (repeated: "keep" | "assign-again" = "keep", byHand = true) =>
    board({
      members: [...workers(2), member("gone", "deactivated"), member("max", "active", "manager")],
      tasks: [heldBy("t1", "w000", 3), done("t2"), task("t3")],
      policies: { repeated, byHand }
    })
  const assign = (id: string, assignee: string): TaskCommand => ({
    _tag: "Assign",
    id: taskId(id),
    assignee: userId(assignee)
  })

  it("is a new assignment", () => {
    const { answer, facts } = act(on(), assign("t1", "w001"), manager)
    expect(answer).toEqual(heldBy("t1", "w001", 4))
    expect(facts).toEqual([
      {
        _tag: "Task",
        by: "user:max",
        change: "assigned",
        before: heldBy("t1", "w000", 3),
        task: heldBy("t1", "w001", 4)
      }
    ])
  })

  it("to the one who holds it facts nothing, unless the policy says so", () => {
    expect(act(on(), assign("t1", "w000"), manager)).toEqual({ answer: heldBy("t1", "w000", 3), facts: [] })
    expect(act(on("assign-again"), assign("t1", "w000"), manager).answer).toEqual(heldBy("t1", "w000", 4))
  })

  it("is for managers and admins", () => {
    for (const actor of [manager, admin, system]) act(on(), assign("t3", "w000"), actor)
    for (const actor of [worker, accountant]) {
      expect(refusal(on(), assign("t3", "w000"), actor)).toMatchObject({ _tag: "NotAllowed" })
    }
  })

  it.each(["gone", "max", "nemo"])("refuses somebody who is not eligible: %s", (assignee) => {
    expect(refusal(on(), assign("t1", assignee))).toMatchObject({ _tag: "NotEligible", user: assignee })
  })

  it("refuses a task that is done or does not exist", () => {
    expect(refusal(on(), assign("t2", "w001"))).toMatchObject({ _tag: "TaskAlreadyDone" })
    expect(refusal(on(), assign("t9", "w001"))).toMatchObject({ _tag: "TaskNotFound" })
  })

  it("can be switched off", () => {
    expect(refusal(on("keep", false), assign("t1", "w001"), admin)).toMatchObject({ _tag: "AssignmentByHandOff" })
  })
})

describe("completing tasks", () => {
  const on = () =>
    board({ members: workers(2), tasks: [heldBy("t1", "w000"), done("t2"), task("t3"), heldBy("t4", "w001")] })
  const complete = (...ids: ReadonlyArray<string>): TaskCommand => ({ _tag: "CompleteMany", ids: ids.map(taskId) })

  it("is for the assignee, and for an admin for them", () => {
    for (const actor of [worker, admin, system]) {
      const { answer, facts } = act(on(), complete("t1"), actor)
      expect(answer).toEqual([done("t1")])
      expect(facts).toEqual([
        { _tag: "Task", by: actor.key, change: "done", before: heldBy("t1", "w000"), task: done("t1") }
      ])
    }
    expect(refusal(on(), complete("t1"), manager)).toMatchObject({ _tag: "NotAssignee", id: "t1", assignee: "w000" })
  })

  it("refuses alike what the actor may not see: missing, done, waiting or with somebody else", () => {
    const edit = (id: string): TaskCommand => ({ _tag: "Edit", edit: { id: taskId(id), title: "New" } })
    for (const actor of [active("w001", "worker"), accountant]) {
      for (const command of [complete, edit]) {
        const refusals = ["t9", "t2", "t3", "t1"].map((id) => refusal(on(), command(id), actor))
        expect(refusals[0]).toMatchObject({ _tag: "NotAllowed" })
        for (const other of refusals) expect(other).toEqual(refusals[0])
      }
    }
  })

  it("refuses a task that waits for someone, even for an admin: nobody would earn its award", () => {
    expect(refusal(on(), complete("t3"), admin)).toMatchObject({ _tag: "NotAssignee", id: "t3", assignee: null })
  })

  it("refuses a task that is done or does not exist", () => {
    expect(refusal(on(), complete("t2"), worker)).toMatchObject({ _tag: "TaskAlreadyDone", id: "t2" })
    expect(refusal(on(), complete("t9"), manager)).toMatchObject({ _tag: "TaskNotFound", id: "t9" })
  })

  it("of many does all or none, and each once", () => {
    expect(act(on(), complete("t1", "t4"), admin).facts).toHaveLength(2)
    expect(refusal(on(), complete("t1", "t4"), worker)).toMatchObject({ _tag: "NotAllowed" })
    expect(refusal(on(), complete("t1", "t1"), worker)).toMatchObject({ _tag: "TaskAlreadyDone", id: "t1" })
  })

  it("is final: neither edited, nor assigned, nor done again", () => {
    const after = on()
    act(after, complete("t1"), worker)
    const id = taskId("t1")
    for (const command of [
      complete("t1"),
      { _tag: "Edit", edit: { id, title: "New" } },
      { _tag: "Assign", id, assignee: userId("w001") }
    ] as ReadonlyArray<TaskCommand>) {
      expect(refusal(after, command, admin)).toMatchObject({ _tag: "TaskAlreadyDone" })
    }
  })
})

describe("ending the registration of periods", () => {
  const on = (now = "2026-11-24T00:00:00Z") => board({ now, period: "2026-11-22" })
  const end = (date: string | null): TaskCommand => ({
    _tag: "EndRegistration",
    period: date === null ? null : period(date),
    afterJump: false
  })

  it("ends all that are over", () => {
    expect(act(on(), end(null)).answer).toEqual({ ended: ["2026-11-22", "2026-11-23"] })
    expect(act(on(), end("2026-11-23")).answer).toEqual({ ended: ["2026-11-22", "2026-11-23"] })
  })

  it("refuses a clock that jumped before it looks at a day, by more than a century even when accepted", () => {
    for (const [now, afterJump] of [
      ["2027-11-22T12:00:00Z", false],
      ["9999-12-30T12:00:00Z", false],
      ["9999-12-30T12:00:00Z", true]
    ] as const) {
      const jumped = on(now)
      jumped.rules.calendar.starts.clear()
      const command = { _tag: "EndRegistration", period: null, afterJump } as const
      expect(refusal(jumped, command)).toMatchObject({ _tag: "ClockJumped", from: "2026-11-22" })
      expect(jumped.rules.calendar.starts.size).toBeLessThan(5)
    }
  })

  it("without a period does nothing while none is over", () => {
    expect(act(on("2026-11-22T23:59:59.999Z"), end(null))).toEqual({ answer: { ended: [] }, facts: [] })
  })

  it("refuses a period that is not over, and says when it will be", () => {
    expect(refusal(on(), end("2026-11-24"))).toMatchObject({
      _tag: "PeriodNotOver",
      period: "2026-11-24",
      endsAt: { epochMilliseconds: Date.parse("2026-11-25T00:00:00Z") }
    })
    expect(refusal(on(), end("2027-01-01"))).toMatchObject({ _tag: "PeriodNotOver" })
  })

  it("refuses a period that has ended before", () => {
    expect(refusal(on(), end("2026-11-21"))).toMatchObject({ _tag: "PeriodAlreadyEnded", period: "2026-11-21" })
  })

  it("is for admins and accountants, and for the schedule", () => {
    for (const actor of [admin, accountant, system]) success(decide(on(), end(null), actor))
    for (const actor of [worker, manager]) {
      expect(refusal(on(), end(null), actor)).toMatchObject({ _tag: "NotAllowed" })
    }
  })
})

describe("resuming a stopped stream", () => {
  const on = () => {
    const stopped = board({})
    stopped.cursor = Cursor.stop(stopped.cursor, { reason: "Gap", number: 1, message: "missing" })
    return stopped
  }
  const skip = { through: 2, reason: "lost in a fire", digest: "a".repeat(64) }

  it("takes the stop away", () => {
    const stopped = on()
    expect(act(stopped, { _tag: "Resume", skip: null }, admin).answer).toBeNull()
    expect(stopped.cursor).toEqual(Cursor.start("tasks", "users"))
  })

  it("with a skip moves the cursor, and records the skip", () => {
    const stopped = on()
    const { facts } = act(stopped, { _tag: "Resume", skip }, admin)
    expect(stopped.cursor).toMatchObject({ number: 2, digest: skip.digest, stopped: null })
    expect(facts).toMatchObject([{ _tag: "Resumed", skipped: { consumer: "tasks", first: 1, last: 2 } }])
  })

  it("twice in one batch is refused the second time", () => {
    const stopped = on()
    act(stopped, { _tag: "Resume", skip: null }, admin)
    expect(refusal(stopped, { _tag: "Resume", skip: null }, admin)).toMatchObject({ _tag: "StreamNotStopped" })
  })

  it("is for admins", () => {
    for (const actor of [worker, manager, accountant]) {
      expect(refusal(on(), { _tag: "Resume", skip }, actor)).toMatchObject({ _tag: "NotAllowed" })
    }
  })
})
