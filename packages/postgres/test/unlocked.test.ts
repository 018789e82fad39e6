/**
 * Commits of tasks that take no lock: a statement that reads, a statement that writes, and nothing else. Whatever comes
 * between the two, nothing is lost, doubled or decided on what is no longer so.
 */
import type { PgClient } from "@effect/sql-pg/PgClient"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { describe, expect, it } from "vitest"
import { changes, create, emptyQuery, monday, nodes, run, type Store, untilSomebodyWaits } from "./nodes.ts"
import { identity } from "./users.ts"

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
      // So long that a busy machine is not taken for a silent one, whose transactions the server ends.
      const { one, stored } = yield* nodes({ idleTimeoutMillis: 1_000 })
      const asleep = (nth: number) =>
        nth === 1 ? Effect.orDie(one.client.unsafe("select pg_sleep(1.05)")) : Effect.void
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

  const versionOf = ({ unsafe }: PgClient, schema: string) =>
    Effect.map(
      unsafe(`select xmin::text as version from ${schema}.contexts where name = 'tasks'`),
      ([row]) => (row as { version: string }).version
    )

  const nothing = (store: Store) => store.transact((tx) => Effect.andThen(tx.load(emptyQuery), Effect.fail("nothing")))

  it("leaves open what happened, and the next one makes sure that it can't happen any more", () =>
    Effect.gen(function* () {
      const both = yield* nodes()
      const { one, schema, stored } = both
      const version = versionOf(one.client, schema)
      const before = yield* version
      const exit = yield* lostWhileWaiting(both)
      expect(Exit.isFailure(exit)).toBe(true)
      expect(yield* Effect.flip(exit)).toMatchObject({ reason: "Unavailable", retryable: true, committed: "unknown" })
      // A commit that comes to nothing: what was on its way could still find the head that it has seen.
      expect(yield* Effect.flip(nothing(one.store))).toBe("nothing")
      expect(yield* version).not.toEqual(before)
      expect(yield* create(one.store, "a")).toEqual([{ number: 1, tasks: [], commands: [] }])
      expect(yield* stored).toMatchObject({ numbers: [1, 2], tasks: ["a", "first"] })
    }).pipe(run))

  it("is made sure of again where that was undone with a transaction of the host's", () =>
    Effect.gen(function* () {
      const both = yield* nodes()
      const { one, schema } = both
      const before = yield* versionOf(one.client, schema)
      expect(Exit.isFailure(yield* lostWhileWaiting(both))).toBe(true)
      expect(yield* Effect.flip(one.client.withTransaction(nothing(one.store)))).toBe("nothing")
      expect(yield* versionOf(one.client, schema)).toBe(before)
      expect(yield* Effect.flip(nothing(one.store))).toBe("nothing")
      expect(yield* versionOf(one.client, schema)).not.toBe(before)
    }).pipe(run))
})
