/**
 * The promises of `CompanyHome`: rows of many companies at once.
 */
import { CompanyHome, CompanyIdentity, CompanyMismatch, CursorStore, TaskStore, UserStore } from "@popug/core"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { commits, heads, looking, open, opening, portsOf, within } from "./companyKit.ts"
import * as Data from "./Data.ts"
import { refused, same } from "./expect.ts"
import * as Suite from "./Suite.ts"
import { kit as users } from "./userStore.ts"

const noon = Date.UTC(2031, 3, 5, 12)
const atNoon = <A, E, R>(body: Effect.Effect<A, E, R>) =>
  Data.withClock((set) => {
    set(noon)
    return body
  })

const rest = (...ids: ReadonlyArray<string>) => Effect.flatMap(CompanyHome, (home) => home.rest(ids))
const wake = (...ids: ReadonlyArray<string>) => Effect.flatMap(CompanyHome, (home) => home.wake(ids))

const resting = { reason: "Resting", retryable: false } as const

/** Each context's commit is refused, in a process that has opened them all before the company was put to rest. */
const refusesUnder = (name: keyof typeof commits) =>
  Effect.gen(function* () {
    const home = yield* CompanyHome
    yield* open("one")
    const commit = commits[name]
    yield* within(
      "one",
      Effect.gen(function* () {
        yield* commit
        const before = yield* heads
        yield* home.rest(["one"])
        yield* refused(commit, `a commit of ${name}`, resting)
        same(yield* heads, before, "the heads")
      })
    )
  })

