/** Statements of any history, page by page in any order, against sums over the whole journal. */
import { assert, it } from "@effect/vitest"
import { Actor, Billing, Books, Period, type StatementEntry, Tasks, type Transfer } from "@popug/core"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { accountant, endDay, layer, manager, settle, staff, toDay } from "./support.ts"

const one = <A>(all: ReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, all.length - 1), (index) => all[index] as A)

const days = ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"].map((day) =>
  Period.make(day)
)
const people = ["olga", "will"] as const

/** Something happens, or is refused. */
const step = Effect.gen(function* () {
  const tasks = yield* Tasks
  const billing = yield* Billing
  const open = (yield* tasks.list(manager, { status: "in progress" }, { limit: 1_000 })).rows
  const booked = (yield* (yield* Books).transfers(accountant, {}, { limit: 10_000 })).rows
  const what = yield* Random.nextIntBetween(0, 6)
  if (what <= 2 || open.length === 0) yield* tasks.create(manager, [{ title: `Task ${booked.length}` }])
  else if (what === 3) yield* tasks.complete(Actor.system, (yield* one(open)).id)
  else if (what === 4) yield* tasks.assign(manager, (yield* one(open)).id, yield* one(people))
  else if (booked.length > 0) {
    const { number } = yield* one(booked)
    yield* Effect.ignore(billing.correct(accountant, { transfer: number, reason: "at random" }))
  }
  yield* settle
})

const history = Effect.gen(function* () {
  yield* staff
  for (let day = 0; day < 4; day++) {
    // Some days nothing happens.
    const steps = yield* Random.nextIntBetween(0, 9)
    for (let at = 0; at < steps; at++) yield* step
    yield* toDay(day + 1)
    yield* endDay
  }
  for (let at = 0; at < 3; at++) yield* step
})

interface Asked {
  readonly owner: string
  readonly from: Period
  readonly to: Period
  readonly kind: Transfer.Sought | undefined
}

/** What the journal says of all that is asked. */
const reckoned = Effect.fnUntraced(function* ({ from, kind, owner, to }: Asked) {
  const { rows } = yield* (yield* Books).transfers(accountant, { account: `popug:${owner}` }, { limit: 10_000 })
  const sum = (of: typeof rows) =>
    of.reduce((total, row) => total + (row.credit === `popug:${owner}` ? row.amount : -row.amount), 0n)
  const within = rows.filter(({ period }) => period >= from && period <= to)
  const ofKind = (sought: string) => sum(within.filter((row) => row.kind === sought))
  const isSought = (row: (typeof rows)[number]) =>
    kind === undefined || (kind === "correction" ? row.cause._tag === "Corrected" : row.kind === kind)
  return {
    opening: sum(rows.filter(({ period }) => period < from)),
    closing: sum(rows.filter(({ period }) => period <= to)),
    totals: { fees: -ofKind("fee"), awards: ofKind("award"), payouts: -ofKind("payout") },
    entries: within
      .filter(isSought)
      .map(({ number }) => [number, sum(rows.filter((row) => row.number <= number))] as const)
  }
})

it.effect.each([1, 2, 3, 4, 5, 6, 7, 8])("history %i", (seed) =>
  Effect.gen(function* () {
    yield* history
    const books = yield* Books
    for (let at = 0; at < 40; at++) {
      const [from, to] = [yield* one(days), yield* one(days)].sort() as [Period, Period]
      const kind = yield* one([undefined, "fee", "award", "payout", "correction"] as const)
      const asked: Asked = { owner: yield* one(people), from, to, kind }
      const order = yield* one(["oldest", "newest"] as const)
      const limit = yield* Random.nextIntBetween(1, 6)
      const expected = yield* reckoned(asked)
      const rows: Array<StatementEntry> = []
      let after: number | undefined
      for (let more = true; more;) {
        const filter = { from, to, ...(kind === undefined ? {} : { kind }) }
        const page = yield* books.statement(accountant, asked.owner, filter, { after, limit, order })
        const { closing, opening, totals, transfers } = page
        const { entries: _, ...ends } = expected
        assert.deepStrictEqual({ opening, closing, totals }, ends)
        rows.push(...transfers.rows)
        after = transfers.last ?? undefined
        more = transfers.more
      }
      const entries = order === "oldest" ? expected.entries : expected.entries.toReversed()
      assert.deepStrictEqual(
        rows.map(({ balance, number }) => [number, balance] as const),
        entries
      )
    }
  }).pipe(Random.withSeed(seed), Effect.provide(layer()))
)
