/**
 * Checks of the books: each assignment charged once and each done awarded once, to the right popug, in the right
 * period; prices fixed; payouts, carried debt, totals and the trial balance of every day.
 */
import type { Account, Transfer } from "@popug/core"
import { calendar } from "../calendar.ts"
import type { Expected, Model, ModelDay } from "../model.ts"
import type { Evidence } from "./Evidence.ts"
import type { Findings } from "./Violation.ts"

const rule = "the books"

interface Moves {
  opening: bigint
  debits: bigint
  credits: bigint
  fees: bigint
  awards: bigint
  payouts: bigint
  /** What the close paid out, whatever was corrected. */
  paid: bigint
}

const field = { fee: "fees", award: "awards", payout: "payouts" } as const

/** The books as they must be: a plain walk through the journal beside what the events ask for. */
class Walk {
  readonly balances = new Map<string, bigint>()
  #today = new Map<string, Moves>()
  /** The task done today with the highest award. */
  #top: { readonly id: string; readonly title: string; readonly total: bigint } | null = null
  #period: string
  #next = 0
  readonly #evidence: Evidence
  readonly #findings: Findings
  readonly #prices = new Map<string, { fee?: bigint; award?: bigint }>()
  /** Of each transfer, the corrections that stand. */
  readonly #corrected = new Map<number, number>()

  constructor(evidence: Evidence, findings: Findings, first: string) {
    this.#evidence = evidence
    this.#findings = findings
    this.#period = first
  }

