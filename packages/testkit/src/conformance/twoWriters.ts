/**
 * Promises of the three stores with a head to two processes over one store, whether the adapter locks the head or
 * compares its version at commit.
 */
import { CompanyMismatch, EventLog, StoreError } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { otherRules } from "./adopting.ts"
import * as Data from "./Data.ts"
import { refused, same, sameSet } from "./expect.ts"
import { beaten, first, persistently, race, type Race, second } from "./instances.ts"
import { type Changes, type Kit, look, open, save, type Tx } from "./Kit.ts"

/** What the promises are made of. */
const between = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => {
  /** Both have looked: an adapter that keeps what it knows of the head has something to keep. */
  const opened = Effect.gen(function* () {
    yield* first(open(kit))
    yield* second(open(kit))
    yield* first(look(kit, "nothing"))
    yield* second(look(kit, "nothing"))
  })

  const numbers = Effect.flatMap(EventLog, (log) =>
    Effect.map(log.read(kit.source, 0, 1_000), (events) => events.map(({ number }) => number))
  )

  const contend = <A, E, E2>(one: (tx: T) => Effect.Effect<unknown, E>, other: (tx: T) => Effect.Effect<A, E2>) =>
    race(
      (hold) => kit.transact((tx) => Effect.andThen(one(tx), hold)),
      (join) => kit.transact((tx) => Effect.andThen(join, other(tx)))
    )

  const saving =
    (...names: ReadonlyArray<string>) =>
    (tx: T) =>
      tx.save(kit.changes(tx, names))

  /** A transaction of the second that is stale hears of it; one that waited, or is tried again, goes through. */
  const goesThrough = Effect.fnUntraced(function* (raced: Race<unknown, unknown>, number: number) {
    if (beaten("the second transaction", raced)) yield* second(save(kit, "second"))
    else yield* raced.exit
    const { command, number: last, row } = yield* first(look(kit, "second"))
    same({ command, last, row }, { command: true, last: number, row: true }, "what the second saved")
  })

  return { opened, numbers, contend, saving, goesThrough }
}

/** Whom the store was opened for is one matter of both. */
const identities = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => {
  const { opened } = between(kit)
  return {
    "what one instance opened is open for the other, who compares the identity": Effect.gen(function* () {
      yield* first(open(kit))
      yield* refused(second(save(kit, "early")), "a commit of an instance that has opened nothing", {
        reason: "Corrupt"
      })
      yield* second(open(kit))
      yield* second(save(kit, "one"))
      const error = yield* Effect.flip(second(kit.open({ ...Data.identity, timeZone: "UTC" })))
      same(error instanceof CompanyMismatch, true, "whether another time zone was refused")
      same((yield* first(look(kit, "one"))).number, 1, "the number")
    }),

    "an instance that was opened for other settings than are stored now commits nothing more": Effect.gen(function* () {
      yield* opened
      yield* first(save(kit, "one"))
      yield* second(kit.adopt(otherRules))
      const error = yield* Effect.flip(first(save(kit, "late")))
      if (!(error instanceof StoreError)) throw new Error(`refused with ${String(error)}`)
      const { cause, committed, reason, retryable } = error
      same({ committed, reason, retryable }, { committed: "no", reason: "Mismatch", retryable: false }, "the refusal")
      same((cause as CompanyMismatch).setting, "secret", "the setting that differs")
      same((yield* second(look(kit, "late"))).row, false, "the row of the refused commit")
      const looked = yield* Effect.flip(first(look(kit, "late")))
      same(looked instanceof StoreError && looked.reason, "Mismatch", "why it may not even look")
      yield* second(save(kit, "two"))
      yield* first(kit.open(otherRules))
      yield* first(save(kit, "three"))
      same((yield* second(look(kit, "three"))).number, 3, "the number")
    })
  }
}

