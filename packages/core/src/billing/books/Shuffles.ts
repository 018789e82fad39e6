/**
 * What shuffles cost: a shuffle's event says how many tasks it reassigned, their events follow right after it, and the
 * fees of these are its cost. The sum is made while they are charged, so that nobody ever has to look for them again.
 */
import type { TaskEvent } from "../../tasks/events.ts"
import type { ShuffleCost } from "../BillingStore.ts"
import type { Ledger } from "./Ledger.ts"

/** The number of the last event that is a shuffle's. */
const lastOf = ({ event, reassigned }: ShuffleCost): number => event + reassigned

/** Begins the sum of a shuffle, which is done at once when nothing was reassigned. */
export const begin = (ledger: Ledger, { data, envelope }: TaskEvent<"task.shuffled">): void => {
  const { actor, number, time } = envelope
  const { period, reassigned, shuffle } = data
  ledger.shuffle = { event: number, shuffle, period, actor, at: time, reassigned, fees: 0n }
  finish(ledger, number + 1)
}

/** Adds the fee of an event to the shuffle that it belongs to, if it belongs to one. */
export const charge = ({ shuffle }: Ledger, event: number, fee: bigint): void => {
  if (shuffle !== null && event > shuffle.event && event <= lastOf(shuffle)) shuffle.fees += fee
}

/**
 * Records the sum of a shuffle once all its events are before the next one. The last of them may have been passed over
 * by an operator: then the shuffle cost what was charged.
 */
export const finish = (ledger: Ledger, next: number): void => {
  const { shuffle } = ledger
  if (shuffle === null || lastOf(shuffle) >= next) return
  ledger.shuffles.push(shuffle)
  ledger.shuffle = null
}
