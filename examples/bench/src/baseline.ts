/**
 * The same company in plain TypeScript: Maps and bigint, no Effect, no validation, nothing kept for a crash. It draws
 * the same assignees and prices and books the same transfers: what a program could do at best.
 */
import { hash } from "node:crypto"

interface BaseTask {
  readonly id: string
  title: string
  assignee: string
  assignment: number
  done: boolean
}

interface BaseEvent {
  readonly number: number
  readonly change: "created" | "assigned" | "done"
  readonly task: string
  readonly assignee: string
  readonly assignment: number
  readonly time: number
}

interface BaseTransfer {
  readonly number: number
  readonly kind: "fee" | "award" | "payout"
  readonly debit: string
  readonly credit: string
  readonly amount: bigint
  readonly task: string
  readonly assignment: number
  readonly time: number
}

interface BaseAccount {
  debits: bigint
  credits: bigint
}

interface BaseBalance extends BaseAccount {
  opening: bigint
  fees: bigint
  awards: bigint
  payouts: bigint
}

const digest = (value: unknown): string => hash("sha256", JSON.stringify(value), "hex")

const draw = (key: string, purpose: string, parts: ReadonlyArray<string | number>): number =>
  parseInt(digest([key, purpose, ...parts]).slice(0, 12), 16) / 0x1000000000000

const uniform = (from: number, to: number, at: number): bigint => BigInt(from + Math.floor(at * (to - from + 1)))

const field = { fee: "fees", award: "awards", payout: "payouts" } as const

/** The books alone: what `Ledger` does. */
export class BaseBooks {
  readonly accounts = new Map<string, BaseAccount>()
  readonly balances = new Map<string, BaseBalance>()
  readonly journal: Array<BaseTransfer> = []
  readonly totals = { fees: 0n, awards: 0n, payouts: 0n, transfers: 0 }

  post(
    kind: BaseTransfer["kind"],
    debit: string,
    credit: string,
    amount: bigint,
    task: string,
    assignment: number,
    time: number
  ) {
    const number = this.journal.length + 1
    this.journal.push({ number, kind, debit, credit, amount, task, assignment, time })
    const debited = this.balance(debit)
    debited.debits += amount
    debited[field[kind]] += amount
    const credited = this.balance(credit)
    credited.credits += amount
    credited[field[kind]] += amount
    this.account(debit).debits += amount
    this.account(credit).credits += amount
    this.totals[field[kind]] += amount
    this.totals.transfers += 1
  }

  account(id: string): BaseAccount {
    let account = this.accounts.get(id)
    if (account === undefined) this.accounts.set(id, (account = { debits: 0n, credits: 0n }))
    return account
  }

  balance(id: string): BaseBalance {
    let balance = this.balances.get(id)
    if (balance === undefined) {
      const account = this.account(id)
      const opening = account.credits - account.debits
      this.balances.set(id, (balance = { opening, debits: 0n, credits: 0n, fees: 0n, awards: 0n, payouts: 0n }))
    }
    return balance
  }

  /** Pays out what is above zero and opens the next day. */
  close(time: number): number {
    let inTheRed = 0
    for (const id of [...this.balances.keys()].sort()) {
      if (!id.startsWith("popug:")) continue
      const { credits, debits, opening } = this.balances.get(id)!
      const due = opening + credits - debits
      if (due > 0n) this.post("payout", id, "company:cash", due, "", 0, time)
      else if (due < 0n) inTheRed += 1
    }
    this.balances.clear()
    this.totals.fees = this.totals.awards = this.totals.payouts = 0n
    return inTheRed
  }
}

export class BaseCompany {
  readonly books = new BaseBooks()
  readonly tasks = new Map<string, BaseTask>()
  readonly open = new Set<string>()
  readonly prices = new Map<string, { readonly fee: bigint; readonly award: bigint }>()
  readonly causes = new Set<string>()
  readonly events: Array<BaseEvent> = []
  readonly drawKey: string
  readonly eligible: ReadonlyArray<string>
  shuffles = 0

  constructor(secret: string, eligible: ReadonlyArray<string>) {
    this.drawKey = digest(["popug.draws", "popug", secret])
    this.eligible = eligible
  }

  create(tasks: ReadonlyArray<{ readonly id: string; readonly title: string }>, time: number) {
    for (const { id, title } of tasks) {
      if (this.tasks.has(id)) throw new Error(`${id} exists`)
      const task: BaseTask = { id, title, assignee: "", assignment: 0, done: false }
      this.tasks.set(id, task)
      this.open.add(id)
      this.record("created", task, time)
      this.price(id)
      this.assign(task, this.choose(id, 1, 0), time)
    }
  }

  done(ids: ReadonlyArray<string>, time: number) {
    for (const id of ids) {
      const task = this.tasks.get(id)!
      if (task.done) throw new Error(`${id} is done`)
      task.done = true
      this.open.delete(id)
      this.record("done", task, time)
      this.once(`award/${id}`)
      this.books.post("award", "company:awards", `popug:${task.assignee}`, this.price(id).award, id, 0, time)
    }
  }

  shuffle(time: number) {
    this.shuffles += 1
    for (const id of this.open) {
      const task = this.tasks.get(id)!
      const assignee = this.choose(id, task.assignment + 1, this.shuffles)
      if (assignee !== task.assignee) this.assign(task, assignee, time)
    }
  }

  private choose(id: string, assignment: number, shuffle: number): string {
    return this.eligible[Math.floor(draw(this.drawKey, "assignee", [id, assignment, shuffle]) * this.eligible.length)]!
  }

  private assign(task: BaseTask, assignee: string, time: number) {
    task.assignee = assignee
    task.assignment += 1
    this.record("assigned", task, time)
    this.once(`fee/${task.id}/${task.assignment}`)
    const { fee } = this.price(task.id)
    this.books.post("fee", `popug:${assignee}`, "company:fees", fee, task.id, task.assignment, time)
  }

  private record(change: BaseEvent["change"], { assignee, assignment, id }: BaseTask, time: number) {
    this.events.push({ number: this.events.length + 1, change, task: id, assignee, assignment, time })
  }

  private once(cause: string) {
    if (this.causes.has(cause)) throw new Error(`${cause} is booked`)
    this.causes.add(cause)
  }

  private price(id: string) {
    let price = this.prices.get(id)
    if (price === undefined) {
      price = {
        fee: uniform(1000, 2000, draw(this.drawKey, "price", [id, "fee"])),
        award: uniform(2000, 4000, draw(this.drawKey, "price", [id, "award"]))
      }
      this.prices.set(id, price)
    }
    return price
  }
}
