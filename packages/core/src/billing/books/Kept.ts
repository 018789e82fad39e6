/**
 * What one commit leaves in memory for the next: accounts with their balances of the open period, prices, and whom the
 * last fee of a task was charged to. Where it is as good as what the store has, the store need not be asked.
 *
 * It is as good only if nothing was committed since: the numbers and the digests of the stream and of the journal are
 * all those of the head that was just taken. Then whatever made the copy is what the head goes on from, also when two
 * nodes commit in turn, or a database has failed over to an earlier moment. So the copy is kept only after a commit
 * that is known to have gone through, and a commit that works on it takes it out first: if that fails, or nobody knows
 * how it ended, the copy is gone.
 */
import type { TaskId } from "../../values/Ids.ts"
import type { BillingHead } from "../BillingStore.ts"
import type { AccountId } from "./Account.ts"
import * as BookedTask from "./BookedTask.ts"
import type { Known, Ledger } from "./Ledger.ts"
import { Recent } from "./Recent.ts"

/** How many accounts are kept at most, and of how many tasks at least (twice as many at most): some 20 MB. */
const mostAccounts = 20_000
const someTasks = 20_000

interface Copy extends Pick<Known, "accounts" | "balances"> {
  readonly at: Pick<BillingHead, "number" | "digest" | "journal">
  readonly tasks: Recent<TaskId, BookedTask.BookedTask>
}

/** Whether nothing was committed between two heads that changes what is kept. */
const isSame = (a: Copy["at"], b: Copy["at"]): boolean =>
  a.number === b.number &&
  a.digest === b.digest &&
  a.journal.number === b.journal.number &&
  a.journal.digest === b.journal.digest

/** The copy of one process. */
export class Kept {
  #copy: Copy | undefined
  /** What was taken out last. */
  #taken: Copy | undefined

  /**
   * Takes out what is known under a head of some tasks, and of all accounts. What the commit then makes of it is
   * put back by `keep`, or lost.
   */
  take(head: BillingHead, tasks: Iterable<TaskId>): Taken {
    const copy = this.#copy !== undefined && isSame(this.#copy.at, head) ? this.#copy : undefined
    this.#copy = undefined
    this.#taken = copy
    const recent = copy?.tasks ?? new Recent<TaskId, BookedTask.BookedTask>(someTasks)
    const found: BookedTask.BookedTasks = new Map()
    for (const id of tasks) {
      if (found.has(id)) continue
      const known = recent.get(id)
      if (known === undefined) continue
      known.foreseen = known.isLast ? known.charged : BookedTask.unknown
      found.set(id, known)
    }
    const accounts: Ledger["accounts"] = copy?.accounts ?? new Map()
    const balances: Ledger["balances"] = copy?.balances ?? new Map()
    return { known: { accounts, balances, tasks: found }, tasks: recent }
  }

  /** Takes back what was taken out last, of which nothing was made. */
  giveBack({ tasks }: Taken): void {
    if (this.#taken?.tasks === tasks) this.#copy = this.#taken
  }

  /** Keeps what a commit has made of what it took: only when it is known to have gone through, with its head. */
  keep(head: BillingHead, ledger: Ledger, { tasks }: Taken): void {
    for (const [id, task] of ledger.tasks) if (task.isProven) tasks.set(id, task)
    const { accounts, balances } = ledger
    if (accounts.size > mostAccounts) {
      accounts.clear()
      balances.clear()
    }
    this.#copy = { at: head, accounts, balances, tasks }
  }
}

/** What a commit has taken out. */
export interface Taken {
  readonly known: Known
  readonly tasks: Recent<TaskId, BookedTask.BookedTask>
}

/** Those of the accounts of which nothing is known. */
export const unknownAccounts = ({ accounts }: Known, ids: Iterable<AccountId>): ReadonlyArray<AccountId> => {
  const unknown: Array<AccountId> = []
  for (const id of ids) if (!accounts.has(id)) unknown.push(id)
  return unknown
}
