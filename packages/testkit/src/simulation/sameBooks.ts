/**
 * Whether two runs have booked the same: what runs over two stores have in common. `Run.digest` is not: it counts every
 * turn of the scheduler, and stores take different numbers of them.
 */
import type { Evidence } from "./checks/Evidence.ts"
import { text } from "./checks/Violation.ts"

/** What a company has booked, and from what. */
export type Booked = Pick<
  Evidence,
  "events" | "transfers" | "closed" | "balances" | "accounts" | "shuffles" | "users" | "tasks"
>

/** So much of a run is compared; nothing of one that did not come to its end. */
export interface Bookkeeping {
  readonly booked: Booked | null
}

export interface Comparison {
  readonly same: boolean
  /** The first difference, in words; null when there is none. */
  readonly difference: string | null
}

const longest = 300

/**
 * Compares what two runs have booked, causes before effects: the streams of users, tasks and billing, then transfers,
 * closed periods with their balances, accounts, shuffles, users and tasks. Both must have come to their ends.
 *
 * Runs of the same options over two stores booked the same if both were in `lockstep` (`runOn` always is) and had no
 * faults: what goes wrong may go wrong elsewhere.
 */
export const sameBooks = (one: Bookkeeping, other: Bookkeeping): Comparison => {
  if (one.booked === null || other.booked === null) {
    const which = one.booked === null ? "the first" : "the second"
    return { same: false, difference: `${which} run did not come to its end` }
  }
  const [first, second] = [listsOf(one.booked), listsOf(other.booked)]
  for (const [index, { of, rows }] of first.entries()) {
    const difference = compare(of, rows, second[index]!.rows)
    if (difference !== null) return { same: false, difference }
  }
  return { same: true, difference: null }
}

/** Rows of one kind, in their order. */
interface List {
  readonly of: string
  readonly rows: ReadonlyArray<unknown>
}

const listsOf = (booked: Booked): ReadonlyArray<List> => [
  { of: "event of users", rows: booked.events.users },
  { of: "event of tasks", rows: booked.events.tasks },
  { of: "event of billing", rows: booked.events.billing },
  { of: "transfer", rows: booked.transfers },
  { of: "closed period", rows: booked.closed },
  { of: "balance", rows: [...booked.balances.values()].flat() },
  { of: "account", rows: booked.accounts },
  { of: "shuffle", rows: booked.shuffles },
  { of: "user", rows: booked.users },
  { of: "task", rows: booked.tasks }
]

/** The first place at which two lists differ, counted from 1. */
const compare = (of: string, one: ReadonlyArray<unknown>, other: ReadonlyArray<unknown>): string | null => {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const [a, b] = [at(one, index), at(other, index)]
    if (a !== b) return `${of} ${index + 1} is ${cut(a)} in the first run, ${cut(b)} in the second`
  }
  return null
}

const at = (rows: ReadonlyArray<unknown>, index: number): string =>
  index < rows.length ? text(rows[index]) : "missing"

const cut = (row: string): string => (row.length <= longest ? row : `${row.slice(0, longest)} ...`)
