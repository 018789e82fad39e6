/**
 * The promises of `Ids`.
 */
import { byteOrder, Ids } from "@popug/core"
import * as Effect from "effect/Effect"
import { same } from "./expect.ts"
import * as Suite from "./Suite.ts"

export const ids = Suite.make("Ids", {
  "makes as many as asked for": Effect.gen(function* () {
    const ids = yield* Ids
    for (const count of [0, 1, 2, 1_000]) same((yield* ids.many(count)).length, count, `${count} ids`)
  }),

  "never makes one twice": Effect.gen(function* () {
    const ids = yield* Ids
    const seen = new Set<string>()
    for (let batch = 0; batch < 20; batch++) for (const id of yield* ids.many(1_000)) seen.add(id)
    same(seen.size, 20_000, "different ids")
  }),

  "makes ids that users, tasks and commands can have": Effect.gen(function* () {
    for (const id of yield* (yield* Ids).many(100)) {
      if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(id)) throw new Error(`${id} is no id`)
      // A commit's receipt is its id behind a prefix.
      if (`commit.${id}`.length > 200) throw new Error(`${id} is too long`)
    }
  }),

  "makes ids that grow in byte order": Effect.gen(function* () {
    const ids = yield* Ids
    const made: Array<string> = []
    for (const count of [10, 5_000, 1, 1, 3]) made.push(...(yield* ids.many(count)))
    yield* Effect.sleep("3 millis")
    made.push(...(yield* ids.many(3)))
    const wrong = made.findIndex((id, index) => index > 0 && byteOrder(made[index - 1]!, id) !== -1)
    same(wrong, -1, `${made[wrong - 1]} before ${made[wrong]}`)
  })
})
