/**
 * Promises of the three stores with a head: all or nothing, one after another.
 */
import { EventLog } from "@popug/core"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Data from "./Data.ts"
import { refused, same, sameSet } from "./expect.ts"
import { type Changes, holding, type Kit, look, open, save, type Tx } from "./Kit.ts"

/** All or nothing. */
const leavingNothing = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => {
  /** Whatever ends the transaction of "lost" leaves nothing of it behind, and the next can go on. */
  const leavesNothing = <A, E>(ending: (started: Deferred.Deferred<void>) => Effect.Effect<A, E>, interrupt: boolean) =>
    Effect.gen(function* () {
      yield* open(kit)
      yield* save(kit, "first")
      const before = yield* look(kit, "first")
      const started = yield* Deferred.make<void>()
      const fiber = yield* Effect.forkChild(
        kit.transact((tx) => Effect.andThen(tx.save(kit.changes(tx, ["lost"])), ending(started)))
      )
      if (interrupt) {
        yield* Deferred.await(started)
        yield* Fiber.interrupt(fiber)
      }
      if (Exit.isSuccess(yield* Fiber.await(fiber))) throw new Error("the transaction succeeded")
      same(
        yield* look(kit, "lost"),
        { row: false, command: false, number: 1, digest: before.digest },
        "what the lost transaction left"
      )
      same(yield* kit.has("lost"), false, "the row outside of a transaction")
      const log = yield* EventLog
      same(yield* log.last(kit.source), 1, "the last event")
      yield* save(kit, "second")
      same((yield* look(kit, "second")).number, 2, "the number after the next commit")
    })

  return {
    "a transaction that fails leaves nothing behind": leavesNothing(() => Effect.fail("no"), false),

    "a transaction that dies leaves nothing behind": leavesNothing(() => Effect.die(new Error("a defect")), false),

    "a transaction that is interrupted leaves nothing behind": leavesNothing(
      (started) => Effect.andThen(Deferred.succeed(started, undefined), Effect.never),
      true
    )
  }
}

/** What a body finds, and what becomes of its answer. */
const bodies = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => ({
  "what one transaction saved, the next one loads": Effect.gen(function* () {
    yield* open(kit)
    const answer = { deep: [{ text: "ě\u2028✓", number: 1.5, nothing: null }] }
    const saved = yield* kit.transact((tx) =>
      Effect.gen(function* () {
        same(yield* kit.load(tx, "one"), { row: false, command: undefined }, "a row before it is saved")
        const changes = kit.changes(tx, ["one", "two"])
        yield* tx.save({ ...changes, commands: [Data.recorded("one", answer)] })
        return changes.head
      })
    )
    yield* kit.transact((tx) =>
      Effect.gen(function* () {
        same(tx.head, saved, "the head")
        same(
          yield* kit.load(tx, "one"),
          { row: true, command: Data.recorded("one", answer) },
          "a row that was saved, and its command"
        )
        same((yield* kit.load(tx, "two")).row, true, "another row that was saved")
        same(yield* kit.load(tx, "three"), { row: false, command: undefined }, "a row that nobody saved")
      })
    )
  }),

  "a transaction that saves nothing changes nothing": Effect.gen(function* () {
    yield* open(kit)
    yield* save(kit, "first")
    const before = yield* look(kit, "first")
    yield* kit.transact(() => Effect.void)
    same(yield* look(kit, "first"), before, "what a transaction that saves nothing left")
  }),

  "the answer of a body is the answer of its transaction": Effect.gen(function* () {
    yield* open(kit)
    same(yield* kit.transact(() => Effect.succeed("answer")), "answer", "the answer")
    same(yield* Effect.flip(kit.transact(() => Effect.fail("refusal"))), "refusal", "the refusal")
  }),

  "a transaction is of no use once its body is over": Effect.gen(function* () {
    yield* open(kit)
    yield* save(kit, "first")
    const left = yield* kit.transact((tx) => Effect.succeed(tx))
    yield* refused(left.save(kit.changes(left, ["late"])), "a save after the end")
    yield* refused(kit.load(left, "first"), "a load after the end")
    same((yield* look(kit, "late")).row, false, "the row that was saved too late")
  })
})

/** One after another. */
const inTurn = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => ({
  "fifty transactions at once run one after another": Effect.gen(function* () {
    yield* open(kit)
    let running = 0
    let most = 0
    const names = Array.from({ length: 50 }, (_, index) => `row${index}`)
    const numbers = yield* Effect.forEach(
      names,
      (name) =>
        kit.transact((tx) =>
          Effect.gen(function* () {
            running += 1
            most = Math.max(most, running)
            yield* Effect.yieldNow
            // Sees all that those before it did.
            same((yield* kit.load(tx, name)).row, false, "a row that nobody saved")
            const changes = kit.changes(tx, [name])
            yield* Effect.yieldNow
            yield* tx.save(changes)
            yield* Effect.yieldNow
            return changes.head.number
          }).pipe(Effect.ensuring(Effect.sync(() => (running -= 1))))
        ),
      { concurrency: "unbounded" }
    )
    same(most, 1, "transactions at once")
    sameSet(
      numbers,
      names.map((_, index) => index + 1),
      "numbers"
    )
    for (const name of names) same(yield* kit.has(name), true, name)
  }),

  "giving up the wait for the head does not disturb the others": Effect.gen(function* () {
    yield* open(kit)
    const { release } = yield* holding(kit)
    const impatient = yield* Effect.forkChild(save(kit, "impatient"))
    const patient = yield* Effect.forkChild(save(kit, "patient"))
    yield* Effect.yieldNow
    yield* Fiber.interrupt(impatient)
    yield* release
    yield* Fiber.join(patient)
    same((yield* look(kit, "patient")).number, 2, "the number in the end")
    same(yield* kit.has("impatient"), false, "the row of the one who gave up")
  })
})

/** What others see of it. */
const seenFromOutside = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => ({
  "reads outside a transaction see committed rows only": Effect.gen(function* () {
    yield* open(kit)
    yield* save(kit, "first")
    const saved = yield* Deferred.make<void>()
    const finish = yield* Deferred.make<void>()
    const log = yield* EventLog
    const writer = yield* Effect.forkChild(
      kit.transact((tx) =>
        Effect.gen(function* () {
          yield* tx.save(kit.changes(tx, ["later"]))
          yield* Deferred.succeed(saved, undefined)
          yield* Deferred.await(finish)
        })
      )
    )
    yield* Deferred.await(saved)
    same(yield* kit.has("later"), false, "the row before the commit")
    same((yield* log.read(kit.source, 0, 10)).length, 1, "events before the commit")
    yield* Deferred.succeed(finish, undefined)
    yield* Fiber.join(writer)
    same(yield* kit.has("later"), true, "the row after the commit")
    same((yield* log.read(kit.source, 0, 10)).length, 2, "events after the commit")
  }),

  "a batch of two thousand rows is one transaction": Effect.gen(function* () {
    yield* open(kit)
    const names = Array.from({ length: 2_000 }, (_, index) => `row${index}`)
    yield* save(kit, ...names)
    const log = yield* EventLog
    same((yield* log.read(kit.source, 0, 3_000)).length, 2_000, "events")
    same((yield* look(kit, "row1999")).number, 2_000, "the head")
    same(
      [yield* kit.has("row0"), yield* kit.has("row999"), yield* kit.has("row1999")],
      [true, true, true],
      "rows of the batch outside of a transaction"
    )
  })
})

export const transactions = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => ({
  ...bodies(kit),
  ...leavingNothing(kit),
  ...inTurn(kit),
  ...seenFromOutside(kit)
})
