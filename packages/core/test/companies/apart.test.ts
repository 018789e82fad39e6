/** What is asked of many companies is answered for those that can be asked. */
import { Companies, CompanyDirectory, CompanyHome, Notifier, PollInterval, StoreError } from "@popug/core"
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
}

/** A host of two databases, `main` and `other`. */
const onTwo = <A, E>(body: (trouble: Trouble) => Effect.Effect<A, E, Companies>) => {
  const trouble: Trouble = { away: new Set(), unreadable: new Set() }
  const home = (name: string) =>
    Layer.effect(
      CompanyHome,
      Effect.map(CompanyHome, (own) => {
        const ends: typeof own.work.ends = (ids) =>
          trouble.away.has(name) ? Effect.fail(failure("Unavailable")) : own.work.ends(ids)
        return CompanyHome.of({ ...own, work: { ...own.work, ends } })
      })
    ).pipe(Layer.provide(Memory.layerHomeOver(Memory.attach(Memory.shelf()))))
  const directory = Layer.effect(
    CompanyDirectory,
    Effect.map(CompanyDirectory, (own) =>
      CompanyDirectory.of({
        ...own,
        load: (ids) => (ids.some((id) => trouble.unreadable.has(id)) ? Effect.fail(failure("Corrupt")) : own.load(ids))
      })
    )
  ).pipe(Layer.provide(Memory.layerDirectoryOver(Memory.attach(Memory.shelf()))))
  const host = Companies.layer({
    databases: { main: home("main"), other: home("other") },
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
