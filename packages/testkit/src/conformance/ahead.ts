/**
 * Promises of the stores that take parts of a commit ahead of its `save`; the others have nothing to keep.
 */
import { EventLog } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Data from "./Data.ts"
import { refused, same } from "./expect.ts"
import { type Changes, type Kit, look, open, save, type Tx } from "./Kit.ts"
import { notOffered } from "./Suite.ts"

/** A transaction that can write ahead; what is asked of it is passed over where none can. */
const inParts = <T extends Tx<C>, C extends Changes, R, E>(
  kit: Kit<T, C, R>,
  body: (tx: T, write: NonNullable<T["ahead"]>) => Effect.Effect<void, E>
) =>
  Effect.gen(function* () {
    yield* open(kit)
    yield* save(kit, "first")
    const before = yield* look(kit, "first")
    const able = yield* kit.transact((tx) => Effect.succeed(tx.ahead !== undefined))
    if (!able) return yield* notOffered("the store takes no parts ahead of a save, and need not")
    return { before, run: kit.transact((tx) => body(tx, tx.ahead!)) }
  })

const savedOrFailed = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => ({
  "parts written ahead are there with what is saved": Effect.gen(function* () {
    const { run } = yield* inParts(kit, (tx, write) =>
      Effect.gen(function* () {
        let { head } = tx
        for (const name of ["part", "another", "third"]) {
          const part = kit.changes({ ...tx, head }, [name, `${name}2`])
          yield* write(part)
          head = part.head
        }
        yield* tx.save(kit.changes({ ...tx, head }, ["last"]))
      })
    )
    yield* run
    for (const name of ["part", "another2", "third", "last"]) {
      const { command, number, row } = yield* look(kit, name)
      same({ command, number, row }, { command: true, number: 8, row: true }, name)
    }
    const log = yield* EventLog
    same(
      (yield* log.read(kit.source, 0, 10)).map(({ number }) => number),
      [1, 2, 3, 4, 5, 6, 7, 8],
      "the numbers of the events"
    )
  }),

  "a transaction that fails takes its parts with it": Effect.gen(function* () {
    const { before, run } = yield* inParts(kit, (tx, write) =>
      Effect.andThen(write(kit.changes(tx, ["part"])), Effect.fail("no"))
    )
    same(yield* Effect.flip(run), "no", "how the transaction failed")
    same(
      yield* look(kit, "part"),
      { row: false, command: false, number: 1, digest: before.digest },
      "what the failed transaction left"
    )
  })
})

const lost = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => {
  const isLost = <E>(what: string, body: (tx: T, write: NonNullable<T["ahead"]>) => Effect.Effect<void, E>) =>
    Effect.gen(function* () {
      const { before, run } = yield* inParts(kit, body)
      yield* refused(run, what)
      same(
        yield* look(kit, "part"),
        { row: false, command: false, number: 1, digest: before.digest },
        "what the lost transaction left"
      )
      const log = yield* EventLog
      same((yield* log.read(kit.source, 0, 10)).length, 1, "events")
      yield* save(kit, "next")
      same((yield* look(kit, "next")).number, 2, "the number after the next commit")
    })

  return {
    "parts that are never saved are lost": isLost("parts without a save", (tx, write) =>
      write(kit.changes(tx, ["part"]))
    ),

    "a part that does not follow the head is refused, whatever its body makes of it": isLost(
      "a part that does not follow",
      (tx, write) => {
        const part = kit.changes(tx, ["part", "part2"])
        return Effect.ignore(write({ ...part, events: part.events.slice(1) }))
      }
    ),

    "a part that the store can't take loses the transaction": isLost("a command recorded twice", (tx, write) => {
      const part = kit.changes(tx, ["part"])
      return Effect.andThen(
        write({ ...part, commands: [Data.recorded("first")] }),
        tx.save(kit.changes({ ...tx, head: part.head }, ["last"]))
      )
    }),

    "nothing is written ahead of what was saved": isLost("a part after the save", (tx, write) => {
      const part = kit.changes(tx, ["part"])
      return Effect.andThen(tx.save(part), write(kit.changes({ ...tx, head: part.head }, ["last"])))
    })
  }
}

export const ahead = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => ({
  ...savedOrFailed(kit),
  ...lost(kit)
})