export const companyHome = Suite.make("CompanyHome", {
  "makes what the stores of all contexts would make": atNoon(
    Effect.gen(function* () {
      same([...(yield* open("one", "two"))], [], "companies that were opened otherwise")
      const first = { numbers: [0, 0, 0], reports: 0, period: "2031-04-05" }
      for (const id of ["one", "two"]) same(yield* looking(id, heads), first, `the heads of ${id}`)
      yield* within("two", Effect.all(Object.values(commits)))
      same((yield* within("two", heads)).numbers, [1, 1, 1], "the heads of two after a commit of each")
      same((yield* within("one", heads)).numbers, [0, 0, 0], "the heads of one")
    })
  ),

  "opening again leaves what is there, and makes what is new": Effect.gen(function* () {
    yield* open("one")
    yield* within("one", commits.users)
    yield* open("two", "one")
    same((yield* within("one", heads)).numbers, [1, 0, 0], "the heads of one")
    same((yield* looking("two", heads)).numbers, [0, 0, 0], "the heads of two")
  }),

  "makes what a company lacks that was opened in part": Effect.gen(function* () {
    const home = yield* CompanyHome
    const { identities } = opening("one")
    yield* Effect.provide(
      Effect.flatMap(UserStore, (store) => store.open(identities.users)),
      portsOf(home, "one")
    )
    yield* open("one")
    same((yield* looking("one", heads)).numbers, [0, 0, 0], "the heads")
  }),

  "tells which were opened otherwise, and opens the others": Effect.gen(function* () {
    const home = yield* CompanyHome
    yield* open("one")
    const mismatches = yield* home.open([opening("one", { timeZone: "UTC" }), opening("two")])
    same([...mismatches.keys()], ["one"], "companies that were opened otherwise")
    same(mismatches.get("one") instanceof CompanyMismatch, true, "whether it is told how")
    same(mismatches.get("one")?.setting, "timeZone", "what differs")
    same((yield* looking("two", heads)).numbers, [0, 0, 0], "the heads of two")
    same((yield* within("one", heads)).numbers, [0, 0, 0], "the heads of one")
  }),

  "of hosts that open companies at once one decides": Effect.gen(function* () {
    const home = yield* CompanyHome
    const ids = ["c", "a", "b"]
    const zones = ["UTC", "Europe/Prague", "Asia/Tokyo", "America/New_York"]
    const told = yield* Effect.forEach(
      zones,
      (timeZone, index) => home.open((index % 2 === 0 ? ids : ids.toReversed()).map((id) => opening(id, { timeZone }))),
      { concurrency: "unbounded" }
    )
    for (const id of ids) {
      const decided = zones.filter((_, index) => !told[index]!.has(id))
      same(decided.length, 1, `hosts that have opened ${id}`)
      const identity = opening(id, { timeZone: decided[0]! }).identities.users
      same((yield* within(id, heads, identity)).numbers, [0, 0, 0], `the heads of ${id}`)
    }
  }),

  "a company at rest is refused under the head of the users": refusesUnder("users"),
  "a company at rest is refused under the head of the tasks": refusesUnder("tasks"),
  "a company at rest is refused under the head of billing": refusesUnder("billing"),
  "a company at rest is refused under the cursor of the reports": refusesUnder("reports"),

  "a company at rest is refused under the cursor of a host": Effect.gen(function* () {
    const moves = Effect.flatMap(CursorStore, (cursors) =>
      cursors.transact("host", "users", (cursor) =>
        Effect.succeed([null, { ...cursor, number: cursor.number + 1 }] as const)
      )
    )
    const home = yield* CompanyHome
    yield* open("one")
    yield* within(
      "one",
      Effect.gen(function* () {
        yield* moves
        yield* home.rest(["one"])
        yield* refused(moves, "a commit of a host's consumer", resting)
        yield* home.wake(["one"])
        yield* moves
        same(
          (yield* (yield* CursorStore).list).map(({ number }) => number),
          [2],
          "where the consumer stands"
        )
      })
    )
  }),

  "a company without rows is made by none of its stores where none are to be made": Effect.gen(function* () {
    const refusal = { reason: "Unavailable", retryable: true } as const
    const serving = Effect.provideService(CompanyIdentity.MakesRows, false)
    yield* open("two")
    yield* serving(within("two", heads))
    yield* refused(serving(within("one", heads)), "the opening of who was never here", refusal)
    for (const commit of Object.values(commits)) {
      yield* refused(serving(within("one", commit)), "a commit of who was never here", refusal)
    }
    const { work } = yield* CompanyHome
    same(
      (yield* work.health(["one", "two"])).map(({ company }) => company),
      ["two"],
      "who is here"
    )
    yield* within("one", heads)
    yield* serving(within("one", heads))
  }),

  "a company at rest is not opened by a store": Effect.gen(function* () {
    yield* open("one")
    yield* rest("one")
    yield* refused(within("one", heads), "the opening", resting)
  }),

  "puts those to rest alone that are named, and passes over who is not here": Effect.gen(function* () {
    yield* open("one", "two")
    yield* rest("nobody", "one")
    yield* rest("one")
    yield* within("two", commits.tasks)
    yield* refused(within("one", heads), "the opening", resting)
  }),

  "waits for the commits that are under way": Effect.gen(function* () {
    yield* open("one")
    const started = yield* Deferred.make<void>()
    const finish = yield* Deferred.make<void>()
    const held = users.transact((tx) =>
      Effect.gen(function* () {
        yield* tx.save(users.changes(tx, ["ann"]))
        yield* Deferred.succeed(started, undefined)
        yield* Deferred.await(finish)
      })
    )
    const holder = yield* Effect.forkChild(within("one", held))
    yield* Deferred.await(started)
    let isOver = false
    const resting = yield* Effect.forkChild(Effect.tap(rest("one"), () => Effect.sync(() => void (isOver = true))))
    // Time enough for who does not wait.
    for (let times = 0; times < 5; times++) yield* Effect.andThen(Effect.yieldNow, open("two"))
    same(isOver, false, "whether the company rests while a commit is under way")
    yield* Deferred.succeed(finish, undefined)
    yield* Fiber.join(holder)
    yield* Fiber.join(resting)
    yield* wake("one")
    same((yield* within("one", heads)).numbers, [1, 0, 0], "the heads once it was woken")
  }),

  "a company that is woken goes on where it was": Effect.gen(function* () {
    const home = yield* CompanyHome
    yield* open("one", "two")
    yield* rest("one", "two")
    yield* wake("one")
    yield* within(
      "one",
      Effect.gen(function* () {
        yield* commits.users
        const store = yield* TaskStore
        const { period } = yield* store.head
        yield* home.rest(["one"])
        yield* home.wake(["one", "nobody"])
        yield* commits.users.pipe(Effect.ignore)
        yield* commits.tasks
        same((yield* store.head).period, period, "the open period")
      })
    )
    yield* refused(within("two", heads), "the opening of who still rests", resting)
  })
})
