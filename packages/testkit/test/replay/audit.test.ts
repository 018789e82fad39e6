import { BillingStore, type ClosedPeriod, type Page } from "@popug/core"
import { Memory } from "@popug/memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import { Replay } from "../../src/replay/index.ts"
import { example } from "./traces.ts"

type Store = BillingStore["Service"]

/** Ports whose books lie. */
const lying = (lie: (store: Store) => Partial<Store>) =>
  Layer.effect(
    BillingStore,
    Effect.map(BillingStore, (store) => ({ ...store, ...lie(store) }))
  ).pipe(Layer.provideMerge(Memory.layer))

const rows =
  <Row>(change: (row: Row) => ReadonlyArray<Row>) =>
  (page: Page<Row>): Page<Row> => ({ ...page, rows: page.rows.flatMap(change) })

const closed = (change: (row: ClosedPeriod) => ClosedPeriod) =>
  lying((store) => ({
    closed: (filter, paging) =>
      Effect.map(
        store.closed(filter, paging),
        rows((row: ClosedPeriod) => [change(row)])
      )
  }))

const lies = {
  "an opening that is not the closing before": [
    lying((store) => ({
      balances: (period, paging) =>
        Effect.map(
          store.balances(period, paging),
          rows((row) => [{ ...row, opening: row.opening - 1n }])
        )
    })),
    /opens at/
  ],
  "fees that nobody paid": [
    closed((row) => ({ ...row, totals: { ...row.totals, fees: row.totals.fees + 1n } })),
    /fees are/
  ],
  "somebody in the red too many": [closed((row) => ({ ...row, inTheRed: row.inTheRed + 1 })), /in the red/],
  "a seal of other books": [closed((row) => ({ ...row, seal: "0".repeat(64) })), /not what the events make of them/],
  "cash from nowhere": [
    lying((store) => ({
      sums: Effect.map(store.sums, (sums) => ({
        ...sums,
        cash: { ...sums.cash, credits: sums.cash.credits + 1n }
      }))
    })),
    /trial balance/
  ],
  "a transfer that is gone": [
    lying((store) => ({
      transfers: (filter, paging) =>
        Effect.map(
          store.transfers(filter, paging),
          rows((row) => (row.number === 3 ? [] : [row]))
        )
    })),
    /the journal has .* instead of/
  ],
  "a transfer that is there twice": [
    lying((store) => ({
      transfers: (filter, paging) =>
        Effect.map(
          store.transfers(filter, paging),
          rows((row) => (row.number === 3 ? [row, row] : [row]))
        )
    })),
    /the journal has .* (instead of|which nothing caused)/
  ]
} as const

describe("a replay that checks itself", () => {
  const trace = Stream.fromIterable(example(80, 3).lines)

  it("has nothing to say of sound books", async () => {
    const { checks, periods } = await Effect.runPromise(Replay.run(trace))
    expect(checks).toMatchObject({ days: periods, problems: [], verification: { difference: null, periods } })
    expect(checks.assigned + checks.done).toBeGreaterThan(20)
  })

  it.each(Object.entries(lies))("finds %s", async (_, [ports, problem]) => {
    const { checks } = await Effect.runPromise(Replay.run(trace, { ports }))
    expect(checks.problems).toContainEqual(expect.stringMatching(problem))
  })

  it("can leave the verification out", async () => {
    const { checks } = await Effect.runPromise(Replay.run(trace, { check: false }))
    expect(checks.verification).toBeNull()
  })
})
