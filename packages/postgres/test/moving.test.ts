/**
 * A company moves between databases: whatever breaks off, it has one home, and all that was acknowledged is in it.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import {
  Actor,
  Companies,
  type CommandId,
  CompanyDirectory,
  CompanyHome,
  type CompanyServices,
  Notifier,
  StoreError,
  Tasks,
  Users,
  Verification
} from "@popug/core"
import { Postgres } from "@popug/postgres"
import { Pglite } from "@popug/postgres/pglite"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { client, freshSchema } from "./support.ts"

const key = Redacted.make("the key of this host")

/** A database of its own on the tests' server. */
const database = Effect.gen(function* () {
  const name = freshSchema()
  yield* Effect.flatMap(PgClient, ({ unsafe }) => unsafe(`create database ${name} template template0 encoding 'UTF8'`))
  const url = new URL(Redacted.value(client.url as Redacted.Redacted))
  url.pathname = `/${name}`
  return { ...client, url: Redacted.make(url.toString()), maxConnections: 6, migrate: true }
}).pipe(Effect.provide(Postgres.layerClient(client)))

/**
 * What goes wrong: the call of that number, of all that a move makes, is the last one of its process; or it is made
 * after a pause.
 */
interface Fuse {
  left: number
  readonly pause?: Effect.Effect<void>
}

const crash = new StoreError({ reason: "Unavailable", retryable: true, committed: "unknown", message: "crashed" })

/** Counts calls down; the one that burns the fuse is made or not, and its answer is lost. */
const burning = <A extends object>(service: A, names: ReadonlyArray<keyof A>, fuse: Fuse): A => {
  const burn =
    <B>(call: (...given: ReadonlyArray<never>) => Effect.Effect<B>) =>
    (...given: ReadonlyArray<never>) =>
      Effect.suspend(() => {
        fuse.left -= 1
        if (fuse.pause !== undefined) {
          return fuse.left === -1 ? Effect.andThen(fuse.pause, call(...given)) : call(...given)
        }
        if (fuse.left === -1) return Effect.fail(crash)
        if (fuse.left < -1) return Effect.die("the process is gone")
        return Effect.flatMap(call(...given), (answer) => {
          if (fuse.left !== 0) return Effect.succeed(answer)
          fuse.left = -1_000
          return Effect.fail(crash)
        })
      })
  const burnt = names.map((name) => [name, burn(service[name] as never)] as const)
  return { ...service, ...Object.fromEntries(burnt) }
}

type Where = Layer.Layer<CompanyHome | CompanyDirectory>

const homeOf = (where: Where, fuse: Fuse) =>
  Layer.effect(
    CompanyHome,
    Effect.map(CompanyHome, (home) => ({
      ...burning(home, ["rest", "wake"], fuse),
      archive: burning(home.archive!, ["dump", "restore", "leave", "rest", "settle"], fuse)
    }))
  ).pipe(Layer.provide(where))

/** A node of a host of two databases, whose directory is in the first. */
const node = ({ one, two }: { readonly one: Where; readonly two: Where }, fuse: Fuse = { left: 1_000_000 }) =>
  Companies.layer({
    databases: { one: homeOf(one, fuse), two: homeOf(two, fuse) },
    defaultDatabase: "one",
    notifier: () => Notifier.layerLog
  }).pipe(
    Layer.provide(
      Layer.effect(
        CompanyDirectory,
        Effect.map(CompanyDirectory, (directory) => burning(directory, ["change"], fuse))
      ).pipe(Layer.provide(one))
    ),
    Layer.provide([Postgres.layerSecrets(key), Postgres.layerDigest])
  )

const both = () => Layer.mergeAll(Postgres.layerHome, Postgres.layerDirectory)
type Options = Effect.Success<typeof database>
const hostsOf = (one: Options, two: Options) => ({
  one: Layer.orDie(Layer.provide(both(), Postgres.layerDatabase(one))),
  two: Layer.orDie(Layer.provide(both(), Postgres.layerDatabase(two)))
})
const twoDatabases = Effect.map(Effect.all([database, database]), ([one, two]) => hostsOf(one, two))

/** Runs SQL in a database by hand, past popug. */
const sqlIn = (where: Options, sql: string) =>
  Effect.provide(
    Effect.flatMap(PgClient, ({ unsafe }) => unsafe(sql)),
    Postgres.layerClient(where)
  )
const erase = (where: Options) => sqlIn(where, Postgres.eraseSql("acme"))

