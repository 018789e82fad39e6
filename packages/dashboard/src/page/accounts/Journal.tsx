/**
 * The journal: every transfer from one account to another, in the order in which it was booked.
 */
import { useStore } from "@nanostores/react"
import { useMemo } from "react"
import { $address, filter } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { accountPath } from "../address/paths.ts"
import { useCompany } from "../data/company.ts"
import { useNewest } from "../data/newest.ts"
import { useName } from "../data/people.ts"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { Button } from "../ui/Button.tsx"
import { Moment } from "../ui/Day.tsx"
import { Money } from "../ui/Money.tsx"
import type { Column } from "../ui/Table.tsx"
import { useTitle } from "../ui/title.ts"
import { BookedTable } from "./BookedTable.tsx"
import { journal } from "./books.ts"
import { BookTabs } from "./BookTabs.tsx"
import { Download } from "./Download.tsx"
import { ownerOf, type Transfer } from "./entries.ts"
import { RangeFilter } from "./RangeFilter.tsx"
import { rangeIn } from "./ranges.ts"

export const Journal = () => {
  const tell = useTexts()
  useTitle(tell("audit.journal"))
  const { query } = useStore($address)
  const range = rangeIn(query, useCompany().period)
  const account = query.get("account") ?? ""
  const list = useNewest(journal(account === "" ? range : { ...range, account }))
  const columns = useMemo(() => columnsOf(tell), [tell])
  return (
    <article className="books">
      <header className="books-head">
        <h1>{tell("audit.journal")}</h1>
        <Download
          label={tell("download.hledger")}
          name="journal.hledger"
          ask={() => popug.billing.journal({ query: range })}
        />
      </header>
      <BookTabs />
      <div className="books-filters">
        <RangeFilter range={range} />
        {account !== "" && (
          <Button onClick={() => filter({ account: undefined })}>
            <span className="unseen">{tell("audit.onlyOf")}</span>
            {account}
            <span aria-hidden="true">×</span>
          </Button>
        )}
      </div>
      <BookedTable label={tell("audit.journal")} list={list} columns={columns} range={range} />
    </article>
  )
}

/** A transfer opens as the entry that it is of the popug's account. */
const entryOf = ({ credit, debit, number, period }: Transfer) => ({
  owner: ownerOf(credit) ?? ownerOf(debit) ?? undefined,
  from: period,
  to: period,
  entry: String(number)
})

const AccountName = ({ account }: { readonly account: string }) => {
  const tell = useTexts()
  const owner = ownerOf(account)
  const name = useName(owner ?? "")
  if (owner !== null)
    return (
      <Link to={accountPath(owner)} className="figure">
        <bdi>{name}</bdi>
      </Link>
    )
  const known = account === "company:fees" || account === "company:awards" || account === "company:cash"
  return known ? tell(`journal.${account}`) : account
}

const columnsOf = (tell: Tell): ReadonlyArray<Column<Transfer>> => [
  {
    id: "number",
    title: tell("column.number"),
    width: "6.5rem",
    fold: "title",
    cell: (transfer) => (
      <Link to="/audit" query={entryOf(transfer)} className="figure">
        {transfer.number}
      </Link>
    )
  },
  {
    id: "at",
    title: tell("column.time"),
    width: "6.5rem",
    fold: "side",
    cell: ({ recordedAt }) => <Moment at={recordedAt} within="day" />
  },
  {
    id: "debit",
    title: tell("column.debit"),
    width: "13rem",
    fold: "pair",
    cell: ({ debit }) => <AccountName account={debit} />
  },
  {
    id: "credit",
    title: tell("column.credit"),
    width: "13rem",
    fold: "pair",
    cell: ({ credit }) => <AccountName account={credit} />
  },
  {
    id: "cause",
    title: tell("column.task"),
    fold: "note",
    cell: ({ cause }) => <bdi>{cause._tag === "Closed" ? "" : (cause.title ?? "")}</bdi>
  },
  {
    id: "amount",
    title: tell("column.amount"),
    width: "9.5rem",
    money: true,
    fold: "value",
    cell: ({ amount }) => <Money value={amount} />
  }
]
