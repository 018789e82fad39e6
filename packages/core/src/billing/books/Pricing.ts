/**
 * What a task costs and earns: fixed once, when billing first sees it, whoever holds it.
 */
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"
import type { Sha256 } from "../../values/Digest.ts"
import { TaskId } from "../../values/Ids.ts"
import { Amount, type Currency, minorUnits } from "../../values/Money.ts"

/** A task's recorded price in minor units. Nothing is ever priced again. */
export const Price = Schema.Struct({
  task: TaskId,
  /** Charged at every new assignment. */
  fee: Amount,
  /** Credited when the task is done. */
  award: Amount,
  /** The tasks' event that first named the task: prices are recorded in the order of these, one for an event. */
  event: Schema.Int,
  /** The journal's last transfer when it was recorded: the price comes after it in the journal's digest. */
  journal: Schema.Int,
  /** What `digest` makes of the rest: a row that was changed by hand is not billed. */
  digest: Schema.String
})
export type Price = typeof Price.Type

/** The digest of a recorded price. */
export const digest = (sha256: Sha256, { award, event, fee, journal, task }: Omit<Price, "digest">): string =>
  sha256(`["price",${JSON.stringify(task)},"${fee}","${award}",${event},${journal}]`)

/** The digest of the journal up to a price, over what came before it. */
export const chain = (sha256: Sha256, previous: string, price: Price): string =>
  sha256(`["${previous}","${price.digest}"]`)

/** What a price is made from. */
export interface PriceRequest {
  readonly task: { readonly id: TaskId; readonly title: string }
  /** The company's currency: prices are in its minor units, of which `Money.minorUnits` make one of the major. */
  readonly currency: Currency
  /**
   * Numbers in `[0, 1)`, keyed by the company's secret, the task and the purpose: the same in every replay, and nobody
   * can choose an id with a good price.
   */
  readonly draw: (purpose: string) => number
}

const uniform = (from: number, to: number, draw: number): bigint => BigInt(from + Math.floor(draw * (to - from + 1)))

/**
 * The price of a task in minor units: pure and synchronous, both amounts a bigint from 1 to `Money.largestAmount`.
 * Anything else stops the stream at the task's event, until the policy is mended or an operator passes the event over.
 * By default the fee is uniform in
 * 10..20 and the award in 20..40 of the currency's major unit (dollars, yen, dinars), to its smallest: cents, yen,
 * fils.
 */
export const Pricing = Context.Reference<(request: PriceRequest) => { readonly fee: bigint; readonly award: bigint }>(
  "@popug/core/billing/Pricing",
  {
    defaultValue:
      () =>
      ({ currency, draw }) => {
        const units = minorUnits(currency)
        return {
          fee: uniform(10 * units, 20 * units, draw("fee")),
          award: uniform(20 * units, 40 * units, draw("award"))
        }
      }
  }
)
