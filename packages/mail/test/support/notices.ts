/** Notices and books to write mails about. */
import {
  Account,
  BillingStore,
  type BusinessDay,
  Company,
  type Holder,
  page,
  type Paging,
  type Report,
  type Transfer,
  type UserId
} from "@popug/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export const period = "2026-11-21" as BusinessDay.Period
export const seal = "5ea1".repeat(16)

const report = (changes: Partial<Report.DailyReport> = {}): Report.DailyReport => ({
  period,
  currency: "USD" as Report.DailyReport["currency"],
  totals: {
    tasksCreated: 1_234,
    assigned: 1_300,
    done: 987,
    transfers: 0,
    fees: 1_950_010n,
    awards: 1_500_000n,
    payouts: 900_000n
  },
  earnings: 450_010n,
  inTheRed: 7,
  topTask: { id: "roof" as never, title: "Mend the roof", total: 3_900n },
  seal,
  ...changes
})

export const reportNotice = (changes: Partial<Report.DailyReport> = {}): Report.Notice => ({
  _tag: "Report",
  id: `report.${period}`,
  period,
  report: report(changes)
})

export const auditNotice = (changes: Partial<Report.DailyReport> = {}): Report.Notice => ({
  _tag: "Audit",
  id: `audit.${period}`,
  period,
  report: report(changes)
})

/** An audit notice of a day that was sealed with so many transfers. */
export const sealed = (transfers: number) => {
  const notice = { _tag: "Audit", id: `audit.${period}`, period, report: report() } as const
  return { ...notice, report: { ...notice.report, totals: { ...notice.report.totals, transfers } } }
}

export const payoutNotice = (owner: string, changes: Partial<Report.Payout> = {}): Report.Notice => ({
  _tag: "Payout",
  id: `payout.${period}.${owner}`,
  period,
  payout: {
    owner: owner as UserId,
    name: owner,
    opening: -1_000n,
    fees: 2_000n,
    awards: 6_005n,
    payout: 3_005n,
    currency: "USD" as Report.Payout["currency"],
    ...changes
  }
})

const recordedAt = DateTime.makeUnsafe("2026-11-21T10:00:00.123Z")

export const fee = (number: number, owner: string, title: string, amount = 1_000n): Transfer.Transfer => ({
  number,
  kind: "fee",
  debit: Account.popug(owner),
  credit: Account.fees,
  amount,
  period,
  cause: { _tag: "Assigned", event: number, task: `t${number}` as never, title, assignment: 1 },
  occurredAt: recordedAt,
  recordedAt
})

export const payout = (number: number, owner: string, amount: bigint): Transfer.Transfer => ({
  ...fee(number, owner, "", amount),
  kind: "payout",
  credit: Account.cash,
  cause: { _tag: "Closed", event: number }
})

/** The correction of a fee. */
export const correction = (number: number, corrected: Transfer.Transfer, reason: string): Transfer.Transfer => ({
  ...corrected,
  number,
  debit: corrected.credit,
  credit: corrected.debit,
  cause: {
    _tag: "Corrected",
    corrects: corrected.number,
    round: 1,
    undoes: false,
    reason,
    actor: "user:acc",
    task: "t1" as never,
    title: "Mend the roof"
  }
})

/** What mails are written from: a company, and books with these transfers of the period. */
export const books = (
  transfers: ReadonlyArray<Transfer.Transfer> = [],
  names: Readonly<Record<string, string>> = {},
  reads: Array<number> = []
) =>
  Layer.merge(
    Layer.succeed(BillingStore, {
      transfers: (filter: { readonly from?: string; readonly to?: string }, { after = 0, limit }: Paging<number>) =>
        Effect.sync(() => {
          if (filter.from !== period || filter.to !== period) throw new Error("asked for another period")
          reads.push(after)
          return page(transfers.filter(({ number }) => number > after).slice(0, limit + 1), limit)
        }),
      holders: (ids: ReadonlyArray<UserId>) =>
        Effect.succeed(
          ids.flatMap((id): ReadonlyArray<Holder> =>
            names[id] === undefined ? [] : [{ id, name: names[id], status: "active" }]
          )
        )
    } as never),
    Company.layer({ id: "acme", secret: "s" })
  )
