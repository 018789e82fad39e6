/**
 * How the popugs' balances are distributed: classes of one width, which people can read.
 */
import * as Effect from "effect/Effect"
import type { StoreError } from "../values/StoreError.ts"
import type { BillingStore } from "./BillingStore.ts"
import * as Account from "./books/Account.ts"
import type { Distribution } from "./View.ts"

/** How many classes there are at most. */
const most = 20n

/** The narrowest of 1, 2, 5, 10, 20, 50, ... minor units that parts a range into no more classes than there may be. */
const widthOf = (lowest: bigint, highest: bigint): bigint => {
  for (let ten = 1n; ; ten *= 10n) {
    for (const width of [ten, 2n * ten, 5n * ten])
      if (classOf(highest, width) - classOf(lowest, width) < most) return width
  }
}

/** Which class a balance is in: 0 begins at zero. Unlike a division, it does not round towards zero. */
const classOf = (balance: bigint, width: bigint): bigint =>
  balance >= 0n ? balance / width : -((-balance + width - 1n) / width)

/** The distribution of balances: classes without a gap from the lowest to the highest; zero parts two of them. */
export const distributionOf = (balances: ReadonlyArray<bigint>): Distribution => {
  const [any] = balances
  if (any === undefined) return { popugs: 0, lowest: null, highest: null, classes: [] }
  let [lowest, highest] = [any, any]
  for (const balance of balances) {
    if (balance < lowest) lowest = balance
    if (balance > highest) highest = balance
  }
  const width = widthOf(lowest, highest)
  const first = classOf(lowest, width)
  const counts = Array.from({ length: Number(classOf(highest, width) - first) + 1 }, () => 0)
  for (const balance of balances) counts[Number(classOf(balance, width) - first)]! += 1
  return {
    popugs: balances.length,
    lowest,
    highest,
    classes: counts.map((popugs, index) => {
      const from = (first + BigInt(index)) * width
      return { from, below: from + width, popugs }
    })
  }
}

const pageSize = 10_000

/** The distribution of all balances as they are now, read once through. */
export const distribution = Effect.fnUntraced(function* (
  store: BillingStore["Service"]
): Effect.fn.Return<Distribution, StoreError> {
  const balances: Array<bigint> = []
  // The company's own accounts sort before the popugs'.
  let after = Account.popug("")
  for (;;) {
    const { more, rows } = yield* store.accounts({}, { after, limit: pageSize })
    for (const row of rows) balances.push(Account.balance(row))
    if (!more) return distributionOf(balances)
    after = rows.at(-1)!.id
  }
})
