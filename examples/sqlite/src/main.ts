/**
 * A company in a file of SQLite lives through a day, on a clock that is moved by hand, and its books are verified. Each
 * run with the same file is a day more.
 */
import * as popug from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as Sqlite from "./Sqlite.ts"

const { Actor, Money } = popug

const settings = popug.Company.layer({ secret: "of prices" })
const company = popug.Popug.layer.pipe(
  Layer.provideMerge(Sqlite.layer({ file: process.argv[2] ?? ":memory:" })),
  Layer.provide([settings, popug.Ids.layer, popug.Notifier.layerLog]),
  // Nothing polls under a clock that stands still: the program waits until all is settled.
  Layer.provide(Layer.succeed(popug.PollInterval, null))
)

const program = Effect.gen(function* () {
  const [users, tasks, books] = [yield* popug.Users, yield* popug.Tasks, yield* popug.Books]
  const { settle } = yield* popug.Consumers
  // The first day is the epoch's; those after it begin where the file ends.
  const { at, period } = yield* (yield* popug.TaskStore).head
  yield* TestClock.setTime(DateTime.toEpochMillis(at))

  const workers = ["Anna", "Boris", "Vera"].map((name) => ({ id: name.toLowerCase(), name, roles: ["worker"] }))
  yield* users.create(Actor.system, workers, { commandId: "workers" })
  yield* settle
  const titles = ["Mend the roof", "Paint the fence", "Feed the cat", "Water the garden", "Sweep the yard"]
  const { answer: created } = yield* tasks.create(
    Actor.system,
    titles.map((title) => ({ title }))
  )
  for (const { assignee, id } of created.slice(0, 4)) yield* tasks.complete(Actor.user(assignee!), id)
  yield* TestClock.adjust("1 day")
  yield* tasks.endRegistration(Actor.system)
  yield* settle

  const money = (amount: bigint) => Money.format(Money.make(amount, Money.Currency.make("USD")))
  const day = yield* books.periods(Actor.system, { from: period, to: period }, { limit: 1 })
  for (const { seal, totals } of day.rows) {
    console.log(`${period}: ${totals.assigned} assigned, ${totals.done} done, paid out ${money(totals.payouts)}`)
    console.log(`seal ${seal}`)
  }
  const { difference, events, transfers } = yield* (yield* popug.Verification).run(Actor.system)
  console.log(`verified ${events} events, ${transfers} transfers: ${difference?.message ?? "no difference"}`)
})

await program.pipe(Effect.provide(company), Effect.provide(TestClock.layer()), Effect.runPromise)