  get #transfer(): Transfer.Transfer | undefined {
    return this.#evidence.transfers[this.#next]
  }

  /** Takes a transfer into the balances. */
  #book(transfer: Transfer.Transfer): void {
    const { amount, cause, credit, debit, kind } = transfer
    this.#next += 1
    this.#findings.same(transfer.number, this.#next, rule, () => "the number of a transfer")
    this.#findings.same(transfer.period, this.#period, rule, () => `the period of transfer ${transfer.number}`)
    const signed = cause._tag === "Corrected" && !cause.undoes ? -amount : amount
    for (const [account, change] of [[debit, -amount] as const, [credit, amount] as const]) {
      let moves = this.#today.get(account)
      if (moves === undefined) {
        const opening = this.balances.get(account) ?? 0n
        moves = { opening, debits: 0n, credits: 0n, fees: 0n, awards: 0n, payouts: 0n, paid: 0n }
        this.#today.set(account, moves)
      }
      if (change < 0n) moves.debits += amount
      else moves.credits += amount
      moves[field[kind]] += signed
      this.balances.set(account, (this.balances.get(account) ?? 0n) + change)
    }
  }

  /** Accountants' transfers come whenever they were asked for; each reverses what it names. */
  #corrections(): void {
    for (let next = this.#transfer; next?.cause._tag === "Corrected"; next = this.#transfer) {
      // A correction of the next day comes after the close of this one.
      if (next.period !== this.#period) return
      const { corrects, undoes } = next.cause
      const corrected = this.#evidence.transfers[corrects - 1]
      this.#findings.same(
        [next.kind, next.debit, next.credit, next.amount],
        corrected && [corrected.kind, corrected.credit, corrected.debit, corrected.amount],
        rule,
        () => `what transfer ${next.number} reverses`
      )
      this.#findings.expect(!this.#corrected.has(corrects), rule, () => `transfer ${corrects} is corrected twice`)
      this.#findings.same(corrected?.cause._tag === "Corrected", undoes, rule, () => `whether ${next.number} undoes`)
      this.#corrected.set(corrects, next.number)
      if (corrected?.cause._tag === "Corrected") this.#corrected.delete(corrected.cause.corrects)
      this.#book(next)
    }
  }

  /** The transfer that an event asks for; false when the journal says something else. */
  #charge(expected: Exclude<Expected, { readonly kind: "close" }>): boolean {
    const { event, kind, popug, task } = expected
    const found = this.#transfer
    const cause =
      kind === "fee"
        ? { _tag: "Assigned", event, task: task.id, title: task.title, assignment: task.assignment }
        : { _tag: "Done", event, task: task.id, title: task.title }
    const [debit, credit] = kind === "fee" ? [`popug:${popug}`, "company:fees"] : ["company:awards", `popug:${popug}`]
    const wanted = { kind, debit, credit, cause }
    const same = found?.kind === kind && found.cause._tag !== "Corrected" && found.cause.event === event
    this.#findings.same(
      found && { kind: found.kind, debit: found.debit, credit: found.credit, cause: found.cause },
      wanted,
      rule,
      () => `transfer ${this.#next + 1}`
    )
    if (!same) return false
    this.#findings.same(task.period, this.#period, rule, () => `the day that event ${event} is booked on`)
    this.#price(task.id, kind, found.amount)
    // The one done first keeps a tie.
    if (kind === "award" && found.amount > (this.#top?.total ?? 0n)) {
      this.#top = { id: task.id, title: task.title, total: found.amount }
    }
    this.#book(found)
    return true
  }

  #price(task: string, kind: "fee" | "award", amount: bigint): void {
    const price = this.#prices.get(task) ?? {}
    this.#prices.set(task, price)
    const known = price[kind]
    this.#findings.expect(known === undefined || known === amount, "prices", () => `the ${kind} of ${task} changed`)
    price[kind] = amount
    if (this.#evidence.settings.ownPolicies) return
    const [from, to] = kind === "fee" ? [1000n, 2000n] : [2000n, 4000n]
    this.#findings.expect(from <= amount && amount <= to, "prices", () => `the ${kind} of ${task} is ${amount}`)
  }

  /** The close of a day: everybody above zero is paid, and the rest is carried. */
  #close(event: number, period: string, day: ModelDay): boolean {
    this.#findings.same(period, this.#period, rule, () => `the day that event ${event} closes`)
    const due = [...this.balances].filter(([account, balance]) => account.startsWith("popug:") && balance > 0n)
    due.sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [account, balance] of due) {
      const found = this.#transfer
      const wanted = ["payout", account, "company:cash", balance, { _tag: "Closed", event }]
      const is = found && [found.kind, found.debit, found.credit, found.amount, found.cause]
      this.#findings.same(is, wanted, rule, () => `transfer ${this.#next + 1}`)
      if (found?.kind !== "payout") return false
      this.#book(found)
      this.#today.get(account)!.paid = balance
    }
    this.#compare(event, day)
    this.#today = new Map()
    this.#top = null
    const { cutoff, timeZone } = this.#evidence.settings
    this.#period = nextDay(timeZone, cutoff, period)
    return true
  }

  /** What is stored of the day, and what was told of it. */
  #compare(event: number, day: ModelDay): void {
    const { balances, closed, events, settings } = this.#evidence
    const { period } = day
    const sum = (name: "fees" | "awards" | "payouts") =>
      [...this.#today].reduce(
        (total, [account, moves]) => (account.startsWith("popug:") ? total + moves[name] : total),
        0n
      )
    const totals = {
      tasksCreated: day.created,
      assigned: day.assigned,
      done: day.done,
      transfers: this.#next - this.#before,
      fees: sum("fees"),
      awards: sum("awards"),
      payouts: sum("payouts")
    }
    this.#before = this.#next
    const inTheRed = [...this.balances].filter(
      ([account, balance]) => account.startsWith("popug:") && balance < 0n
    ).length
    const rows = closed.filter((row) => row.period === period)
    this.#findings.same(
      rows.map(({ inTheRed, lastEvent, topTask, totals }) => ({ inTheRed, lastEvent, topTask, totals })),
      [{ inTheRed, lastEvent: event, topTask: this.#top, totals }],
      rule,
      () => `the close of ${period}`
    )
    const told = events.billing.filter(
      ({ data, type }) => type === "billing.closed" && (data as { readonly period: string }).period === period
    )
    const earnings = totals.fees - totals.awards
    this.#findings.same(
      told.map(({ data }) => pick(data, ["period", "totals", "earnings", "inTheRed", "topTask", "seal"])),
      [toText({ period, totals, earnings, inTheRed, topTask: this.#top, seal: rows[0]?.seal })],
      rule,
      () => `what was told of ${period}`
    )
    const moved = [...this.#today].sort(([a], [b]) => (a < b ? -1 : 1))
    const stored = (balances.get(period as Account.PeriodBalance["period"]) ??
      []) as ReadonlyArray<Account.PeriodBalance>
    this.#findings.same(
      stored,
      moved.map(([account, moves]) => ({ account, period, ...moves })),
      rule,
      () => `the balances of ${period} (${settings.timeZone})`
    )
    const total = stored.reduce((zero, row) => zero + row.credits - row.debits, 0n)
    this.#findings.expect(total === 0n, "trial balance", () => `the balances of ${period} sum to ${total}`)
  }
  #before = 0

  /** Goes through everything that the events ask for. */
  run(model: Model): void {
    let day = 0
    for (const expected of model.expected) {
      this.#corrections()
      const matches =
        expected.kind === "close"
          ? this.#close(expected.event, expected.period, model.days[day++]!)
          : this.#charge(expected)
      // From here on everything would look wrong.
      if (!matches) return
    }
    this.#corrections()
    this.#findings.expect(this.#transfer === undefined, rule, () => `nothing asks for transfer ${this.#next + 1}`)
    this.#findings.same(this.#period, this.#evidence.billingHead.period, rule, () => "the open period")
  }
}

const nextDay = (timeZone: string, cutoff: string, period: string): string => {
  const later = new Date(Date.parse(`${period}T00:00:00Z`) + 3 * 86_400_000).toISOString().slice(0, 10)
  return calendar(timeZone, cutoff).days(period, later)[1]!
}

/** Bigints as strings, as events have them. */
const toText = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, field: unknown) => (typeof field === "bigint" ? field.toString() : field)))

const pick = (data: unknown, names: ReadonlyArray<string>): unknown =>
  Object.fromEntries(names.map((name) => [name, (data as Record<string, unknown>)[name]]))

/** Compares the whole journal with what the events ask for. */
export const books = (evidence: Evidence, model: Model, findings: Findings): void => {
  const { accounts, billingHead, opened, settings, taskHead, transfers, trial, verification } = evidence
  const walk = new Walk(evidence, findings, calendar(settings.timeZone, settings.cutoff).dayOf(opened))
  walk.run(model)
  findings.same(
    accounts.map(({ credits, debits, id }) => [id, credits - debits]),
    [...walk.balances].filter(([account]) => account.startsWith("popug:")).sort(([a], [b]) => (a < b ? -1 : 1)),
    rule,
    () => "what every popug has"
  )
  findings.same(billingHead.journal.number, transfers.length, rule, () => "the journal's last number")
  findings.same(trial.total, 0n, "trial balance", () => "the sum of all accounts")
  findings.same(billingHead.period, taskHead.period, "every day is closed", () => "the open period of the books")
  findings.same(verification.difference, null, "Books.verify", () => "the first difference")
}
