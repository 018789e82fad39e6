import { assert, describe, it } from "@effect/vitest"
import { type Directory, type DirectoryEntry, Lease, StoreError } from "@popug/core"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { userId } from "../support/given.ts"

const away = new StoreError({ reason: "Unavailable", retryable: true, committed: "no", message: "users are away" })
const refused = new StoreError({ reason: "Mismatch", retryable: false, committed: "no", message: "another company" })

/** The users context as another process meets it. */
class Users {
  readonly entries = new Map<string, DirectoryEntry>()
  /** Whom each question was about. */
  readonly asked: Array<ReadonlyArray<string>> = []
  failing: StoreError | undefined
  /** How long an answer is under way. */
  delay = 0

  constructor(...ids: ReadonlyArray<string>) {
    for (const id of ids) this.put(id)
  }

  put(id: string, status: DirectoryEntry["status"] = "active"): void {
    this.entries.set(id, { id: userId(id), roles: ["worker"], status })
  }

  readonly directory: Directory["Service"] = {
    lookup: (ids) =>
      Effect.suspend(() => {
        this.asked.push(ids)
        const answer = ids.flatMap((id) => this.entries.get(id) ?? [])
        const said = Effect.suspend(() => (this.failing === undefined ? Effect.succeed(answer) : this.failing))
        return this.delay === 0 ? said : Effect.delay(said, this.delay)
      })
  }
}

/** What the directory says of some users, or the reason why it says nothing. */
const told = (directory: Directory["Service"], ...ids: ReadonlyArray<string>) =>
  directory.lookup(ids).pipe(
    Effect.map((entries) => entries.map(({ id, status }) => `${id} ${status}`)),
    Effect.catch(({ message }) => Effect.succeed(message))
  )

/** The same while time goes by. */
const toldIn = Effect.fnUntraced(function* (
  millis: number,
  directory: Directory["Service"],
  ...ids: ReadonlyArray<string>
) {
  const asking = yield* Effect.forkChild(told(directory, ...ids))
  yield* TestClock.adjust(millis)
  return yield* Fiber.join(asking)
})

describe("an entry", () => {
  it.effect("answers without a question until half of the lease has gone by", () =>
    Effect.gen(function* () {
      const users = new Users("ann")
      const directory = yield* Lease.make(users.directory)
      yield* told(directory, "ann")
      yield* TestClock.adjust(2_499)
      assert.deepStrictEqual(yield* told(directory, "ann", "ann"), ["ann active"])
      assert.strictEqual(users.asked.length, 1)
    })
  )

  it.effect("is asked for again in the second half, and nobody waits for the answer", () =>
    Effect.gen(function* () {
      const users = new Users("ann")
      const directory = yield* Lease.make(users.directory)
      yield* told(directory, "ann")
      yield* TestClock.adjust(2_500)
      users.delay = 1_000
      users.put("ann", "deactivated")
      assert.deepStrictEqual(yield* told(directory, "ann"), ["ann active"])
      yield* TestClock.adjust(1_000)
      assert.deepStrictEqual(yield* told(directory, "ann"), ["ann deactivated"])
      assert.strictEqual(users.asked.length, 2)
    })
  )

  it.effect("is over five seconds after its question was sent, however late the answer came", () =>
    Effect.gen(function* () {
      const users = new Users("ann")
      users.delay = 1_900
      const directory = yield* Lease.make(users.directory)
      assert.deepStrictEqual(yield* toldIn(1_900, directory, "ann"), ["ann active"])
      users.failing = away
      yield* TestClock.adjust(3_099)
      assert.deepStrictEqual(yield* told(directory, "ann"), ["ann active"])
      assert.deepStrictEqual(
        (yield* directory.held!(["ann"])).map(({ id }) => `${id}`),
        ["ann"]
      )
      users.delay = 0
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* told(directory, "ann"), "users are away")
      assert.deepStrictEqual(yield* directory.held!(["ann"]), [])
    })
  )

  for (const jump of [86_400_000, 3_600_000, -3_600_000, -86_400_000]) {
    it.effect(`lasts as long where the clock on the wall jumps by ${jump / 3_600_000} hours`, () =>
      Effect.gen(function* () {
        const real = yield* Clock.Clock
        let wrongBy = 0
        const now = () => real.currentTimeMillisUnsafe() + wrongBy
        const wall = { currentTimeMillisUnsafe: now, currentTimeMillis: Effect.sync(now) }
        yield* Effect.gen(function* () {
          const users = new Users("ann")
          const directory = yield* Lease.make(users.directory)
          yield* told(directory, "ann")
          users.failing = away
          wrongBy = jump
          yield* TestClock.adjust(4_999)
          assert.deepStrictEqual(yield* told(directory, "ann"), ["ann active"])
          yield* TestClock.adjust(1)
          assert.strictEqual(yield* told(directory, "ann"), "users are away")
        }).pipe(Effect.provideService(Clock.Clock, Object.assign(Object.create(real), wall) as Clock.Clock))
      })
    )
  }

  it.effect("says until when it may be gone by", () =>
    Effect.gen(function* () {
      const users = new Users("ann")
      users.delay = 100
      const directory = yield* Lease.make(users.directory, { lease: "2 seconds" })
      const asking = yield* Effect.forkChild(directory.lookup(["ann"]))
      yield* TestClock.adjust(100)
      const [entry] = yield* Fiber.join(asking)
      assert.strictEqual(entry!.until, 2_000_000_000n)
    })
  )
})

