/**
 * A notice as a mail's subject, text and HTML; pure.
 */
import { Money, type Period, type Report } from "@popug/core"
import type { Figure, Page } from "./Page.ts"
import { toHtml, toText } from "./Page.ts"
import { line } from "./text.ts"

/** Who sends, and how amounts and dates are written. */
export interface Style {
  /** The company's id. */
  readonly company: string
  /** A BCP 47 tag such as `de-DE`; words stay English. */
  readonly locale: string
}

export interface Rendered {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** The period's date as people of the locale write it; a period is a date, so no time zone moves it. */
const dateOf = (period: Period, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(Date.parse(`${period}T00:00:00Z`))

/** What a day came to, for management and for accountants. */
const figuresOf = (report: Report.DailyReport, { locale }: Style): ReadonlyArray<Figure> => {
  const { currency, earnings, inTheRed, seal, topTask, totals } = report
  const money = (amount: bigint) => Money.format(Money.make(amount, currency), locale)
  const count = new Intl.NumberFormat(locale)
  return [
    { label: "Earnings", value: money(earnings), style: "strong" },
    { label: "Fees", value: money(totals.fees) },
    { label: "Awards", value: money(totals.awards) },
    { label: "Payouts", value: money(totals.payouts) },
    { label: "Tasks created", value: count.format(totals.tasksCreated) },
    { label: "Tasks assigned", value: count.format(totals.assigned) },
    { label: "Tasks done", value: count.format(totals.done) },
    { label: "Popugs in the red", value: count.format(inTheRed) },
    { label: "Top task", value: topTask === null ? "none" : `${topTask.title} (${money(topTask.total)})` },
    { label: "Transfers", value: count.format(totals.transfers) },
    { label: "Seal", value: seal, style: "code" }
  ]
}

const daily = ({ period, report }: Extract<Report.Notice, { _tag: "Report" }>, style: Style) => ({
  title: `Daily report of ${dateOf(period, style.locale)}`,
  more: `earnings ${Money.format(Money.make(report.earnings, report.currency), style.locale)}`,
  lead: ["The day is closed. Earnings are fees less awards."],
  figures: figuresOf(report, style),
  notes: []
})

const audit = ({ period, report }: Extract<Report.Notice, { _tag: "Audit" }>, style: Style) => ({
  title: `Audit log of ${dateOf(period, style.locale)}`,
  more: "sealed",
  lead: ["The books of the day are sealed. Every transfer is in the attached log."],
  figures: figuresOf(report, style),
  notes: [
    "In the log, what is credited to a popug is above zero and what is charged is below. " +
      "An apostrophe before =, +, - or @ at the start of a text keeps spreadsheets from taking it for a formula."
  ]
})

const payout = ({ payout, period }: Extract<Report.Notice, { _tag: "Payout" }>, { locale }: Style) => {
  const money = (amount: bigint) => Money.format(Money.make(amount, payout.currency), locale)
  // A payout that was corrected that day is paid out again.
  const corrected = payout.payout - (payout.opening - payout.fees + payout.awards)
  const figures: ReadonlyArray<Figure> = [
    { label: "Opening balance", value: money(payout.opening) },
    { label: "Fees", value: money(-payout.fees) },
    { label: "Awards", value: money(payout.awards) },
    ...(corrected === 0n ? [] : [{ label: "Corrected payouts", value: money(corrected) }]),
    { label: "Payout", value: money(payout.payout), style: "strong" }
  ]
  return {
    title: `Your payout for ${dateOf(period, locale)}`,
    more: money(payout.payout),
    lead: [`Hello ${line(payout.name ?? payout.owner)},`, "this is how your day came to what you are paid."],
    figures,
    notes: []
  }
}

const contentOf = (notice: Report.Notice, style: Style) => {
  switch (notice._tag) {
    case "Report":
      return daily(notice, style)
    case "Audit":
      return audit(notice, style)
    case "Payout":
      return payout(notice, style)
  }
}

/**
 * A notice as a mail says it. What people typed is escaped in HTML, and no line break of theirs gets into the subject.
 * The audit log itself is attached by the layers, which read it from the books.
 */
export const render = (notice: Report.Notice, style: Style): Rendered => {
  const { more, ...content } = contentOf(notice, style)
  const page: Page = { ...content, footer: `${style.company} · ${notice.period}` }
  return { subject: line(`${content.title}: ${more}`), text: toText(page), html: toHtml(page) }
}
