/**
 * An account over some days: from what it began with, through every entry, to what it ended with.
 */
import { useStore } from "@nanostores/react"
import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { $address } from "../address/address.ts"
import { useNewest } from "../data/newest.ts"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { Moment } from "../ui/Day.tsx"
import { Money } from "../ui/Money.tsx"
import type { Column } from "../ui/Table.tsx"
import { BookedTable } from "./BookedTable.tsx"
import { boundsOf, statementOf } from "./books.ts"
import { type Booked, markOf, nameOf, soughtIn } from "./entries.ts"
import { EntryDialog } from "./EntryDialog.tsx"
import { EntryLink } from "./EntryLink.tsx"
import { HowItCame } from "./HowItCame.tsx"
import { KindChoice } from "./KindChoice.tsx"
import type { Range } from "./ranges.ts"
import { useWanted } from "./useWanted.ts"

interface Props {
  readonly owner: string
  readonly name: string
  readonly range: Range
  /** Whether the days go up to now. */
  readonly isToday: boolean
}

export const Statement = ({ isToday, name, owner, range }: Props) => {
  const tell = useTexts()
  const { query } = useStore($address)
  const kind = soughtIn(query)
  const bounds = useQuery(boundsOf(owner, range))
  const list = useNewest(statementOf(owner, range, kind))
  const { rows } = list
  const isLoading = useWanted(list)
  const columns = useMemo(() => columnsOf(tell), [tell])
  return (
    <>
      <Answer to={bounds} shape="card">
        {(ends) => <HowItCame bounds={ends} isToday={isToday} range={range} />}
      </Answer>
      <div className="books-filters">
        <h2>{tell("statement.title")}</h2>
        <KindChoice kind={kind} />
      </div>
      <BookedTable
        label={tell("statement.title")}
        list={list}
        columns={columns}
        range={range}
        markOf={markOf}
        isOfKind={kind !== ""}
      />
      <EntryDialog entries={rows} name={name} isLoading={isLoading} />
    </>
  )
}

const columnsOf = (tell: Tell): ReadonlyArray<Column<Booked>> => [
  {
    id: "at",
    title: tell("column.time"),
    width: "7.5rem",
    fold: "gone",
    cell: ({ at }) => <Moment at={at} within="day" />
  },
  {
    id: "what",
    title: tell("column.task"),
    fold: "title",
    cell: (entry) => <EntryLink entry={entry} />
  },
  {
    id: "kind",
    title: tell("column.kind"),
    width: "16rem",
    fold: "note",
    cell: (entry) => tell(nameOf(entry), { number: entry.corrects ?? 0 })
  },
  {
    id: "amount",
    title: tell("column.amount"),
    width: "9rem",
    money: true,
    fold: "value",
    cell: ({ amount }) => <Money value={amount} signed />
  },
  {
    id: "balance",
    title: tell("column.balance"),
    width: "9.5rem",
    money: true,
    fold: "side",
    cell: ({ balance }) => <Money value={balance} />
  }
]
