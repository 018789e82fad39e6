/** Commands that are done only if the thing is as expected: nobody writes over what they have not seen. */
import { assert, it } from "@effect/vitest"
import { Actor, EventLog, type Task, Tasks, type User, Users } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { admin, createRoof, manager, other, predictable, settle, staff, tagOf, worker } from "./support.ts"

const company = predictable()
const never = () => false
const unasked = () => {
  throw new Error("asked")
}

/** The staff, and a task that Olga holds. */
const given = Effect.gen(function* () {
  yield* staff
  const tasks = yield* Tasks
  yield* createRoof
  return tasks
})

it.effect("a condition is asked of the task as it is, and one that does not hold changes nothing", () =>
  Effect.gen(function* () {
    const tasks = yield* given
    const log = yield* EventLog
    const seen: Array<Task.Task> = []
    const expecting = (title: string) => ({
      onlyIf: (task: Task.Task) => {
        seen.push(task)
        return task.title === title
      }
    })
    yield* tasks.edit(manager, { id: "roof", title: "Mend it all" }, expecting("Mend the roof"))
    const before = yield* log.last("tasks")
    const error = yield* Effect.flip(tasks.edit(manager, { id: "roof", title: "Lost" }, expecting("Mend the roof")))
    assert.deepStrictEqual([error._tag, error.message], ["Changed", "roof is not as expected any more"])
    assert.strictEqual(yield* tagOf(tasks.assign(manager, "roof", "will", { onlyIf: never })), "Changed")
    assert.strictEqual(yield* tagOf(tasks.complete(other, "roof", { onlyIf: never })), "Changed")
    assert.strictEqual(yield* log.last("tasks"), before)
    const task = yield* tasks.get(admin, "roof")
    assert.deepStrictEqual([task.title, task.assignee, task.status], ["Mend it all", "olga", "in progress"] as never)
    assert.deepStrictEqual(
      seen.map(({ assignee, status, title }) => [title, assignee, status]),
      [
        ["Mend the roof", "olga", "in progress"],
        ["Mend it all", "olga", "in progress"]
      ] as never
    )
    yield* tasks.assign(manager, "roof", "will", { onlyIf: ({ assignee }) => assignee === "olga" })
    yield* tasks.complete(worker, "roof", { onlyIf: ({ assignment }) => assignment === 2 })
  }).pipe(Effect.provide(company))
)

it.effect("a condition on a user is asked of the user as they are", () =>
  Effect.gen(function* () {
    yield* staff
    const users = yield* Users
    const named = (name: string) => ({ onlyIf: (user: User.User) => user.name === name })
    const { answer } = yield* users.update(admin, { id: "olga", name: "Olga P." }, named("Olga"))
    assert.deepStrictEqual(answer, { id: "olga", name: "Olga P.", roles: ["worker"], status: "active" } as never)
    assert.strictEqual(
      yield* tagOf(users.update(admin, { id: "olga", status: "deactivated" }, named("Olga"))),
      "Changed"
    )
    assert.strictEqual((yield* users.get(admin, "olga")).status, "active")
    assert.strictEqual(yield* tagOf(users.update(admin, { id: "ghost", name: "Boo" }, named("Boo"))), "UserNotFound")
    assert.strictEqual(yield* tagOf(users.update(worker, { id: "olga", name: "Me" }, named("Olga"))), "NotAllowed")
  }).pipe(Effect.provide(company))
)

it.effect("a condition is asked only of those who may, about a task that can be changed", () =>
  Effect.gen(function* () {
    const tasks = yield* given
    const options = { onlyIf: unasked }
    assert.strictEqual(yield* tagOf(tasks.edit(manager, { id: "cellar", title: "Dig" }, options)), "TaskNotFound")
    assert.strictEqual(yield* tagOf(tasks.edit(worker, { id: "roof", title: "Mine" }, options)), "NotAllowed")
    assert.strictEqual(yield* tagOf(tasks.assign(worker, "roof", "will", options)), "NotAllowed")
    assert.strictEqual(yield* tagOf(tasks.assign(manager, "cellar", "will", options)), "TaskNotFound")
    assert.strictEqual(yield* tagOf(tasks.complete(worker, "roof", options)), "NotAllowed")
    assert.strictEqual(yield* tagOf(tasks.complete(manager, "roof", options)), "NotAssignee")
    assert.strictEqual(yield* tagOf(tasks.complete(Actor.user("ghost"), "roof", options)), "UnknownActor")
    // What the content makes wrong comes after.
    assert.strictEqual(yield* tagOf(tasks.assign(manager, "roof", "ann", { onlyIf: never })), "Changed")
    yield* tasks.complete(other, "roof")
    assert.strictEqual(yield* tagOf(tasks.edit(manager, { id: "roof", title: "New" }, options)), "TaskAlreadyDone")
    assert.strictEqual(yield* tagOf(tasks.complete(other, "roof", options)), "TaskAlreadyDone")
  }).pipe(Effect.provide(company))
)

