/**
 * Promises of the three stores with a head: recorded commands, and how they are forgotten.
 */
import { EventLog } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Data from "./Data.ts"
import { refused, same } from "./expect.ts"
import { type Changes, holding, type Kit, look, open, save, type Tx } from "./Kit.ts"
import { waitingFor } from "./Suite.ts"

const hour = 3_600_000
const noon = Date.UTC(2031, 4, 5, 12)

const forgetting = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => {
  /** It is noon; commits were three hours, two hours and one hour ago, each of the commands of two names. */
  const aged = (body: Effect.Effect<void, unknown, R | EventLog>) =>
    Data.withClock((set) =>
      Effect.gen(function* () {
        set(noon - 4 * hour)
        yield* open(kit)
        for (const ago of [3, 2, 1]) {
          set(noon - ago * hour)
          yield* kit.transact((tx) => tx.save(kit.changes(tx, [`a${ago}`, `b${ago}`])))
        }
        set(noon)
        yield* body
      })
    )

  /** Of which names the commands are recorded. */
  const remembered = Effect.gen(function* () {
    const found: Array<string> = []
    for (const name of ["a3", "b3", "a2", "b2", "a1", "b1"]) if ((yield* look(kit, name)).command) found.push(name)
    return found
  })

  return {
    "forgets the commands of commits of an age by the commits' clock, and nothing else": aged(
      Effect.gen(function* () {
        same(yield* kit.forget(3 * hour + 1, 10), 0, "commands forgotten that are older than the first commit")
        same(yield* kit.forget(2 * hour, 10), 4, "commands forgotten")
        same(yield* remembered, ["a1", "b1"], "the commands that are left")
        same(yield* kit.forget(2 * hour, 10), 0, "commands forgotten once more")
        same((yield* look(kit, "a3")).number, 6, "the number")
        for (const name of ["a3", "b3", "a2", "b2", "a1", "b1"]) same(yield* kit.has(name), true, name)
        const log = yield* EventLog
        same((yield* log.read(kit.source, 0, 10)).length, 6, "events")
        // What was forgotten is new.
        yield* kit.transact((tx) => tx.save({ ...kit.changes(tx, ["c"]), commands: [Data.recorded("a3", "again")] }))
        same(yield* remembered, ["a3", "a1", "b1"], "the commands that are known")
      })
    ),

    "forgets the oldest commands first, as many as it is told": aged(
      Effect.gen(function* () {
        same(yield* kit.forget(0, 3), 3, "commands forgotten")
        const left = yield* remembered
        same(left.slice(1), ["a1", "b1"], "the commands that are left")
        same(yield* kit.forget(0, 3), 3, "commands forgotten in the end")
        same(yield* remembered, [], "the commands that are left in the end")
      })
    ),

    "forgets while a transaction holds the head": aged(
      Effect.gen(function* () {
        const { release } = yield* holding(kit)
        const forgetting = waitingFor(() => "`forgetCommands` waits for the head", kit.forget(2 * hour, 10))
        same(yield* forgetting, 4, "commands forgotten")
        yield* release
        same((yield* look(kit, "holder")).command, true, "the command of the transaction under way")
      })
    )
  }
}

const recording = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => {
  /** A commit with such commands is refused, and nothing of it is left. */
  const refuses = (what: string, ...ids: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      yield* open(kit)
      yield* save(kit, "first")
      yield* refused(
        kit.transact((tx) => tx.save({ ...kit.changes(tx, ["spoilt"]), commands: ids.map((id) => Data.recorded(id)) })),
        what
      )
      same(yield* kit.has("spoilt"), false, "the row of the refused transaction")
      same((yield* look(kit, "twice")).command, false, "the command of the refused transaction")
    })

  return {
    "refuses to record a command twice": refuses("a command recorded twice", "first"),

    "refuses one command id twice in one commit": refuses("one command id twice", "twice", "twice"),

    "keeps the receipt of a commit, under an id as long as ids may be": Effect.gen(function* () {
      yield* open(kit)
      const receipt = { ...Data.recorded(`commit.${"x".repeat(193)}`, null), digest: "commit" }
      yield* kit.transact((tx) => tx.save({ ...kit.changes(tx, ["one"]), commands: [receipt] }))
      const { commandId } = receipt
      const loaded = yield* kit.transact((tx) => kit.load(tx, commandId))
      same(loaded, { row: false, command: receipt }, "the receipt")
    })
  }
}

export const commands = <T extends Tx<C>, C extends Changes, R>(kit: Kit<T, C, R>) => ({
  ...forgetting(kit),
  ...recording(kit)
})
