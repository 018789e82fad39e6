/**
 * popug in a plain program: a company in memory whose tasks go round in turn, at one price for all.
 */
import * as popug from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const euros = popug.Money.Currency.make("EUR")
const price = Layer.succeed(popug.Pricing.Pricing, () => ({ fee: 5_00n, award: 12_00n }))
// "task-2" at its first assignment goes to the second of the candidates, "task-5" of three to the second again.
const inTurn = Layer.succeed(popug.Assignment.ChooseAssignee, ({ assignment, candidates, task }) => {
  return candidates[(Number(task.id.slice(5)) + assignment - 2) % candidates.length]!
})

const settings = popug.Company.layer({ secret: "of prices", currency: euros })
const ports = Layer.mergeAll(Memory.layer, settings, popug.Ids.layer, popug.Notifier.layerLog)
const company = popug.Popug.layer.pipe(Layer.provide([ports, price, inTurn]))

const program = Effect.gen(function* () {
  const [users, tasks, books] = [yield* popug.Users, yield* popug.Tasks, yield* popug.Books]
  const { settle } = yield* popug.Consumers
  const workers = ["Anna", "Boris", "Vera"].map((name) => ({ id: name.toLowerCase(), name, roles: ["worker"] }))
  yield* users.create(popug.Actor.system, workers)
  yield* settle
  const titles = ["Mend the roof", "Paint the fence", "Feed the cat", "Water the garden", "Sweep the yard"]
  const given = titles.map((title, index) => ({ id: `task-${index + 1}`, title }))
  const { answer: created } = yield* tasks.create(popug.Actor.system, given)
  for (const { assignee, id } of created.slice(0, 4)) yield* tasks.complete(popug.Actor.user(assignee!), id)
  yield* settle

  const money = (amount: bigint) => popug.Money.format(popug.Money.make(amount, euros))
  const accounts = yield* books.accounts(popug.Actor.system, {}, { limit: 10 })
  for (const { balance, name } of accounts.rows) console.log(`${name}: ${money(balance)}`)
  const { earnings, totals } = yield* books.preview(popug.Actor.system)
  console.log(`${totals.assigned} assigned, ${totals.done} done, earnings so far ${money(earnings)}`)
})

await program.pipe(Effect.provide(company), Effect.runPromise)