it.effect("a command id that was answered is answered again without asking, whatever the condition", () =>
  Effect.gen(function* () {
    const tasks = yield* given
    const users = yield* Users
    const edit = { id: "roof", title: "Mend it all" }
    const first = yield* tasks.edit(manager, edit, { commandId: "c1", onlyIf: () => true })
    const again = yield* tasks.edit(manager, edit, { commandId: "c1", onlyIf: unasked })
    assert.deepStrictEqual(again.answer, first.answer)
    const done = yield* tasks.complete(other, "roof", { commandId: "c2", onlyIf: () => true })
    assert.deepStrictEqual((yield* tasks.complete(other, "roof", { commandId: "c2" })).answer, done.answer)
    // One of many is the same command as just one.
    assert.deepStrictEqual((yield* tasks.completeMany(other, ["roof"], { commandId: "c2" })).answer, [done.answer])
    yield* users.update(admin, { id: "will", name: "Bill" }, { commandId: "c3" })
    yield* users.update(admin, { id: "will", name: "Bill" }, { commandId: "c3", onlyIf: unasked })
    // A refusal is not recorded: the same id may be tried again.
    const options = { commandId: "c4", onlyIf: never }
    assert.strictEqual(yield* tagOf(users.update(admin, { id: "will", name: "William" }, options)), "Changed")
    yield* users.update(admin, { id: "will", name: "William" }, { commandId: "c4" })
  }).pipe(Effect.provide(company))
)

it.effect("of two who saw the same, the first is done and the second hears of it, in one batch too", () =>
  Effect.gen(function* () {
    const tasks = yield* given
    const seen = ({ title }: Task.Task) => title === "Mend the roof"
    const exits = yield* Effect.forEach(
      ["first", "second"],
      (title) => Effect.exit(tasks.edit(manager, { id: "roof", title }, { onlyIf: seen })),
      { concurrency: "unbounded" }
    )
    assert.deepStrictEqual(exits.map(Exit.isSuccess), [true, false])
    assert.strictEqual((yield* tasks.get(admin, "roof")).title, "first")
  }).pipe(Effect.provide(company))
)

it.effect("many who add to one text, each to what they read, lose nothing", () =>
  Effect.gen(function* () {
    const tasks = yield* given
    const add = (word: string) =>
      Effect.gen(function* () {
        const { description } = yield* tasks.get(manager, "roof")
        const edit = { id: "roof", description: `${description} ${word}` }
        yield* tasks.edit(manager, edit, { onlyIf: (task) => task.description === description })
      }).pipe(Effect.retry({ while: (error) => error._tag === "Changed" }))
    const words = Array.from({ length: 20 }, (_, index) => `word${index}`)
    yield* Effect.forEach(words, add, { concurrency: "unbounded" })
    const { description } = yield* tasks.get(manager, "roof")
    assert.deepStrictEqual(description.trim().split(" ").sort(), [...words].sort())
  }).pipe(Effect.provide(company))
)

it.effect("a condition that throws is its caller's defect, and nobody else's", () =>
  Effect.gen(function* () {
    const tasks = yield* given
    const exits = yield* Effect.all(
      [
        Effect.exit(tasks.edit(manager, { id: "roof", title: "Mend it all" }, { onlyIf: unasked })),
        Effect.exit(tasks.edit(manager, { id: "roof", description: "Soon" }))
      ],
      { concurrency: "unbounded" }
    )
    assert.deepStrictEqual(exits.map(Exit.hasDies), [true, false])
    yield* settle
    const task = yield* tasks.get(admin, "roof")
    assert.deepStrictEqual([task.title, task.description], ["Mend the roof", "Soon"])
  }).pipe(Effect.provide(company))
)
