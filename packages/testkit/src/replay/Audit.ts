/**
 * How a replay checks itself: nothing here trusts what it checks.
 *
 * Each day: the lines add up to the totals, fees less awards are the earnings, everybody opens where they closed
 * before, those in the red are counted, the trial balance is zero. At the end: the journal books every assignment and
 * every done of the stream exactly once, and `Books.verify` finds no difference.
 */
import { Actor, Books, Consumers, type Envelope, EventLog, type Transfer, type BooksVerification } from "@popug/core"
import * as Effect from "effect/Effect"
import { asSystem } from "../days/asSystem.ts"
import type * as DayBook from "../days/DayBook.ts"

/** What was checked, and what was found wrong: nothing, one hopes. */
export interface Checks {
  readonly days: number
  readonly trialBalances: number
  /** How many assignments and finished tasks the stream has, each booked exactly once. */
  readonly assigned: number
  readonly done: number
  /** Null when the books were not verified from the start. */
  readonly verification: BooksVerification | null
  readonly problems: ReadonlyArray<string>
}

/** The checks of a replay without any command. */
export const noChecks: Checks = {
  days: 0,
  trialBalances: 0,
  assigned: 0,
  done: 0,
  verification: null,
  problems: []
}

const pageSize = 5_000
/** Enough to see what is wrong. */
const mostProblems = 100

export class Audit {
  readonly #problems: Array<string> = []
  readonly #closings = new Map<string, bigint>()
  #days = 0
  #trialBalances = 0
  /** The sums of the accounts by the day books: of the popugs', and of the company's own. */
  #popugs = 0n
  #company = 0n

  #expect(holds: boolean, problem: () => string): void {
    if (!holds && this.#problems.length < mostProblems) this.#problems.push(problem())
  }

  /** Checks the day book of the next day. */
  day(book: DayBook.DayBook): void {
    const { awards, earnings, fees, inTheRed, lines, payouts, period } = book
    this.#days += 1
    const sums = { fees: 0n, awards: 0n, payout: 0n }
    for (const line of lines) {
      for (const kind of ["fees", "awards", "payout"] as const) sums[kind] += line[kind]
      const opening = this.#closings.get(line.id) ?? 0n
      const closing = line.opening + line.awards - line.fees - line.payout
      this.#expect(line.opening === opening, () => `${period}: ${line.id} opens at ${line.opening}, not at ${opening}`)
      this.#expect(line.closing === closing, () => `${period}: ${line.id} closes at ${line.closing}, not at ${closing}`)
      this.#expect(line.closing <= 0n, () => `${period}: ${line.id} was not paid out`)
      // Whoever is at zero opens at zero again.
      if (line.closing === 0n) this.#closings.delete(line.id)
      else this.#closings.set(line.id, line.closing)
    }
    this.#expect(sums.fees === fees, () => `${period}: fees are ${fees}, the lines say ${sums.fees}`)
    this.#expect(sums.awards === awards, () => `${period}: awards are ${awards}, the lines say ${sums.awards}`)
    this.#expect(sums.payout === payouts, () => `${period}: payouts are ${payouts}, the lines say ${sums.payout}`)
    this.#expect(earnings === fees - awards, () => `${period}: earnings are ${earnings}, not ${fees - awards}`)
    this.#popugs += sums.awards - sums.fees - sums.payout
    this.#company += fees - awards + payouts
    this.#expect(this.#popugs + this.#company === 0n, () => `${period}: the day books do not balance`)
    const below = this.#closings.size
    this.#expect(inTheRed === below, () => `${period}: ${inTheRed} in the red, the lines say ${below}`)
  }

  /** Checks that the books balance now. */
  readonly balanced = Effect.gen({ self: this }, function* () {
    const { total } = yield* asSystem((yield* Books).trialBalance(Actor.system))
    this.#trialBalances += 1
    this.#expect(total === 0n, () => `the trial balance is ${total} after ${this.#days} days`)
  })

  /** Compares the journal with the stream of tasks, both read in pages. */
  private readonly exactlyOnce = Effect.gen({ self: this }, function* () {
    const books = yield* Books
    const log = yield* EventLog
    const counts = { assigned: 0, done: 0 }
    const transfers: Array<Transfer.Transfer> = []
    let journal = 0
    const next = Effect.gen(function* () {
      while (transfers.length === 0) {
        const page = yield* asSystem(books.transfers(Actor.system, {}, { after: journal, limit: pageSize }))
        if (page.rows.length === 0) return undefined
        journal = page.rows.at(-1)!.number
        for (const transfer of page.rows.toReversed()) if (transfer.kind !== "payout") transfers.push(transfer)
      }
      return transfers.pop()
    })
    for (let number = 0; ;) {
      const events = yield* log.read("tasks", number, pageSize)
      for (const event of events) {
        number = event.number
        const expected = causeOf(event)
        if (expected === undefined) continue
        counts[expected.change] += 1
        const transfer = yield* next
        const found = transfer === undefined ? "nothing" : describe(transfer)
        this.#expect(found === expected.booking, () => `the journal has ${found} instead of ${expected.booking}`)
      }
      if (events.length === 0) break
    }
    const left = yield* next
    this.#expect(left === undefined, () => `the journal has ${describe(left!)}, which nothing caused`)
    return counts
  })

  /** Checks that there were so many days, and the whole of the books if asked to; says what came of everything. */
  readonly finish = Effect.fnUntraced({ self: this }, function* (days: number, asked: boolean) {
    this.#expect(this.#days === days, () => `${this.#days} days were closed, not ${days}`)
    for (const { consumer, stopped } of yield* (yield* Consumers).status) {
      this.#expect(stopped === null, () => `${consumer} has stopped: ${stopped!.message}`)
    }
    const counts = asked ? yield* this.exactlyOnce : { assigned: 0, done: 0 }
    const verification = asked ? yield* asSystem((yield* Books).verify(Actor.system)) : null
    const difference = verification?.difference ?? null
    this.#expect(difference === null, () => `the books are not what the events make of them: ${difference!.message}`)
    const checks: Checks = {
      ...counts,
      days: this.#days,
      trialBalances: this.#trialBalances,
      verification,
      problems: this.#problems
    }
    return checks
  })
}

/** The booking that an event must cause. */
const causeOf = ({ data, number, type }: Envelope.Envelope) => {
  if (type !== "task.updated") return undefined
  const { assign, change, id } = data as { readonly assign: string; readonly change: string; readonly id: string }
  return change === "assigned" || change === "done"
    ? ({ change, booking: `${change} of ${id} by event ${number} for popug:${assign}` } as const)
    : undefined
}

const describe = ({ cause, credit, debit }: Transfer.Transfer): string => {
  if (cause._tag === "Assigned") return `assigned of ${cause.task} by event ${cause.event} for ${debit}`
  if (cause._tag === "Done") return `done of ${cause.task} by event ${cause.event} for ${credit}`
  return cause._tag
}
