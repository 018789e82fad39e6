import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, it } from "@effect/vitest"
import { type Envelope, EventBus } from "@popug/core"
import { Postgres } from "@popug/postgres"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { client, committedBus } from "./support.ts"

const events = [1, 2, 3, 4].map((number): Envelope.Envelope => ({
  source: "tasks",
  number,
  type: "a",
  version: 1,
  time: DateTime.makeUnsafe(number),
  actor: "system",
  previous: "0".repeat(64),
  data: {}
}))

it.effect("a subscription beyond its log, which was restored to an earlier moment, is given all of it again", () => {
  let schema = ""
  const bus = committedBus((fresh) => {
    schema = fresh
    return Postgres.layer({ ...client, clock: "effect", migrate: true, schema })
  })
  const take = Effect.scoped(
    Effect.gen(function* () {
      const subscription = yield* (yield* EventBus).subscribe("mirror", "tasks")
      const deliveries = yield* subscription.take
      yield* Effect.forEach(deliveries, ({ acknowledge }) => acknowledge)
      return deliveries.map(({ event }) => event.number)
    })
  )
  return Effect.gen(function* () {
    const { publish } = yield* EventBus
    const { unsafe } = yield* PgClient.PgClient
    yield* publish(events.slice(0, 3))
    assert.deepStrictEqual(yield* take, [1, 2, 3])
    yield* unsafe(`update ${schema}.subscriptions set number = 13`)
    // Whoever takes hears of nothing first, and looks for themselves: the log may be empty.
    assert.deepStrictEqual(yield* take, [])
    assert.deepStrictEqual(yield* take, [1, 2, 3])
    // And goes on from there, in other processes too.
    yield* publish(events.slice(3))
    assert.deepStrictEqual(yield* take, [4])
    assert.deepStrictEqual(yield* unsafe(`select name, number::int from ${schema}.subscriptions`), [
      { name: "mirror", number: 4 }
    ])
  }).pipe(Effect.provide([bus, PgClient.layer(client)]))
})
