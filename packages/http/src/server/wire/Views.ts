/**
 * The core's read models as the wire shows them: each bare amount of the books with the company's currency.
 */
import {
  Account,
  type AccountView,
  type AuditLog,
  type BalanceLine,
  type Catalog,
  type ClosedPeriodView,
  type Corrected,
  type Difference,
  type Distribution,
  Money,
  type Preview,
  type Report,
  type ShufflePreview,
  type ShuffleView,
  type Statement,
  type StatementEntry,
  type TaskPrice,
  type Transfer,
  type TrialBalance,
  type Verdict
} from "@popug/core"
import * as DateTime from "effect/DateTime"
import type * as View from "../../api/View.ts"

/** A notice as the operator sees it; what it says stays between popug and whom it is for. */
export const notice = ({
  attempts,
  dueAt,
  lastError,
  notice,
  status
}: Report.KeptNotice): typeof View.NoticeView.Type => ({
  id: notice.id,
  kind: notice._tag,
  period: notice.period,
  status,
  attempts,
  dueAt: DateTime.makeUnsafe(dueAt),
  lastError
})

/** A verification; the differences as data. */
export const verification = ({ contexts, difference, ...counts }: Verdict): typeof View.VerificationView.Type => ({
  ...counts,
  difference: differenceOf(difference),
  contexts: contexts.map(({ context, difference: own }) => ({ context, difference: differenceOf(own) }))
})

const differenceOf = (difference: Difference | null) =>
  difference === null ? null : { place: difference.place, expected: difference.expected, found: difference.found }

/** The views of a company's books and reports, whose amounts are in its currency. */
export const make = (currency: Money.Currency) => {
  const money = (amount: bigint): Money.Money => Money.make(amount, currency)

  const totals = (of: Catalog.Totals): typeof View.Totals.Type => ({
    ...of,
    fees: money(of.fees),
    awards: money(of.awards),
    payouts: money(of.payouts)
  })

  const topTask = (of: Catalog.TopTask | null): typeof View.TopTask.Type | null =>
    of === null ? null : { ...of, total: money(of.total) }

  return {
    money,
    topTask,

    account: (of: AccountView): typeof View.AccountView.Type => ({ ...of, balance: money(of.balance) }),

    transfer: (of: Transfer.Transfer): typeof View.TransferView.Type => ({ ...of, amount: money(of.amount) }),

    ...ofEntries(money),

    distribution: (of: Distribution) => distributionOf(money, of),

    period: (of: ClosedPeriodView): typeof View.PeriodView.Type => ({
      period: of.period,
      totals: totals(of.totals),
      earnings: money(of.earnings),
      inTheRed: of.inTheRed,
      topTask: topTask(of.topTask),
      previousSeal: of.previousSeal,
      seal: of.seal,
      closedAt: of.closedAt
    }),

    balance: (of: BalanceLine) => balanceOf(money, of),

    preview: (of: Preview): typeof View.PreviewView.Type => ({
      ...of,
      totals: totals(of.totals),
      earnings: money(of.earnings),
      topTask: topTask(of.topTask)
    }),

    shuffle: (of: ShuffleView): typeof View.ShuffleView.Type => ({ ...of, fees: money(of.fees) }),

    shufflePreview: (of: ShufflePreview): typeof View.ShufflePreviewView.Type => ({ ...of, fees: money(of.fees) }),

    trialBalance: (of: TrialBalance) => trialBalanceOf(money, of),

    report: (of: Report.DailyReport): typeof View.ReportView.Type => ({
      period: of.period,
      totals: totals(of.totals),
      earnings: money(of.earnings),
      inTheRed: of.inTheRed,
      topTask: topTask(of.topTask),
      seal: of.seal
    })
  }
}

type ToMoney = (amount: bigint) => Money.Money

const correctedOf = (money: ToMoney, of: Corrected | null) => (of === null ? null : { ...of, amount: money(of.amount) })

/** What is told of single tasks and of single entries. */
const ofEntries = (money: ToMoney) => ({
  statement: ({ closing, opening, totals, ...of }: Omit<Statement, "transfers">) => ({
    ...of,
    opening: money(opening),
    closing: money(closing),
    totals: { fees: money(totals.fees), awards: money(totals.awards), payouts: money(totals.payouts) }
  }),

  statementEntry: (of: StatementEntry): typeof View.StatementEntry.Type => ({
    ...of,
    amount: money(of.amount),
    balance: money(of.balance),
    corrected: correctedOf(money, of.corrected)
  }),

  auditEntry: (of: AuditLog.FullEntry): typeof View.AuditEntry.Type => ({
    ...of,
    amount: money(of.amount),
    corrected: correctedOf(money, of.corrected)
  }),

  price: ({ award, fee, task }: TaskPrice): typeof View.PriceView.Type => ({
    task,
    fee: fee === null ? null : money(fee),
    award: award === null ? null : money(award)
  })
})

const distributionOf = (
  money: ToMoney,
  { classes, highest, lowest, popugs }: Distribution
): typeof View.DistributionView.Type => ({
  popugs,
  lowest: lowest === null ? null : money(lowest),
  highest: highest === null ? null : money(highest),
  classes: classes.map(({ below, from, popugs: of }) => ({ from: money(from), below: money(below), popugs: of }))
})

const balanceOf = (money: ToMoney, of: BalanceLine): typeof View.BalanceView.Type => ({
  owner: of.owner,
  name: of.name,
  period: of.period,
  opening: money(of.opening),
  fees: money(of.fees),
  awards: money(of.awards),
  payouts: money(of.payouts),
  closing: money(of.closing)
})

const trialBalanceOf = (money: ToMoney, of: TrialBalance): typeof View.TrialBalanceView.Type => ({
  popugs: money(Account.balance(of.popugs)),
  fees: money(Account.balance(of.fees)),
  awards: money(Account.balance(of.awards)),
  cash: money(Account.balance(of.cash)),
  total: money(of.total),
  inTheRed: of.inTheRed
})
