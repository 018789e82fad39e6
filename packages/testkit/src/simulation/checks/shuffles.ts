/**
 * Checks of what shuffles cost: each that was asked for has the fees of the events right after its own.
 */
import type { Model } from "../model.ts"
import type { Evidence } from "./Evidence.ts"
import type { Findings } from "./Violation.ts"

const rule = "shuffles"

export const shuffles = ({ shuffles: found, transfers }: Evidence, model: Model, findings: Findings): void => {
  const fees = new Map<number, bigint>()
  for (const { amount, cause } of transfers) if (cause._tag === "Assigned") fees.set(cause.event, amount)
  const expected = model.shuffles.map(({ actor, event, reassigned }) => {
    let sum = 0n
    for (let number = event + 1; number <= event + reassigned; number++) sum += fees.get(number) ?? 0n
    return [event, actor, reassigned, sum]
  })
  findings.same(
    found.map(({ actor, event, fees, reassigned }) => [event, actor, reassigned, fees]),
    expected,
    rule,
    () => "what shuffles cost"
  )
}