const within = <A, E>(body: Effect.Effect<A, E, CompanyServices>) => Companies.within("acme", body)
const create = (title: string) =>
  within(
    Effect.flatMap(Tasks, (tasks) =>
      tasks.create(Actor.system, [{ title }], { commandId: `create-${title}` as CommandId })
    )
  )
const titles = within(
  Effect.flatMap(Tasks, (tasks) => Effect.map(tasks.list(Actor.system, {}, { limit: 1_000 }), ({ rows }) => rows))
).pipe(Effect.map((rows) => rows.map(({ title }) => title).sort()))
const verdict = within(
  Effect.flatMap(Verification, (verification) =>
    Effect.map(verification.run(Actor.system), ({ difference }) => difference)
  )
)
const ends = Effect.flatMap(Companies, (companies) =>
  Effect.map(companies.ends(["acme"]), (found) => found.find(({ source }) => source === "tasks")?.number)
)
const open = Effect.flatMap(Companies, (companies) =>
  Effect.gen(function* () {
    yield* companies.open([{ id: "zoo", database: "two" }, { id: "acme" }])
    yield* within(
      Effect.flatMap(Users, (users) => users.create(Actor.system, [{ id: "olga", name: "Olga", roles: ["worker"] }]))
    )
    yield* create("before")
    yield* companies.serve
  })
)
const move = (database: string) => Effect.flatMap(Companies, (companies) => companies.move("acme", database))
const on = <A, E>(hosts: Parameters<typeof node>[0], body: Effect.Effect<A, E, Companies>, fuse?: Fuse) =>
  Effect.provide(body, node(hosts, fuse), { local: true })
const living = (where: Where) =>
  Effect.map(
    Effect.provide(
      Effect.flatMap(CompanyHome, ({ work }) => work.health(["acme"])),
      where
    ),
    ([health]) => health?.resting === false
  )

