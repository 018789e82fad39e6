/**
 * How a task gets its price: once, by the host's policy, when billing first sees it. Nothing is ever priced again.
 */
import * as Result from "effect/Result"
import type { TaskUpdated } from "../../tasks/events.ts"
import * as Digest from "../../values/Digest.ts"
import { largestAmount } from "../../values/Money.ts"
import * as Text from "../../values/Text.ts"
import type { BookedTask } from "./BookedTask.ts"
import type { Ledger } from "./Ledger.ts"
import * as Pricing from "./Pricing.ts"
import { type EventRefused, refuse } from "./refusals.ts"
import type { Rulebook } from "./Rulebook.ts"

/** The recorded price, or one that is made now; a recorded one only as it was recorded. */
export const priceOf = (
  ledger: Ledger,
  rules: Rulebook,
  task: BookedTask,
  { change, id, title }: TaskUpdated,
  event: number
): Result.Result<Pricing.Price, EventRefused> => {
  const known = task.price
  if (known === null) return made(ledger, rules, { id, title }, event)
  // What is priced before it is there was priced by nobody here.
  if (change === "created" && !ledger.isReplay) {
    return refuse(`event ${event} creates task ${id}, which has a price already, of event ${known.event}`)
  }
  if (task.isProven) return Result.succeed(known)
  if (Pricing.digest(rules.sha256, known) !== known.digest) {
    return refuse(`the price of task ${id} is not the one that was recorded`)
  }
  task.isProven = true
  return Result.succeed(known)
}

const made = (
  ledger: Ledger,
  { currency, drawKey, price: policy, sha256 }: Rulebook,
  task: Pricing.PriceRequest["task"],
  event: number
): Result.Result<Pricing.Price, EventRefused> => {
  const { id } = task
  let made: { readonly fee: unknown; readonly award: unknown }
  try {
    const draw = (purpose: string) => Digest.draw(sha256, drawKey, "price", [id, purpose])
    const { award, fee } = policy({ task, currency, draw })
    made = { award, fee }
  } catch (defect) {
    return refuse(`the pricing policy failed on task ${id}: ${Text.ofDefect(defect)}`)
  }
  const { award, fee } = made
  if (!isAmount(fee) || !isAmount(award)) {
    return refuse(
      `the pricing policy gives task ${id} a fee of ${Text.ofDefect(fee)} and an award of ${Text.ofDefect(award)}: ` +
        `each must be a bigint from 1 to ${largestAmount}`
    )
  }
  const price = { task: id, fee, award, event, journal: ledger.journal }
  return Result.succeed({ ...price, digest: Pricing.digest(sha256, price) })
}

/** Whether a policy's amount is one: policies are the host's, and may come from untyped code. */
const isAmount = (amount: unknown): amount is bigint =>
  typeof amount === "bigint" && amount > 0n && amount <= largestAmount

/** Records a price of a task that has none. */
export const recordPrice = (ledger: Ledger, task: BookedTask, price: Pricing.Price): void => {
  if (task.price !== null) return
  task.price = price
  task.isProven = true
  ledger.newPrices.push(price)
}
