/**
 * What the examples of the OpenAPI document are made of: Olga takes a task for 15.19 and earns 30.00 with it.
 */
import type { JsonObject } from "./Json.ts"

export const period = "2026-11-23"
export const at = "2026-11-23T09:30:00.000Z"
export const olga = "019ab5c4-7d10-7c3e-9f51-3d2f5b8e6a01"
export const max = "019ab5c4-8a31-7d2f-b160-5e4c3d2b1a02"
export const roof = "019ab5c4-9e22-7b1a-8c40-6f1d2a3b4c5d"
export const seal = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
export const usd = (amount: number): JsonObject => ({ amount: String(amount), currency: "USD" })

export const totals = {
  tasksCreated: 1,
  assigned: 1,
  done: 1,
  transfers: 3,
  fees: usd(1519),
  awards: usd(3000),
  payouts: usd(1481)
}
export const topTask = { id: roof, title: "Mend the roof", total: usd(3000) }
export const report = { period, totals, earnings: usd(-1481), inTheRed: 0, topTask }
export const stream = { consumer: "billing", source: "tasks", number: 41, behind: 0, stopped: null, failing: null }

export const transfer = {
  number: 17,
  kind: "fee",
  debit: `popug:${olga}`,
  credit: "company:fees",
  amount: usd(1519),
  period,
  cause: { _tag: "Assigned", event: 41, task: roof, title: "Mend the roof", assignment: 1 },
  occurredAt: at,
  recordedAt: at
}