describe("a question", () => {
  it.effect("is asked once for all who ask for the same user", () =>
    Effect.gen(function* () {
      const users = new Users("ann", "bob")
      users.delay = 100
      const directory = yield* Lease.make(users.directory)
      const all = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 50 }, () => told(directory, "ann")),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust(100)
      assert.deepStrictEqual(new Set((yield* Fiber.join(all)).flat()), new Set(["ann active"]))
      assert.deepStrictEqual(users.asked, [["ann"]])
    })
  )

  it.effect("waits for the one before it, and asks for all who came meanwhile", () =>
    Effect.gen(function* () {
      const users = new Users("ann", "bob", "cat")
      users.delay = 100
      const directory = yield* Lease.make(users.directory)
      const first = yield* Effect.forkChild(told(directory, "ann"))
      yield* TestClock.adjust(50)
      const second = yield* Effect.forkChild(told(directory, "bob", "ann"))
      const third = yield* Effect.forkChild(told(directory, "cat"))
      yield* TestClock.adjust(200)
      assert.deepStrictEqual(yield* Fiber.join(first), ["ann active"])
      assert.deepStrictEqual([...(yield* Fiber.join(second))].sort(), ["ann active", "bob active"])
      assert.deepStrictEqual(yield* Fiber.join(third), ["cat active"])
      assert.deepStrictEqual(users.asked, [["ann"], ["bob", "cat"]])
    })
  )

  it.effect("asks for a thousand users at most", () =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 2_500 }, (_, index) => `popug-${index}`)
      const users = new Users(...ids)
      const directory = yield* Lease.make(users.directory)
      assert.strictEqual((yield* directory.lookup(ids)).length, 2_500)
      assert.deepStrictEqual(
        users.asked.map(({ length }) => length),
        [1_000, 1_000, 500]
      )
    })
  )

  it.effect("goes on for those who wait when one of them gives up", () =>
    Effect.gen(function* () {
      const users = new Users("ann")
      users.delay = 100
      const directory = yield* Lease.make(users.directory)
      const gone = yield* Effect.forkChild(told(directory, "ann"))
      const stays = yield* Effect.forkChild(told(directory, "ann"))
      yield* TestClock.adjust(50)
      yield* Fiber.interrupt(gone)
      yield* TestClock.adjust(50)
      assert.deepStrictEqual(yield* Fiber.join(stays), ["ann active"])
      assert.strictEqual(users.asked.length, 1)
    })
  )

  it.effect("is given up after its time limit, and the next one is sent", () =>
    Effect.gen(function* () {
      const users = new Users("ann")
      users.delay = 60_000
      const directory = yield* Lease.make(users.directory)
      assert.strictEqual(yield* toldIn(2_000, directory, "ann"), "users did not say in time who acts")
      users.delay = 0
      assert.deepStrictEqual(yield* told(directory, "ann"), ["ann active"])
    })
  )

  it.effect("that the users throw on is nobody's end", () =>
    Effect.gen(function* () {
      let isBroken = true
      const users = new Users("ann")
      const directory = yield* Lease.make({
        lookup: (ids) => {
          if (isBroken) throw new Error("broken")
          return users.directory.lookup(ids)
        }
      })
      assert.isTrue(Exit.hasDies(yield* Effect.exit(directory.lookup(["ann"]))))
      isBroken = false
      assert.deepStrictEqual(yield* told(directory, "ann"), ["ann active"])
    })
  )
})

