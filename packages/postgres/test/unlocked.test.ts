/**
 * Commits of tasks that take no lock: a statement that reads, a statement that writes, and nothing else. Whatever comes
 * between the two, nothing is lost, doubled or decided on what is no longer so.
 */
import { hash } from "node:crypto"
import { PgClient } from "@effect/sql-pg/PgClient"
import {
  Catalog,
  type CommandId,
  EventLog,
  Head,
  type Identity,
  type Task,
  type TaskId,
  TaskStore,
  type TaskTransaction
} from "@popug/core"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import { client, fresh, freshSchema } from "./support.ts"
import { identity } from "./users.ts"

type Store = TaskStore["Service"]

const company: Identity = { ...identity, rules: { secret: "one" } }
const monday = "2026-11-23" as never
const emptyQuery = { tasks: [], open: false, heldBy: [], members: false, creators: [], commands: [] }

const task = (id: string): Task.Task => ({
  id: id as TaskId,
  title: id,
  description: "",
  jiraId: null,
  status: "in progress",
  assignee: null,
  assignment: 0
})

/** What saves a new task, and the record of the command that made it. */
const changes = (tx: TaskTransaction, id: string, command = `c-${id}`) => {
  const stream = new Head.Growing((text) => hash("sha256", text, "hex"), "tasks", tx.head, tx.now)
  const { jiraId, title } = task(id)
  const data = { id, title, jiraId, assign: null, isDone: false, change: "created", assignment: 0, period: monday }
  Catalog.publish(stream, "task.updated", "system", data as never)
  return {
    head: { ...tx.head, ...stream.head },
    events: stream.events,
    tasks: [task(id)],
    created: new Set([id as TaskId]),
    members: [],
    creations: [],
    commands: [{ commandId: command as CommandId, digest: "ab".repeat(32), answer: { made: id } }]
  }
}

/** What a body found, each time that it was run. */
interface Found {
  readonly number: number
  readonly tasks: ReadonlyArray<string>
  readonly commands: ReadonlyArray<string>
}

/** Creates a task as a commit does: loads, lets something happen, saves. Returns what each run of its body found. */
const create = (store: Store, id: string, between: (run: number) => Effect.Effect<unknown> = () => Effect.void) =>
  Effect.gen(function* () {
    const runs: Array<Found> = []
    yield* store.transact((tx) =>
      Effect.gen(function* () {
        const ids = [id, "other"]
        const loaded = yield* tx.load({
          ...emptyQuery,
          tasks: ids.map((each) => each as TaskId),
          commands: ids.map((each) => `c-${each}` as CommandId)
        })
        runs.push({
          number: tx.head.number,
          tasks: loaded.tasks.map((each) => each.id),
          commands: [...loaded.commands.keys()]
        })
        yield* between(runs.length)
        yield* tx.save(changes(tx, id))
      })
    )
    return runs
  })

const opening = (options: Parameters<typeof fresh>[0]) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(fresh(options))
    const store = Context.get(context, TaskStore)
    yield* store.open(company, () => monday)
    return { store, client: Context.get(context, PgClient), log: Context.get(context, EventLog) }
  })

/** Two nodes over one schema; the first has committed a task, and found the head as it had left it. */
const nodes = Effect.fnUntraced(function* (options: Parameters<typeof fresh>[0] = {}) {
  const schema = freshSchema()
  const one = yield* opening({ schema, ...options })
  const other = yield* opening({ schema })
  yield* create(one.store, "first")
  /** The numbers of the events, the tasks that are there, and the recorded commands. */
  const stored = Effect.gen(function* () {
    const events = yield* one.log.read("tasks", 0, 100)
    const { rows } = yield* one.store.list({}, { limit: 100 })
    const commands = yield* one.client.unsafe<{ id: string }>(`select id from ${schema}.commands order by id`)
    return {
      numbers: events.map(({ number }) => number),
      follow: events.every((event, index) => index === 0 || event.previous !== events[index - 1]!.previous),
      tasks: rows.map(({ id }) => id),
      commands: commands.map(({ id }) => id)
    }
  })
  return { schema, one, other, stored }
})

const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>) => Effect.runPromise(Effect.scoped(effect))

const otherTask = (store: Store) => Effect.asVoid(Effect.orDie(create(store, "other")))

/** A commit of no event, which leaves the head's number, instant, digest and state as they are. */
const quietly = (store: Store) =>
  Effect.orDie(
    store.transact((tx) =>
      Effect.gen(function* () {
        yield* tx.load(emptyQuery)
        const { commands, created: _, ...rest } = changes(tx, "other")
        yield* tx.save({ ...rest, head: tx.head, events: [], tasks: [], commands })
      })
    )
  )

