/**
 * The business days: the open one with its state, and the closed ones of a month, the last one first.
 */
import { useStore } from "@nanostores/react"
import { useQuery } from "@tanstack/react-query"
import { type ReactNode, useMemo } from "react"
import { $address } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { useCompany } from "../data/company.ts"
import { preview } from "../data/today.ts"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { Day } from "../ui/Day.tsx"
import { useFormats } from "../ui/formats.ts"
import { Icon } from "../ui/Icon.tsx"
import { Money } from "../ui/Money.tsx"
import { type Column, Table } from "../ui/Table.tsx"
import { type ClosedPeriod, closedPeriods } from "./books.ts"
import { PeriodBadge } from "./PeriodBadge.tsx"
import { stateOf } from "./periodState.ts"
import { daysOfMonth, monthAfter, monthOf } from "./ranges.ts"

export const Periods = () => {
  const tell = useTexts()
  const formats = useFormats()
  const company = useCompany()
  const { path, query } = useStore($address)
  const asked = query.get("month") ?? ""
  const month = /^\d{4}-(?:0[1-9]|1[0-2])$/u.test(asked) ? asked : monthOf(company.period)
  const open = useQuery(preview)
  // Two months, so that the first days of one have more beside them.
  const before = monthAfter(month, -1)
  const closed = useQuery(closedPeriods({ from: daysOfMonth(before).from, to: daysOfMonth(month).to }))
  const columns = useMemo(() => columnsOf(tell, formats.count), [formats, tell])
  return (
    <article className="books">
      <header className="books-head">
        <h1>{tell("nav.periods")}</h1>
      </header>
      <Answer to={open} shape="card">
        {(now) =>
          now.period === null ? (
            <p className="table-empty soft">{tell("periods.before")}</p>
          ) : (
            <Link to={`/periods/${now.period}`} className="open-day">
              <span className="open-day-name">
                <Day period={now.period} />
                <PeriodBadge state={stateOf(now, company.period)} />
              </span>
              <span className="open-day-sum">
                <span className="soft small">{tell("today.earnings")}</span>
                <Money value={now.earnings} signed judged />
              </span>
            </Link>
          )
        }
      </Answer>
      <Answer to={closed} shape="rows">
        {(days) =>
          days.length === 0 ? (
            <p className="table-empty soft">{tell("periods.none")}</p>
          ) : (
            <Table
              label={tell("periods.closed")}
              columns={columns}
              rows={days}
              keyOf={keyOf}
              groupOf={groupOf}
              heading={formats.month}
            />
          )
        }
      </Answer>
      <nav className="months not-on-paper" aria-label={tell("periods.months")}>
        <Link to={path} query={{ month: monthAfter(month, -2) }} className="button" rel="prev">
          <Icon name="previous" />
          {tell("periods.earlier", { month: formats.month(monthAfter(month, -2)) })}
        </Link>
        {month < monthOf(company.period) && (
          <Link to={path} query={{ month: monthAfter(month, 2) }} className="button" rel="next">
            {formats.month(monthAfter(month, 1))}
            <Icon name="next" />
          </Link>
        )}
      </nav>
    </article>
  )
}

const keyOf = ({ period }: ClosedPeriod): string => period
const groupOf = ({ period }: ClosedPeriod): string => monthOf(period)

type Columns = ReadonlyArray<Column<ClosedPeriod>>

interface BookedProps {
  readonly on: string
  readonly kind?: "fee" | "award" | "payout"
  readonly children: ReactNode
}

/** A figure of a day, as the way to the entries that it is made of. */
const Booked = ({ children, kind, on }: BookedProps) => (
  <Link to="/audit" query={{ from: on, to: on, kind }}>
    {children}
  </Link>
)

const columnsOf = (tell: Tell, count: (value: number) => string): Columns => [
  {
    id: "day",
    title: tell("column.day"),
    width: "15rem",
    fold: "title",
    cell: ({ period }) => (
      <Link to={`/periods/${period}`} className="entry-link">
        <Day period={period} />
      </Link>
    )
  },
  ...sumsOf(tell, count),
  {
    id: "red",
    title: tell("period.inTheRed"),
    width: "8rem",
    number: true,
    fold: "pair",
    cell: ({ inTheRed, period }) => (
      <Link to={`/periods/${period}`} query={{ show: "red" }}>
        {count(inTheRed)}
      </Link>
    )
  },
  {
    id: "earnings",
    title: tell("period.earnings"),
    money: true,
    fold: "value",
    cell: ({ earnings, period }) => (
      <Booked on={period}>
        <Money value={earnings} signed judged />
      </Booked>
    )
  }
]

const sumsOf = (tell: Tell, count: (value: number) => string): Columns => [
  {
    id: "done",
    title: tell("period.done"),
    number: true,
    fold: "pair",
    cell: ({ period, totals }) => (
      <Booked on={period} kind="award">
        {count(totals.done)}
      </Booked>
    )
  },
  {
    id: "fees",
    title: tell("period.fees"),
    money: true,
    fold: "pair",
    cell: ({ period, totals }) => (
      <Booked on={period} kind="fee">
        <Money value={totals.fees} />
      </Booked>
    )
  },
  {
    id: "awards",
    title: tell("period.awards"),
    money: true,
    fold: "pair",
    cell: ({ period, totals }) => (
      <Booked on={period} kind="award">
        <Money value={totals.awards} />
      </Booked>
    )
  },
  {
    id: "payouts",
    title: tell("period.payouts"),
    money: true,
    fold: "pair",
    cell: ({ period, totals }) => (
      <Booked on={period} kind="payout">
        <Money value={totals.payouts} />
      </Booked>
    )
  }
]