/** Two transactions at once, the second of which finds that the first has committed, or waits until it has. */
const racing = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => {
  const { contend, goesThrough, numbers, opened, saving } = between(kit)
  return {
    "of two transactions at once the later sees what the earlier saved, or hears that it was beaten": Effect.gen(
      function* () {
        yield* opened
        const raced = yield* contend(saving("first"), (tx) =>
          Effect.gen(function* () {
            const { row } = yield* kit.load(tx, "first")
            yield* saving("second")(tx)
            return row
          })
        )
        if (!raced.isStale && Exit.isSuccess(raced.exit)) same(raced.exit.value, true, "the row of the first")
        yield* goesThrough(raced, 2)
        same(yield* second(numbers), [1, 2], "the numbers of the events")
      }
    ),

    "a stale transaction hears that it was beaten before anything else": Effect.gen(function* () {
      yield* opened
      // The same command comes to both: once it is tried again, its answer is found.
      const raced = yield* contend(saving("same"), saving("same"))
      if (!beaten("the second transaction", raced)) same(Exit.isFailure(raced.exit), true, "whether it was refused")
      const { command, number, row } = yield* second(look(kit, "same"))
      same({ command, number, row }, { command: true, number: 1, row: true }, "what the first saved")
    }),

    "a commit without an event makes others' heads stale too": Effect.gen(function* () {
      yield* opened
      const quiet = (tx: T) => tx.save({ ...kit.changes(tx, []), commands: [Data.recorded("quiet")] })
      yield* goesThrough(yield* contend(quiet, saving("second")), 1)
      same((yield* second(look(kit, "quiet"))).command, true, "the command of the commit without an event")
    }),

    "what a transaction reads is as its head says, though it saves nothing": Effect.gen(function* () {
      yield* opened
      const raced = yield* contend(saving("first"), (tx) =>
        Effect.map(kit.load(tx, "first"), ({ command, row }) => ({
          row,
          command: command !== undefined,
          number: tx.head.number
        }))
      )
      if (Exit.isFailure(raced.exit)) return void beaten("the second transaction", raced)
      const { command, number, row } = raced.exit.value
      same({ command, row }, { command: number === 1, row: number === 1 }, `what was read under a head at ${number}`)
    }),

    "a transaction that leaves nothing behind makes nobody stale": Effect.gen(function* () {
      yield* opened
      const { exit } = yield* race(
        (hold) =>
          Effect.ignore(
            kit.transact((tx) => saving("lost")(tx).pipe(Effect.andThen(hold), Effect.andThen(Effect.fail("no"))))
          ),
        (join) => kit.transact((tx) => Effect.andThen(join, saving("second")(tx)))
      )
      yield* exit
      same((yield* first(look(kit, "second"))).number, 1, "the number")
      same(yield* first(kit.has("lost")), false, "the row of the transaction that failed")
    })
  }
}

/** Many at once, of both. */
const mingling = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => {
  const { numbers, opened, saving } = between(kit)
  return {
    "commits of both at once make one stream without holes": Effect.gen(function* () {
      yield* opened
      const names = Array.from({ length: 15 }, (_, index) => index)
      const slowly = (name: string) =>
        persistently(
          kit.transact((tx) => Effect.yieldNow.pipe(Effect.andThen(saving(name)(tx)), Effect.andThen(Effect.yieldNow)))
        )
      const all = [
        ...names.map((index) => first(slowly(`a${index}`))),
        ...names.map((index) => second(slowly(`b${index}`)))
      ]
      yield* Effect.all(all, { concurrency: "unbounded", discard: true })
      same(
        yield* first(numbers),
        all.map((_, index) => index + 1),
        "the numbers of the events"
      )
      for (const index of names) {
        same([yield* second(kit.has(`a${index}`)), yield* first(kit.has(`b${index}`))], [true, true], `rows ${index}`)
      }
    }),

    "two that forget at once forget each command once": Effect.gen(function* () {
      yield* opened
      const names = Array.from({ length: 40 }, (_, index) => `c${index}`)
      yield* first(save(kit, ...names))
      const gone = yield* Effect.all([first(kit.forget(0, 30)), second(kit.forget(0, 30))], {
        concurrency: "unbounded"
      })
      const rest = yield* first(kit.forget(0, 100))
      same(gone[0] + gone[1] + rest, names.length, `commands forgotten: ${gone.join(" and ")} at once, then ${rest}`)
      sameSet(
        yield* Effect.filter(names, (name) => Effect.map(second(look(kit, name)), ({ command }) => command)),
        [],
        "commands that are left"
      )
    })
  }
}

export const twoWriters = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => ({
  ...identities(kit),
  ...racing(kit),
  ...mingling(kit)
})
