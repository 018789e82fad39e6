/**
 * A closed day: what it brought, who ended it with what, and the seal that keeps it so.
 */
import { useStore } from "@nanostores/react"
import { useInfiniteQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { $address } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { accountPath } from "../address/paths.ts"
import { dayAfter } from "../data/days.ts"
import { moreOf, rowsOf } from "../data/pages.ts"
import type { Amount } from "../i18n/format.ts"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { Answer } from "../ui/Answer.tsx"
import { Choice } from "../ui/Choice.tsx"
import { Day, Moment } from "../ui/Day.tsx"
import { Face } from "../ui/Face.tsx"
import { useFormats } from "../ui/formats.ts"
import { Icon } from "../ui/Icon.tsx"
import { Money } from "../ui/Money.tsx"
import { type Column, Table } from "../ui/Table.tsx"
import { type BalanceLine, balancesOf, type ClosedPeriod as Closed } from "./books.ts"
import { DayFigures } from "./DayFigures.tsx"
import { Download } from "./Download.tsx"
import { PeriodBadge } from "./PeriodBadge.tsx"

export const ClosedPeriod = ({ period: closed }: { readonly period: Closed }) => {
  const tell = useTexts()
  const { period } = closed
  const loaded = useInfiniteQuery(balancesOf(period))
  const { data, hasNextPage } = loaded
  const only = useStore($address).query.get("show") === "red" ? "red" : ""
  const lines = useMemo(() => {
    const all = rowsOf(data)
    return only === "red" ? all.filter(({ closing }) => closing.amount < 0n) : all
  }, [data, only])
  const columns = useMemo(() => columnsOf(tell), [tell])
  return (
    <article className="books">
      <header className="books-head">
        <h1>
          <Day period={period} />
        </h1>
        <PeriodBadge state={{ at: "closed" }} />
        <Neighbours period={period} />
      </header>
      <DayFigures
        period={period}
        totals={closed.totals}
        earnings={closed.earnings}
        inTheRed={closed.inTheRed}
        redTo={`/periods/${period}`}
        topTask={closed.topTask}
      />
      <Seal period={closed} />
      <div className="books-filters">
        <h2>{tell("period.balances")}</h2>
        <Choice
          label={tell("accounts.show")}
          name="show"
          value={only}
          options={[
            ["", tell("accounts.all")],
            ["red", tell("accounts.red")]
          ]}
        />
      </div>
      <Answer to={loaded} shape="rows">
        {() =>
          lines.length === 0 && !hasNextPage ? (
            <p className="table-empty soft">{tell(only === "red" ? "accounts.noneRed" : "period.noBalances")}</p>
          ) : (
            <Table label={tell("period.balances")} columns={columns} rows={lines} keyOf={keyOf} more={moreOf(loaded)} />
          )
        }
      </Answer>
    </article>
  )
}

/** What keeps a day as it is, and its files. */
const Seal = ({ period: { closedAt, period, previousSeal, seal } }: { readonly period: Closed }) => {
  const tell = useTexts()
  return (
    <section className="seal" aria-label={tell("period.seal")}>
      <dl className="details">
        <div>
          <dt>{tell("period.closedAt")}</dt>
          <dd>
            <Moment at={closedAt} />
          </dd>
        </div>
        <div>
          <dt>{tell("period.seal")}</dt>
          <dd>
            <code>{seal}</code>
          </dd>
        </div>
        <div>
          <dt>{tell("period.previousSeal")}</dt>
          <dd>
            <code>{previousSeal}</code>
          </dd>
        </div>
      </dl>
      <div className="downloads">
        <Download
          label={tell("download.balances")}
          name={`balances-${period}.csv`}
          ask={() => popug.billing.balancesCsv({ query: { period } })}
        />
        <Download
          label={tell("download.audit")}
          name={`audit-log-${period}.csv`}
          ask={() => popug.billing.auditLogCsv({ query: { from: period, to: period } })}
        />
        <Download
          label={tell("download.journal")}
          name={`journal-${period}.hledger`}
          ask={() => popug.billing.journal({ query: { from: period, to: period } })}
        />
      </div>
    </section>
  )
}

const Neighbours = ({ period }: { readonly period: string }) => {
  const tell = useTexts()
  const formats = useFormats()
  const [before, after] = [dayAfter(period, -1), dayAfter(period, 1)]
  return (
    <nav className="neighbours not-on-paper" aria-label={tell("periods.days")}>
      <Link to={`/periods/${before}`} className="button" rel="prev" aria-label={formats.day(before)}>
        <Icon name="previous" />
      </Link>
      <Link to={`/periods/${after}`} className="button" rel="next" aria-label={formats.day(after)}>
        <Icon name="next" />
      </Link>
    </nav>
  )
}

const keyOf = ({ owner }: BalanceLine): string => owner

interface PartProps {
  readonly line: BalanceLine
  readonly kind: "fee" | "award" | "payout"
  readonly value: Amount
}

/** A part of a day's balance, as the way to the entries that it is made of. */
const Part = ({ kind, line: { owner, period }, value }: PartProps) => (
  <Link to={accountPath(owner)} query={{ from: period, to: period, kind }}>
    <Money value={value} />
  </Link>
)

const columnsOf = (tell: Tell): ReadonlyArray<Column<BalanceLine>> => [
  {
    id: "name",
    title: tell("column.name"),
    fold: "title",
    cell: ({ name, owner, period }) => (
      <Link to={accountPath(owner)} query={{ from: period, to: period }} className="person-link">
        <Face id={owner} name={name ?? owner} />
        <bdi>{name ?? owner}</bdi>
      </Link>
    )
  },
  {
    id: "opening",
    title: tell("sum.opening"),
    width: "8.5rem",
    money: true,
    fold: "pair",
    cell: ({ opening }) => <Money value={opening} />
  },
  {
    id: "fees",
    title: tell("period.fees"),
    width: "8.5rem",
    money: true,
    fold: "pair",
    cell: (line) => <Part line={line} kind="fee" value={line.fees} />
  },
  {
    id: "awards",
    title: tell("period.awards"),
    width: "8.5rem",
    money: true,
    fold: "pair",
    cell: (line) => <Part line={line} kind="award" value={line.awards} />
  },
  {
    id: "closing",
    title: tell("period.before"),
    width: "10.5rem",
    money: true,
    fold: "value",
    cell: ({ closing, payouts }) => <Money value={{ ...closing, amount: closing.amount + payouts.amount }} />
  },
  {
    id: "payouts",
    title: tell("period.payouts"),
    width: "8.5rem",
    money: true,
    fold: "pair",
    cell: (line) => <Part line={line} kind="payout" value={line.payouts} />
  }
]