describe("a commit without a lock", () => {
  it("has its connection in no transaction while it decides", () =>
    Effect.gen(function* () {
      const { one, stored } = yield* nodes({ applicationName: "unlocked", listen: false })
      let states: ReadonlyArray<unknown> = []
      const look = Effect.map(
        one.client.unsafe("select state from pg_stat_activity where application_name = 'unlocked' and state ~ 'trans'"),
        (rows) => void (states = rows)
      )
      expect(yield* create(one.store, "a", () => Effect.orDie(look))).toHaveLength(1)
      expect(states).toEqual([])
      expect(yield* stored).toMatchObject({ numbers: [1, 2], tasks: ["a", "first"], commands: ["c-a", "c-first"] })
    }).pipe(run))

  it.each([
    ["an event", otherTask, { numbers: [1, 2, 3], tasks: ["a", "first", "other"] }],
    ["a record and no event", quietly, { numbers: [1, 2], tasks: ["a", "first"] }]
  ] as const)("is decided anew, under the lock, when another node has committed %s meanwhile", (_, commit, after) =>
    Effect.gen(function* () {
      const { one, other, stored } = yield* nodes()
      const runs = yield* create(one.store, "a", (nth) => (nth === 1 ? commit(other.store) : Effect.void))
      expect(runs.map(({ commands }) => commands)).toEqual([[], ["c-other"]])
      expect(yield* stored).toMatchObject({ ...after, commands: ["c-a", "c-first", "c-other"], follow: true })
      // As the head was found moved, the next one takes the lock; and then nobody disturbs it.
      expect(yield* create(one.store, "b")).toHaveLength(1)
      expect(yield* create(one.store, "c")).toHaveLength(1)
    }).pipe(run)
  )

  it("is decided under the lock when another node has committed before it began", () =>
    Effect.gen(function* () {
      const { one, other, stored } = yield* nodes()
      yield* create(other.store, "other")
      const runs = yield* create(one.store, "a")
      expect(runs).toEqual([{ number: 2, tasks: ["other"], commands: ["c-other"] }])
      expect(yield* stored).toMatchObject({ numbers: [1, 2, 3], follow: true })
    }).pipe(run))

  it("is decided under the lock where it ends before it has loaded anything", () =>
    Effect.gen(function* () {
      const { one, other } = yield* nodes()
      yield* create(other.store, "other")
      // What it has before it loads is the head that its process had left.
      expect(yield* Effect.flip(one.store.transact((tx) => Effect.fail(tx.head.number)))).toBe(2)
    }).pipe(run))

  it("reads bytes whatever the database's own way to write them is", () =>
    Effect.gen(function* () {
      const { other, schema, stored } = yield* nodes()
      const role = freshSchema()
      yield* other.client.unsafe(`create role ${role} login superuser password 'secret'`)
      yield* other.client.unsafe(`alter role ${role} set bytea_output = 'escape'`)
      const url = new URL(Redacted.value(client.url!))
      Object.assign(url, { username: role, password: "secret" })
      const { store } = yield* opening({ schema, url: Redacted.make(url.href) })
      yield* create(store, "a")
      const load = { ...emptyQuery, tasks: ["a" as TaskId], commands: ["c-a" as CommandId] }
      const loaded = yield* store.transact((tx) => tx.load(load))
      expect(loaded.tasks).toEqual([task("a")])
      expect(loaded.commands.get("c-a" as CommandId)?.digest).toBe("ab".repeat(32))
      expect(yield* stored).toMatchObject({ numbers: [1, 2] })
    }).pipe(run))

  it("waits for a node that holds the lock, and then sees what it has done", () =>
    Effect.gen(function* () {
      const { one, other, schema, stored } = yield* nodes()
      const [holds, release] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const holder = yield* Effect.forkChild(
        other.store.transact((tx) =>
          tx
            .save(changes(tx, "other"))
            .pipe(Effect.andThen(Deferred.succeed(holds, undefined)), Effect.andThen(Deferred.await(release)))
        )
      )
      yield* Deferred.await(holds)
      const creating = yield* Effect.forkChild(create(one.store, "a"))
      yield* untilSomebodyWaits(other.client, schema)
      yield* Deferred.succeed(release, undefined)
      yield* Fiber.join(holder)
      expect((yield* Fiber.join(creating)).map(({ number }) => number)).toEqual([1, 2])
      expect(yield* stored).toMatchObject({ numbers: [1, 2, 3], tasks: ["a", "first", "other"], follow: true })
    }).pipe(run))

  it("leaves nothing behind where the database refuses a row", () =>
    Effect.gen(function* () {
      const { one, stored } = yield* nodes()
      const twice = one.store.transact((tx) =>
        Effect.andThen(
          tx.load(emptyQuery),
          Effect.suspend(() => tx.save(changes(tx, "a", "c-first")))
        )
      )
      expect(yield* Effect.flip(twice)).toMatchObject({ reason: "Conflict", retryable: false, committed: "no" })
      expect(yield* stored).toMatchObject({ numbers: [1], tasks: ["first"], commands: ["c-first"] })
      expect(yield* create(one.store, "a")).toHaveLength(1)
    }).pipe(run))

  it("writes nothing by what it read too long ago", () =>
    Effect.gen(function* () {
      const { one, stored } = yield* nodes({ idleTimeoutMillis: 100 })
      const asleep = (nth: number) =>
        nth === 1 ? Effect.orDie(one.client.unsafe("select pg_sleep(0.15)")) : Effect.void
      expect(yield* create(one.store, "a", asleep)).toHaveLength(2)
      expect(yield* stored).toMatchObject({ numbers: [1, 2], tasks: ["a", "first"] })
    }).pipe(run))

  it("is refused once the company was opened anew for other settings", () =>
    Effect.gen(function* () {
      const { one, other, stored } = yield* nodes()
      const adopt = Effect.orDie(other.store.adopt({ ...identity, rules: { secret: "two" } }, () => monday))
      const error = yield* Effect.flip(create(one.store, "a", (nth) => (nth === 1 ? adopt : Effect.void)))
      expect(error).toMatchObject({ reason: "Mismatch", committed: "no" })
      expect(yield* stored).toMatchObject({ numbers: [1], tasks: ["first"] })
    }).pipe(run))

  it("finds a head of the same number that is another one: the database was restored, or its standby took over", () =>
    Effect.gen(function* () {
      const { one, schema } = yield* nodes()
      yield* one.client.unsafe(`update ${schema}.contexts set at_ms = at_ms + 1 where name = 'tasks'`)
      const digests: Array<number> = []
      yield* one.store.transact((tx) =>
        Effect.map(tx.load(emptyQuery), () => void digests.push(tx.head.at.epochMilliseconds))
      )
      expect(digests).toEqual([(yield* one.store.head).at.epochMilliseconds])
    }).pipe(run))
})

