/**
 * Promises of the stores that take parts of a commit ahead of its `save`; the others have nothing to keep.
 */
import { EventLog } from "@popug/core"
import * as Effect from "effect/Effect"
import * as data from "./data.ts"
import { refused, same } from "./expect.ts"
import { type Changes, type Kit, look, open, save, type Tx } from "./Kit.ts"

export const ahead = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => {
  /** A transaction that can write ahead; what is asked of it is skipped where none can. */
  const inParts = <E>(body: (tx: T, write: NonNullable<T["ahead"]>) => Effect.Effect<void, E>) =>
    Effect.gen(function* () {
      yield* open(kit)
      yield* save(kit, "first")
      const before = yield* look(kit, "first")
      const able = yield* kit.transact((tx) => Effect.succeed(tx.ahead !== undefined))
      return { before, able, run: kit.transact((tx) => body(tx, tx.ahead!)) }
    })

  const isLost = <E>(what: string, body: (tx: T, write: NonNullable<T["ahead"]>) => Effect.Effect<void, E>) =>
    Effect.gen(function* () {
      const { able, before, run } = yield* inParts(body)
      if (!able) return
      yield* refused(run, what)
      same(yield* look(kit, "part"), { row: false, command: false, number: 1, digest: before.digest })
      const log = yield* EventLog
      same((yield* log.read(kit.source, 0, 10)).length, 1, "events")
      yield* save(kit, "next")
      same((yield* look(kit, "next")).number, 2)
    })

  return {
    "parts written ahead are there with what is saved": Effect.gen(function* () {
      const { able, run } = yield* inParts((tx, write) =>
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
      if (!able) return
      yield* run
      for (const name of ["part", "another2", "third", "last"]) {
        const { command, number, row } = yield* look(kit, name)
        same({ command, number, row }, { command: true, number: 8, row: true }, name)
      }
      const log = yield* EventLog
      same(
        (yield* log.read(kit.source, 0, 10)).map(({ number }) => number),
        [1, 2, 3, 4, 5, 6, 7, 8]
      )
    }),

    "a transaction that fails takes its parts with it": Effect.gen(function* () {
      const { able, before, run } = yield* inParts((tx, write) =>
        Effect.andThen(write(kit.changes(tx, ["part"])), Effect.fail("no"))
      )
      if (!able) return
      same(yield* Effect.flip(run), "no")
      same(yield* look(kit, "part"), { row: false, command: false, number: 1, digest: before.digest })
    }),

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
        write({ ...part, commands: [data.recorded("first")] }),
        tx.save(kit.changes({ ...tx, head: part.head }, ["last"]))
      )
    }),

    "nothing is written ahead of what was saved": isLost("a part after the save", (tx, write) => {
      const part = kit.changes(tx, ["part"])
      return Effect.andThen(tx.save(part), write(kit.changes({ ...tx, head: part.head }, ["last"])))
    })
  }
}
