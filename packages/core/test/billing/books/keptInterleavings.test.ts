/**
 * Two nodes that commit in turn, over books that fail, lose answers and go back to an earlier moment: whatever either
 * keeps between its commits, the books are those of a reckoning that keeps nothing.
 */
import * as DateTime from "effect/DateTime"
import fc from "fast-check"
import { expect, it } from "vitest"
import {
  type BillingChanges,
  type BillingHead,
  type BillingQuery,
  emptyChanges,
  emptyLoad,
  emptyQuery,
  initialBillingHead
} from "../../../src/billing/BillingStore.ts"
import * as Account from "../../../src/billing/books/Account.ts"
import * as Closing from "../../../src/billing/books/Closing.ts"
import { Kept } from "../../../src/billing/books/Kept.ts"
import * as Ledger from "../../../src/billing/books/Ledger.ts"
import type { Price } from "../../../src/billing/books/Pricing.ts"
import type { Rulebook } from "../../../src/billing/books/Rulebook.ts"
import * as Transfer from "../../../src/billing/books/Transfer.ts"
import { asked, reactToTask } from "../../../src/billing/react.ts"
import type { TaskEvent } from "../../../src/tasks/events.ts"
import * as BusinessDay from "../../../src/values/BusinessDay.ts"
import { sha256, success, taskId, userId } from "../../support/given.ts"
import { flat, now, taskEvent, today } from "../../support/ledger.ts"

/** Dearer by the title's length, so that a task of another history has another price. */
const rules: Rulebook = { ...flat, price: ({ task }) => ({ fee: BigInt(task.title.length), award: 100n }) }

/** The stored rows, which are never changed in place: a moment is a copy of the maps. */
interface Rows {
  readonly head: BillingHead
  readonly transfers: ReadonlyArray<Transfer.Transfer>
  readonly prices: ReadonlyMap<string, Price>
  readonly accounts: ReadonlyMap<string, Account.Account>
  readonly balances: ReadonlyMap<string, Account.PeriodBalance>
}

/** A task as its own context knows it. */
interface Held {
  readonly assign: string | null
  readonly assignment: number
  readonly title: string
}

type Event = TaskEvent<"task.updated"> | "the day's end"

/** All there is at a moment: the tasks, their events, and the books with the number of events applied. */
interface Moment {
  readonly day: BusinessDay.Period
  readonly tasks: ReadonlyMap<string, Held | "done">
  readonly events: ReadonlyArray<Event>
  readonly applied: number
  readonly rows: Rows
}

const rowsOf = <Row>(found: ReadonlyMap<string, Row>, keys: Iterable<string>): ReadonlyArray<Row> =>
  [...keys].flatMap((key) => found.get(key) ?? [])

const load = (rows: Rows, { accounts, causes, moved, prices }: BillingQuery) => {
  const { period } = rows.head
  const balances = [...rows.balances.values()].filter((row) => row.period === period)
  const wanted = new Set([...accounts, ...(moved ? balances.map(({ account }) => account) : [])])
  const booked = rows.transfers.filter((row) => causes.includes(Transfer.causeKey(row)))
  return {
    ...emptyLoad,
    prices: rowsOf(rows.prices, prices),
    booked,
    accounts: rowsOf(rows.accounts, wanted),
    balances: balances.filter(({ account }) => wanted.has(account))
  }
}

const save = (rows: Rows, changes: BillingChanges): Rows => {
  expect(Ledger.follows(rows.head, changes)).toBeUndefined()
  const causes = [...rows.transfers, ...changes.transfers].map(Transfer.causeKey)
  expect(new Set(causes).size, "causes").toBe(causes.length)
  for (const { task } of changes.prices) expect(rows.prices.has(task), "a second price").toBe(false)
  return {
    head: changes.head,
    transfers: [...rows.transfers, ...changes.transfers],
    prices: new Map([...rows.prices, ...changes.prices.map((row) => [row.task, row] as const)]),
    accounts: new Map([...rows.accounts, ...changes.accounts.map((row) => [row.id, row] as const)]),
    balances: new Map([
      ...rows.balances,
      ...changes.balances.map((row) => [`${row.period}/${row.account}`, row] as const)
    ])
  }
}

/** What a commit makes of the events that are not applied, up to the day's end; and how a node keeps what it leaves. */
const commit = (kept: Kept, { applied, events, rows }: Moment) => {
  const { head } = rows
  const rest = events.slice(applied)
  const end = rest.indexOf("the day's end")
  const run = (end === -1 ? rest : rest.slice(0, end)) as ReadonlyArray<TaskEvent<"task.updated">>
  const taken = kept.take(
    head,
    run.map(({ data }) => data.id)
  )
  const query = { ...emptyQuery, ...asked(run, taken.known, "unknown"), ...(end !== -1 && { moved: true }) }
  const own = [Account.fees, Account.awards, Account.cash]
  const loaded = load(rows, end === -1 ? query : { ...query, accounts: [...query.accounts, ...own] })
  const at = DateTime.add(now, { seconds: rows.transfers.length })
  const ledger = Ledger.make(head, at, loaded, { known: taken.known, lookedUp: false })
  for (const event of run) success(reactToTask(ledger, rules, event))
  const count = run.length + (end === -1 ? 0 : 1)
  const changes = (): BillingChanges => {
    if (end === -1) {
      const after = Ledger.headAfter(ledger, sha256, head)
      return { ...emptyChanges, ...Ledger.moved(ledger), ...Ledger.take(ledger), head: after }
    }
    const marker = { period: head.period ?? today, number: applied + count, digest: "", time: at }
    const day = Closing.closeDay(rules, head, ledger, marker)
    const { closed, events, moved } = day
    return { ...emptyChanges, ...moved, ...Ledger.take(ledger), events, closed: [closed], head: day.head }
  }
  const all = changes()
  return { after: save(rows, all), count, keep: () => kept.keep(all.head, ledger, taken) }
}