/** Returns once a session waits for a lock on the head. */
const untilSomebodyWaits = Effect.fnUntraced(function* ({ unsafe }: PgClient, schema: string) {
  const waiting = unsafe("select pid from pg_stat_activity where wait_event_type = 'Lock' and query like $1", [
    `%${schema}%contexts%`
  ])
  for (;;) {
    const [row] = yield* waiting
    if (row !== undefined) return Number((row as { pid: number }).pid)
  }
})

describe("a commit without a lock whose connection is lost", () => {
  /** Ends the session that waits to write, while another node holds the head. */
  const lostWhileWaiting = Effect.fnUntraced(function* ({
    one,
    other,
    schema
  }: Effect.Success<ReturnType<typeof nodes>>) {
    const [holds, release] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    const holder = yield* Effect.forkChild(
      other.client.withTransaction(
        other.client
          .unsafe(`select 1 from ${schema}.contexts for update`)
          .pipe(Effect.andThen(Deferred.succeed(holds, undefined)), Effect.andThen(Deferred.await(release)))
      )
    )
    yield* Deferred.await(holds)
    const creating = yield* Effect.forkChild(Effect.exit(create(one.store, "a")))
    const pid = yield* untilSomebodyWaits(other.client, schema)
    yield* other.client.unsafe("select pg_terminate_backend($1)", [pid])
    const exit = yield* Fiber.join(creating)
    yield* Deferred.succeed(release, undefined)
    yield* Fiber.join(holder)
    return exit
  })

  it("leaves open what happened, and the next one makes sure that it can't happen any more", () =>
    Effect.gen(function* () {
      const both = yield* nodes()
      const { one, schema, stored } = both
      const version = Effect.map(
        one.client.unsafe(`select xmin::text as version from ${schema}.contexts where name = 'tasks'`),
        ([row]) => row
      )
      const before = yield* version
      const exit = yield* lostWhileWaiting(both)
      expect(Exit.isFailure(exit)).toBe(true)
      expect(yield* Effect.flip(exit)).toMatchObject({ reason: "Unavailable", retryable: true, committed: "unknown" })
      // A commit that comes to nothing: what was on its way could still find the head that it has seen.
      const nothing = one.store.transact((tx) => Effect.andThen(tx.load(emptyQuery), Effect.fail("nothing")))
      expect(yield* Effect.flip(nothing)).toBe("nothing")
      expect(yield* version).not.toEqual(before)
      expect(yield* create(one.store, "a")).toEqual([{ number: 1, tasks: [], commands: [] }])
      expect(yield* stored).toMatchObject({ numbers: [1, 2], tasks: ["a", "first"] })
    }).pipe(run))
})
