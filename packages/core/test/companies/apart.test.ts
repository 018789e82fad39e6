/** What is asked of many companies is answered for those that can be asked. */
import { Actor, Companies, CompanyDirectory, CompanyHome, Notifier, PollInterval, StoreError, Users } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"

const failure = (reason: StoreError["reason"]) =>
  new StoreError({ reason, retryable: reason === "Unavailable", committed: "no", message: "so the test has it" })

/** What goes wrong, by the test. */
interface Trouble {
  readonly away: Set<string>
  readonly unreadable: Set<string>
  /** Puts a company to rest in a database, and in the directory not. */
  readonly rest: (database: string, id: string) => Effect.Effect<void, StoreError>
}

/** A host of two databases, `main` and `other`. */
const onTwo = <A, E>(body: (trouble: Trouble) => Effect.Effect<A, E, Companies>) => {
  const shelves: Readonly<Record<string, Memory.Shelf>> = { main: Memory.shelf(), other: Memory.shelf() }
  const rest: Trouble["rest"] = (database, id) =>
    Effect.provide(
      Effect.flatMap(CompanyHome, (home) => home.rest([id])),
      Memory.layerHomeOver(Memory.attach(shelves[database]!))
    )
  const trouble: Trouble = { away: new Set(), unreadable: new Set(), rest }
  const home = (name: string) =>
    Layer.effect(
      CompanyHome,
      Effect.map(CompanyHome, (own) => {
        const unlessAway = <A, E>(effect: Effect.Effect<A, E>) =>
          Effect.suspend((): Effect.Effect<A, E | StoreError> =>
            trouble.away.has(name) ? Effect.fail(failure("Unavailable")) : effect
          )
        const { ends, health } = own.work
        const work = {
          ...own.work,
          ends: (ids: ReadonlyArray<string>) => unlessAway(ends(ids)),
          health: (ids: ReadonlyArray<string>) => unlessAway(health(ids))
        }
        return CompanyHome.of({ ...own, work })
      })
    ).pipe(Layer.provide(Memory.layerHomeOver(Memory.attach(shelves[name]!))))
  const directory = Layer.effect(
    CompanyDirectory,
    Effect.map(CompanyDirectory, (own) =>
      CompanyDirectory.of({
        ...own,
        load: (ids) =>
          Effect.suspend(() => {
            if (trouble.away.has("directory")) return Effect.fail(failure("Unavailable"))
            return ids.some((id) => trouble.unreadable.has(id)) ? Effect.fail(failure("Corrupt")) : own.load(ids)
          })
      })
    )
  ).pipe(Layer.provide(Memory.layerDirectoryOver(Memory.attach(Memory.shelf()))))
  const host = Companies.layer({
    databases: { main: home("main"), other: home("other") },
    defaultDatabase: "main",
    notifier: () => Layer.succeed(Notifier, { send: (notices) => Effect.succeed(notices.map(() => null)) })
  }).pipe(
    Layer.provide([directory, Memory.layerSecrets(Redacted.make("the key of this host")), Memory.layerDigest]),
    Layer.provide(Layer.succeed(PollInterval, null))
  )
  return Effect.gen(function* () {
    yield* (yield* Companies).open([{ id: "a" }, { id: "b", database: "other" }, { id: "c" }])
    return yield* body(trouble)
  }).pipe(Effect.provide(host), Effect.provide(TestClock.layer()), Effect.runPromise)
}

const ends = Effect.map(
  Effect.flatMap(Companies, (companies) => companies.ends(["a", "b", "c", "nobody"])),
  (all) => [...new Set(all.map(({ company }) => company))].sort()
)

describe("the ends of the streams of many companies", () => {
  it("are told of a database while another is away, and fail where all are", () =>
    onTwo(({ away }) =>
      Effect.gen(function* () {
        expect(yield* ends).toEqual(["a", "b", "c"])
        away.add("other")
        expect(yield* ends).toEqual(["a", "c"])
        away.add("main")
        expect((yield* Effect.flip(ends)).reason).toBe("Unavailable")
      })
    ))

  it("are told of all but one whose record can't be read", () =>
    onTwo(({ unreadable }) =>
      Effect.gen(function* () {
        unreadable.add("a")
        expect(yield* ends).toEqual(["b", "c"])
      })
    ))
})

describe("a host of two databases", () => {
  it("opens companies that name no database where it says, and says how each database does", () =>
    onTwo(({ away }) =>
      Effect.gen(function* () {
        const companies = yield* Companies
        expect((yield* companies.record("a")).database).toBe("main")
        away.add("other")
        expect(yield* companies.databases).toMatchObject([
          { name: "main", isDefault: true, failure: null },
          { name: "other", isDefault: false, failure: { reason: "Unavailable", retryable: true } }
        ])
      })
    ))

  it("tells how companies do, but of those whose database is away", () =>
    onTwo(({ away }) =>
      Effect.gen(function* () {
        const { status } = yield* Companies
        away.add("other")
        const states = yield* status(["a", "b"])
        expect(states.map(({ failure, health }) => [health?.company, failure?.reason])).toEqual([
          ["a", undefined],
          [undefined, "Unavailable"]
        ])
        expect((yield* Effect.flip(status(["b"]))).name).toBe("StoreError")
      })
    ))

  it("serves the companies that it knows while the directory is away, unless their rows rest", () =>
    onTwo(({ away, rest }) =>
      Effect.gen(function* () {
        const companies = yield* Companies
        const hire = Effect.flatMap(Users, (users) => users.create(Actor.system, [{ name: "Olga", roles: ["worker"] }]))
        for (const id of ["b", "c"]) yield* Companies.within(id, hire)
        yield* TestClock.adjust("6 minutes")
        expect(yield* companies.active).toEqual([])
        away.add("directory")
        yield* Companies.within("b", hire)
        // Another node has put it to rest.
        yield* rest("main", "c")
        expect((yield* Effect.flip(Companies.within("c", hire)))._tag).toBe("CompanyResting")
        // Nobody has ever asked for it here.
        expect((yield* Effect.flip(Companies.within("a", hire)))._tag).toBe("StoreError")
      })
    ))
})

it("a default database that is none of the host's is refused before anything is built", async () => {
  const databases: Record<string, Layer.Layer<CompanyHome>> = {}
  const host = Companies.layer({
    databases,
    defaultDatabase: "main",
    notifier: () => Notifier.layerLog
  }).pipe(
    Layer.provide([
      Memory.layerDirectoryOver(Memory.attach(Memory.shelf())),
      Memory.layerSecrets(Redacted.make("the key of this host")),
      Memory.layerDigest
    ])
  )
  await expect(Effect.runPromise(Effect.scoped(Layer.build(host)))).rejects.toThrow(/there is no database main/u)
})