/** Every account's debits and credits, reckoned from all events anew. */
const reckoned = (events: ReadonlyArray<Event>) => {
  const accounts = new Map<string, { debits: bigint; credits: bigint }>()
  const move = (debit: string, credit: string, amount: bigint) => {
    for (const id of [debit, credit]) if (!accounts.has(id)) accounts.set(id, { debits: 0n, credits: 0n })
    accounts.get(debit)!.debits += amount
    accounts.get(credit)!.credits += amount
  }
  const fees = new Map<string, bigint>()
  for (const event of events) {
    if (event === "the day's end") {
      for (const [id, { credits, debits }] of accounts) {
        if (id.startsWith("popug:") && credits > debits) move(id, Account.cash, credits - debits)
      }
      continue
    }
    const { assign, change, id, title } = event.data
    if (change === "created") fees.set(id, BigInt(title.length))
    if (change === "assigned") move(`popug:${assign}`, Account.fees, fees.get(id)!)
    if (change === "done") move(Account.awards, `popug:${assign}`, 100n)
  }
  return accounts
}

interface Act {
  readonly task: number
  readonly popug: string
  readonly what: "assign" | "done" | "edit" | "end the day"
  readonly title: number
}

/** A task is created at its first act, and a done one is never touched again. */
const act = (moment: Moment, { popug, task, title, what }: Act): Moment => {
  const { day, events, tasks } = moment
  if (what === "end the day") {
    return { ...moment, day: BusinessDay.next(rules.calendar, day), events: [...events, "the day's end"] }
  }
  const id = taskId(`t${task}`)
  const held = tasks.get(id)
  const number = events.length + 1
  if (held === undefined) {
    const created = { id, title: "x".repeat(title), assign: null, assignment: 0, period: day }
    const next = { assign: null, assignment: 0, title: created.title }
    const event = taskEvent(number, { ...created, change: "created" })
    return { ...moment, tasks: new Map([...tasks, [id, next]]), events: [...events, event] }
  }
  if (held === "done" || (what === "done" && held.assign === null)) return moment
  const next = what === "assign" ? { ...held, assign: popug, assignment: held.assignment + 1 } : held
  const assign = next.assign === null ? null : userId(next.assign)
  const change = ({ assign: "assigned", done: "done", edit: "edited" } as const)[what]
  const { assignment } = next
  const event = taskEvent(number, { id, title: held.title, assign, assignment, change, period: day })
  return { ...moment, tasks: new Map([...tasks, [id, what === "done" ? "done" : next]]), events: [...events, event] }
}

const acts: fc.Arbitrary<ReadonlyArray<Act>> = fc.array(
  fc.record({
    task: fc.integer({ min: 0, max: 4 }),
    popug: fc.constantFrom("ann", "bob", "cyd"),
    what: fc.constantFrom("assign", "assign", "assign", "done", "edit", "end the day"),
    title: fc.integer({ min: 1, max: 30 })
  }),
  { minLength: 1, maxLength: 5 }
)

const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        node: fc.constantFrom(0, 1),
        acts,
        outcome: fc.constantFrom("told", "told", "told", "lost", "failed")
      })
    },
    { weight: 1, arbitrary: fc.record({ back: fc.integer({ min: 1, max: 4 }) }) }
  ),
  { minLength: 1, maxLength: 30 }
)

it("whoever commits, whatever fails and however far the books go back, both nodes book what a reckoning does", () => {
  const first = {
    head: initialBillingHead(now),
    transfers: [],
    prices: new Map(),
    accounts: new Map(),
    balances: new Map()
  }
  fc.assert(
    fc.property(steps, (steps) => {
      const nodes = [new Kept(), new Kept()]
      const past: Array<Moment> = [{ day: today, tasks: new Map(), events: [], applied: 0, rows: first }]
      for (const step of steps) {
        if ("back" in step) {
          past.splice(Math.max(1, past.length - step.back))
          continue
        }
        let moment = step.acts.reduce(act, past.at(-1)!)
        // All that there is, a day at a time; only the last of it may fail, or be lost.
        for (let left = true; left;) {
          const { after, count, keep } = commit(nodes[step.node]!, moment)
          left = moment.applied + count < moment.events.length
          if (left || step.outcome !== "failed") moment = { ...moment, applied: moment.applied + count, rows: after }
          if (left || step.outcome === "told") keep()
        }
        past.push(moment)
        const { accounts } = moment.rows
        const expected = reckoned(moment.events.slice(0, moment.applied))
        expect(new Map([...accounts].map(([id, { credits, debits }]) => [id, { debits, credits }]))).toEqual(expected)
      }
    }),
    { numRuns: 400 }
  )
})