it.effect("a user who is unknown is asked for each time", () =>
  Effect.gen(function* () {
    const users = new Users()
    const directory = yield* Lease.make(users.directory)
    assert.deepStrictEqual(yield* told(directory, "ann"), [])
    users.put("ann")
    assert.deepStrictEqual(yield* told(directory, "ann"), ["ann active"])
    assert.deepStrictEqual(users.asked, [["ann"], ["ann"]])
  })
)

it.effect("a user who was created while a question was under way is known to whoever asks afterwards", () =>
  Effect.gen(function* () {
    const users = new Users()
    users.delay = 100
    const directory = yield* Lease.make(users.directory)
    const before = yield* Effect.forkChild(told(directory, "ann"))
    yield* TestClock.adjust(50)
    users.put("ann")
    const after = yield* Effect.forkChild(told(directory, "ann"))
    yield* TestClock.adjust(150)
    assert.deepStrictEqual(yield* Fiber.join(before), [])
    assert.deepStrictEqual(yield* Fiber.join(after), ["ann active"])
  })
)

it.effect("a refusal for good is told as one", () =>
  Effect.gen(function* () {
    const users = new Users("ann")
    users.failing = refused
    const directory = yield* Lease.make(users.directory)
    assert.strictEqual(yield* Effect.flip(directory.lookup(["ann"])), refused)
  })
)

it.effect("only so many users are remembered: those who were asked for last", () =>
  Effect.gen(function* () {
    const users = new Users("ann", "bob", "cat")
    const directory = yield* Lease.make(users.directory, { most: 2 })
    for (const id of ["ann", "bob", "cat", "bob", "ann"]) yield* told(directory, id)
    assert.deepStrictEqual(users.asked, [["ann"], ["bob"], ["cat"], ["ann"]])
  })
)

it.effect("more users than are remembered are answered all the same", () =>
  Effect.gen(function* () {
    const users = new Users("ann", "bob", "cat")
    const directory = yield* Lease.make(users.directory, { most: 1 })
    assert.deepStrictEqual(yield* told(directory, "ann", "bob", "cat"), ["ann active", "bob active", "cat active"])
  })
)

it.effect("a lease of more than five seconds, or of none, is a mistake", () =>
  Effect.gen(function* () {
    for (const lease of ["5001 millis", "0 millis"] as const) {
      assert.isTrue(Exit.hasDies(yield* Effect.exit(Lease.make(new Users().directory, { lease }))))
    }
  })
)

it.effect("who waits when the process ends gets an answer", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const silent: Directory["Service"] = { lookup: () => Effect.never }
    const directory = yield* Effect.provideService(Lease.make(silent), Scope.Scope, scope)
    const answered = yield* Deferred.make<void>()
    for (const id of ["ann", "bob"]) {
      yield* Effect.forkChild(Effect.ensuring(told(directory, id), Deferred.succeed(answered, undefined)))
    }
    yield* TestClock.adjust(0)
    yield* Scope.close(scope, Exit.void)
    yield* Deferred.await(answered)
  })
)
