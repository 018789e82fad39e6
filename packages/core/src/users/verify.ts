/**
 * Proves the users: their stream is whole, and makes the rows that are kept of them.
 */
import * as Effect from "effect/Effect"
import * as Follow from "../stream/Follow.ts"
import { check } from "../values/Difference.ts"
import type { UserId } from "../values/Ids.ts"
import { decodeUserEvent } from "./events.ts"
import { evolve, type UserState } from "./state.ts"
import { UserStore } from "./UserStore.ts"

const pageSize = 1_000

/** The first difference, or null. Never fails on what it finds. */
export const verify = Effect.suspend(() => Follow.concluded(replay, () => "the users"))

const replay = Effect.gen(function* () {
  const store = yield* UserStore
  const head = yield* store.head
  const users: UserState = new Map()
  const place = yield* Follow.follow({
    source: "users",
    decode: decodeUserEvent,
    to: head.number,
    page: (events) =>
      Effect.sync(() => {
        for (const { event } of events) if (event !== null) evolve(users, event)
      })
  })
  yield* Follow.endsAt("users", place, head, store.head)
  const found = yield* Effect.result(compare(users))
  // What changed meanwhile would show as a difference.
  if ((yield* store.head).number === head.number) yield* Effect.fromResult(found)
})

const compare = Effect.fnUntraced(function* (users: UserState) {
  const store = yield* UserStore
  let after: UserId | undefined
  let count = 0
  for (let more = true; more;) {
    const page = yield* store.list({}, { after, limit: pageSize })
    for (const row of page.rows) yield* check(`user ${row.id}`, users.get(row.id), row)
    count += page.rows.length
    after = page.rows.at(-1)?.id
    more = page.more
  }
  yield* check("the number of users", users.size, count)
})