describe("a company that moves", () => {
  it("goes on in the other database: books, numbers of events, answers to commands", () =>
    Effect.gen(function* () {
      const hosts = yield* twoDatabases
      yield* on(
        hosts,
        Effect.gen(function* () {
          yield* open
          const first = yield* create("again")
          yield* move("two")
          const companies = yield* Companies
          expect(yield* companies.record("acme")).toMatchObject({ database: "two", status: "open" })
          expect(yield* create("again")).toEqual(first)
          // What is created falls on somebody: two events each.
          expect(yield* ends).toBe(4)
          yield* create("after")
          expect(yield* ends).toBe(6)
          yield* companies.serve
          expect(yield* titles).toEqual(["after", "again", "before"])
          expect(yield* verdict).toBeNull()
          yield* move("two")
          // Who opens companies again without saying where finds it where it is.
          yield* companies.open([{ id: "acme" }])
        })
      )
      expect([yield* living(hosts.one), yield* living(hosts.two)]).toEqual([false, true])
    }).pipe(Effect.runPromise))

  it("has one home whichever step is the last of a process, and is moved by the same call", () =>
    Effect.gen(function* () {
      const hosts = yield* twoDatabases
      yield* on(hosts, open)
      let crashes = 0
      for (let step = 0; ; step++) {
        const exit = yield* Effect.exit(on(hosts, move("two"), { left: step }))
        const alive = [yield* living(hosts.one), yield* living(hosts.two)]
        expect(alive).not.toEqual([true, true])
        if (exit._tag === "Success") break
        crashes += 1
      }
      expect(crashes).toBeGreaterThan(3)
      yield* on(
        hosts,
        Effect.gen(function* () {
          yield* move("two")
          expect([yield* living(hosts.one), yield* living(hosts.two)]).toEqual([false, true])
          yield* create("after")
          expect(yield* titles).toEqual(["after", "before"])
          expect(yield* verdict).toBeNull()
        })
      )
    }).pipe(Effect.runPromise))

  it("goes on from a copy of an earlier try, though a delivery was acknowledged after it was made", () =>
    Effect.gen(function* () {
      const [one, two] = yield* Effect.all([database, database])
      const hosts = hostsOf(one, two)
      yield* on(hosts, open)
      const there = Effect.provide(
        Effect.flatMap(CompanyHome, ({ archive }) => archive!.rest("acme")),
        hosts.two
      )
      for (let step = 0; (yield* there) === null; step++) yield* Effect.exit(on(hosts, move("two"), { left: step }))
      expect(yield* sqlIn(one, "select from popug.subscriptions")).not.toHaveLength(0)
      yield* sqlIn(one, "update popug.subscriptions set number = number + 1")
      yield* on(
        hosts,
        Effect.gen(function* () {
          yield* move("two")
          yield* create("after")
          expect(yield* titles).toEqual(["after", "before"])
          expect(yield* verdict).toBeNull()
        })
      )
    }).pipe(Effect.runPromise))

  it("counts commands that are offered meanwhile once, or refuses them", () =>
    Effect.gen(function* () {
      const hosts = yield* twoDatabases
      yield* on(hosts, open)
      const offered = { isOver: false }
      const acknowledged: Array<string> = []
      const refusals = new Set<string>()
      const offering = (name: string) =>
        on(
          hosts,
          Effect.gen(function* () {
            for (let count = 0; !offered.isOver; count++) {
              const title = `${name}-${count}`
              const exit = yield* Effect.exit(create(title))
              if (exit._tag === "Success") acknowledged.push(title)
              else refusals.add(String(exit.cause))
            }
          })
        )
      const offers = yield* Effect.forEach(["a", "b"], (name) => Effect.forkChild(offering(name)))
      const until = (count: number) =>
        Effect.repeat(Effect.sleep("5 millis"), { until: () => acknowledged.length >= count })
      yield* until(3)
      yield* on(hosts, move("two"))
      yield* until(acknowledged.length + 3)
      offered.isOver = true
      yield* Effect.forEach(offers, Fiber.join, { discard: true })
      for (const refusal of refusals) expect(refusal).toMatch(/rest/u)
      yield* on(
        hosts,
        Effect.gen(function* () {
          expect(yield* titles).toEqual([...acknowledged, "before"].sort())
          expect(yield* ends).toBe(2 * (acknowledged.length + 1))
          yield* (yield* Companies).serve
          expect(yield* verdict).toBeNull()
        })
      )
    }).pipe(Effect.runPromise))

  it("moves back only once its old rows are erased there, and they are nowhere else", () =>
    Effect.gen(function* () {
      const [one, two] = yield* Effect.all([database, database])
      const hosts = hostsOf(one, two)
      yield* on(
        hosts,
        Effect.gen(function* () {
          yield* open
          expect(String(yield* Effect.flip(erase(one)))).toMatch(/SqlError/u)
          yield* move("two")
          yield* create("after")
          expect((yield* Effect.flip(move("one")))._tag).toBe("MoveRefused")
          expect((yield* Effect.exit(erase(two)))._tag).toBe("Failure")
          yield* erase(one)
          yield* move("one")
          expect(yield* titles).toEqual(["after", "before"])
          expect(yield* verdict).toBeNull()
          expect((yield* Effect.flip(move("three")))._tag).toBe("UnknownDatabase")
        })
      )
    }).pipe(Effect.runPromise))

  it("does not take rows that it has left for a copy, though nothing has happened since", () =>
    Effect.gen(function* () {
      const hosts = yield* twoDatabases
      yield* on(
        hosts,
        Effect.gen(function* () {
          yield* open
          yield* move("two")
          expect((yield* Effect.flip(move("one")))._tag).toBe("MoveRefused")
          yield* (yield* Companies).wake(["acme"])
          yield* create("after")
        })
      )
      expect([yield* living(hosts.one), yield* living(hosts.two)]).toEqual([false, true])
    }).pipe(Effect.runPromise))

  it("begins no second history where it has left, on a node that still takes it to be there", () =>
    Effect.gen(function* () {
      const [one, two] = yield* Effect.all([database, database])
      const hosts = hostsOf(one, two)
      yield* on(hosts, Effect.andThen(open, move("two")))
      yield* erase(one)
      const early = Layer.effect(
        CompanyDirectory,
        Effect.map(CompanyDirectory, (directory) => ({
          ...directory,
          load: (ids: ReadonlyArray<string>) =>
            Effect.map(directory.load(ids), (records) =>
              records.map((record) => ({ ...record, database: record.id === "acme" ? "one" : record.database }))
            )
        }))
      ).pipe(Layer.provideMerge(hosts.one))
      yield* on(
        { ...hosts, one: early },
        Effect.gen(function* () {
          expect(yield* Effect.flip(create("lost"))).toMatchObject({ reason: "Unavailable", retryable: true })
        })
      )
      expect([yield* living(hosts.one), yield* living(hosts.two)]).toEqual([false, true])
    }).pipe(Effect.runPromise))

  it("is not moved to its own database by another name, and goes on there", () =>
    Effect.gen(function* () {
      const { one } = yield* twoDatabases
      yield* on(
        { one, two: one },
        Effect.gen(function* () {
          yield* open
          expect(yield* Effect.flip(move("two"))).toMatchObject({ reason: expect.stringContaining("by another name") })
          yield* (yield* Companies).wake(["acme"])
          yield* create("after")
          expect(yield* titles).toEqual(["after", "before"])
        })
      )
    }).pipe(Effect.runPromise))

  it("moves once, however late its mover wakes that stood still at some step through two more moves", () =>
    Effect.gen(function* () {
      const [one, two] = yield* Effect.all([database, database])
      const hasty = (where: Options) => ({ ...where, lockTimeoutMillis: 1_000 })
      const hosts = hostsOf(hasty(one), hasty(two))
      yield* on(hosts, open)
      const record = Effect.flatMap(Companies, (companies) => companies.record("acme"))
      let pauses = 0
      const made: Array<string> = ["before"]
      const makes = (title: string) =>
        Effect.andThen(
          create(title),
          Effect.sync(() => void made.push(title))
        )
      for (let step = 0; ; step++) {
        const [paused, wakes] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const pause = Effect.andThen(Deferred.succeed(paused, undefined), Deferred.await(wakes))
        const mover = yield* Effect.forkChild(Effect.exit(on(hosts, move("two"), { left: step, pause })))
        const isPaused = yield* Effect.raceFirst(
          Effect.as(Deferred.await(paused), true),
          Effect.as(Fiber.await(mover), false)
        )
        if (!isPaused) break
        pauses += 1
        const others = yield* Effect.exit(
          on(
            hosts,
            Effect.gen(function* () {
              yield* move("two")
              yield* makes(`in-two-at-${step}`)
              yield* erase(one)
              yield* move("one")
              yield* makes(`in-one-at-${step}`)
            })
          )
        )
        // While it restores rows, its transaction holds up who moves the company, until the server ends that.
        if (others._tag === "Failure") expect(String(others.cause)).toMatch(/lock timeout/u)
        yield* Deferred.succeed(wakes, undefined)
        yield* Fiber.join(mover)
        expect([yield* living(hosts.one), yield* living(hosts.two)], `step ${step}`).not.toEqual([true, true])
        yield* on(
          hosts,
          Effect.gen(function* () {
            yield* (yield* Companies).wake(["acme"])
            // What it has rested or left by mistake, it has left to be finished by the same call.
            if (!(yield* living((yield* record).database === "one" ? hosts.one : hosts.two))) yield* move("two")
            yield* makes(`after-${step}`)
            expect(yield* verdict).toBeNull()
            if ((yield* record).database === "two") {
              yield* erase(one)
              yield* move("one")
            }
            expect([yield* living(hosts.one), yield* living(hosts.two)], `after step ${step}`).toEqual([true, false])
            yield* erase(two)
          })
        )
      }
      expect(pauses).toBeGreaterThan(8)
      yield* on(
        hosts,
        Effect.gen(function* () {
          expect(yield* titles).toEqual(made.sort())
          expect(yield* ends).toBe(2 * made.length)
        })
      )
    }).pipe(Effect.runPromise))

  it("holds up nobody who opens a company where it comes to", () =>
    Effect.gen(function* () {
      const hosts = yield* twoDatabases
      const archiveOf = (where: Where) =>
        Effect.map(Layer.build(Layer.fresh(where)), (built) => Context.get(built, CompanyHome).archive!)
      yield* on(
        hosts,
        Effect.gen(function* () {
          const companies = yield* Companies
          yield* open
          yield* companies.rest(["acme"])
          const [coming, isOpen] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          const [source, target] = [yield* archiveOf(hosts.one), yield* archiveOf(hosts.two)]
          const restoring = yield* Effect.forkChild(
            target.restore("acme", (write) =>
              Effect.gen(function* () {
                yield* source.dump("acme", write)
                yield* Deferred.succeed(coming, undefined)
                yield* Deferred.await(isOpen)
              })
            )
          )
          yield* Deferred.await(coming)
          yield* companies.open([{ id: "new", database: "two" }])
          yield* Deferred.succeed(isOpen, undefined)
          yield* Fiber.join(restoring)
        }).pipe(Effect.scoped)
      )
    }).pipe(Effect.scoped, Effect.runPromise))

  it("is refused where its rows contradict their own record, and goes on where it is", () =>
    Effect.gen(function* () {
      const [one, two] = yield* Effect.all([database, database])
      const hosts = hostsOf(one, two)
      yield* on(
        hosts,
        Effect.gen(function* () {
          yield* open
          yield* sqlIn(one, "update popug.accounts set credits = credits + 1")
          const refused = yield* Effect.flip(move("two"))
          expect(refused._tag).toBe("MoveRefused")
          expect(refused.message).toMatch(/contradict their own record/u)
          yield* (yield* Companies).wake(["acme"])
          yield* create("after")
          expect(yield* titles).toEqual(["after", "before"])
        })
      )
      expect([yield* living(hosts.one), yield* living(hosts.two)]).toEqual([true, false])
    }).pipe(Effect.runPromise))

  it("is told to come again, and not that it is refused, where its database had somebody else go first", () =>
    Effect.gen(function* () {
      const hosts = yield* twoDatabases
      const beaten = new StoreError({ reason: "Conflict", retryable: true, committed: "no", message: "deadlock" })
      let times = 0
      const one = Layer.effect(
        CompanyHome,
        Effect.map(CompanyHome, (home) => ({
          ...home,
          archive: {
            ...home.archive!,
            leave: (...given: Parameters<NonNullable<typeof home.archive>["leave"]>) =>
              Effect.suspend(() => (times++ === 0 ? Effect.fail(beaten) : home.archive!.leave(...given)))
          }
        }))
      ).pipe(Layer.provideMerge(hosts.one))
      yield* on(
        { ...hosts, one },
        Effect.gen(function* () {
          yield* open
          expect(yield* Effect.flip(move("two"))).toBe(beaten)
          yield* move("two")
          expect(yield* titles).toEqual(["before"])
        })
      )
    }).pipe(Effect.runPromise))

  it("is moved once by two who move it at once, and both are told that it has moved", () =>
    Effect.gen(function* () {
      const hosts = yield* twoDatabases
      yield* on(hosts, open)
      const moving = on(hosts, move("two"))
      const exits = yield* Effect.all([Effect.exit(moving), Effect.exit(moving)], { concurrency: 2 })
      // Whoever came too early for the other's last step does it once more.
      if (exits.some(({ _tag }) => _tag === "Failure")) yield* moving
      expect(exits.map(({ _tag }) => _tag)).toContain("Success")
      expect([yield* living(hosts.one), yield* living(hosts.two)]).toEqual([false, true])
      yield* on(
        hosts,
        Effect.gen(function* () {
          yield* create("after")
          expect(yield* titles).toEqual(["after", "before"])
          expect(yield* verdict).toBeNull()
        })
      )
    }).pipe(Effect.runPromise))

  it("tells how far its move is", () =>
    Effect.gen(function* () {
      const hosts = yield* twoDatabases
      yield* on(
        hosts,
        Effect.gen(function* () {
          yield* open
          const told: Array<{ readonly step: string; readonly rows: number }> = []
          yield* (yield* Companies).move("acme", "two", { told: (progress) => void told.push(progress) })
          expect([...new Set(told.map(({ step }) => step))]).toEqual([
            "resting",
            "copying",
            "comparing",
            "verifying",
            "leaving",
            "waking"
          ])
          const rows = (step: string) => told.findLast((one) => one.step === step)!.rows
          expect(rows("copying")).toBeGreaterThan(10)
          expect(rows("comparing")).toBe(rows("copying"))
        })
      )
    }).pipe(Effect.runPromise))

  it("moves from PGlite to a server, and from there to another PGlite", () =>
    Effect.gen(function* () {
      const pglite = Layer.orDie(Layer.provide(both(), Pglite.layerDatabase()))
      const server = Layer.orDie(Layer.provide(both(), Postgres.layerDatabase(yield* database)))
      const context = yield* Layer.build(pglite)
      const other = yield* Layer.build(
        Layer.fresh(Layer.orDie(Layer.provide(both(), Layer.fresh(Pglite.layerDatabase()))))
      )
      yield* on(
        { one: Layer.succeedContext(context), two: server },
        Effect.gen(function* () {
          yield* open
          yield* move("two")
          yield* create("after")
          expect(yield* verdict).toBeNull()
        })
      )
      // Its directory is the server's, which is told of it anew.
      yield* on(
        { one: server, two: Layer.succeedContext(other) },
        Effect.gen(function* () {
          const companies = yield* Companies
          yield* companies.open([{ id: "acme" }])
          yield* move("two")
          expect(yield* titles).toEqual(["after", "before"])
          expect(yield* verdict).toBeNull()
        })
      )
    }).pipe(Effect.scoped, Effect.runPromise))
})
