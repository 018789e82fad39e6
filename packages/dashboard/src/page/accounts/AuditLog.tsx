/**
 * The audit log: every entry of everybody's accounts, with its task under the title it had, and what it moved.
 */
import { useStore } from "@nanostores/react"
import { useMemo } from "react"
import { $address } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { useCompany } from "../data/company.ts"
import { useNewest } from "../data/newest.ts"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { Moment } from "../ui/Day.tsx"
import { Money } from "../ui/Money.tsx"
import type { Column } from "../ui/Table.tsx"
import { BookedTable } from "./BookedTable.tsx"
import { auditLog } from "./books.ts"
import { BookTabs } from "./BookTabs.tsx"
import { Download } from "./Download.tsx"
import { type Entry, markOf, nameOf, soughtIn } from "./entries.ts"
import { EntryDialog } from "./EntryDialog.tsx"
import { EntryLink } from "./EntryLink.tsx"
import { KindChoice } from "./KindChoice.tsx"
import { OwnerFilter } from "./OwnerFilter.tsx"
import { RangeFilter } from "./RangeFilter.tsx"
import { rangeIn } from "./ranges.ts"
import { TaskFilter } from "./TaskFilter.tsx"
import { useWanted } from "./useWanted.ts"

export const AuditLog = () => {
  const tell = useTexts()
  const { query } = useStore($address)
  const range = rangeIn(query, useCompany().period)
  const [owner, task, kind] = [query.get("owner") ?? "", query.get("task") ?? "", soughtIn(query)]
  const list = useNewest(auditLog({ ...range, owner, task, kind }))
  const { rows } = list
  const isLoading = useWanted(list)
  const columns = useMemo(() => columnsOf(tell), [tell])
  return (
    <article className="books">
      <header className="books-head">
        <h1>{tell("nav.audit")}</h1>
        <Download
          label={tell("download.csv")}
          name="audit-log.csv"
          ask={() => popug.billing.auditLogCsv({ query: owner === "" ? range : { ...range, owner } })}
        />
      </header>
      <BookTabs />
      <div className="books-filters">
        <RangeFilter range={range} />
        <KindChoice kind={kind} />
        <OwnerFilter owner={owner} />
        <TaskFilter task={task} entries={rows} />
      </div>
      <BookedTable
        label={tell("nav.audit")}
        list={list}
        columns={columns}
        range={range}
        markOf={markOf}
        isOfKind={kind !== ""}
      />
      <EntryDialog entries={rows} isLoading={isLoading} />
    </article>
  )
}

/** Somebody, as a way to see their entries alone. */
const OfOwner = ({ name, owner }: { readonly owner: string; readonly name: string }) => {
  const { path, query } = useStore($address)
  return (
    <Link to={path} query={{ ...Object.fromEntries(query), owner }} className="figure">
      <bdi>{name}</bdi>
    </Link>
  )
}

const columnsOf = (tell: Tell): ReadonlyArray<Column<Entry>> => [
  { id: "number", title: tell("column.number"), width: "5rem", fold: "gone", cell: ({ number }) => number },
  {
    id: "at",
    title: tell("column.time"),
    width: "6.5rem",
    fold: "gone",
    cell: ({ at }) => <Moment at={at} within="day" />
  },
  { id: "what", title: tell("column.task"), fold: "title", cell: (entry) => <EntryLink entry={entry} /> },
  {
    id: "who",
    title: tell("column.name"),
    width: "10.5rem",
    fold: "note",
    cell: ({ name, owner }) => owner !== null && <OfOwner owner={owner} name={name ?? owner} />
  },
  {
    id: "kind",
    title: tell("column.kind"),
    width: "16rem",
    fold: "side",
    cell: (entry) => (
      <>
        {tell(nameOf(entry), { number: entry.corrects ?? 0 })}
        {entry.reason !== null && <bdi className="soft small"> · {entry.reason}</bdi>}
      </>
    )
  },
  {
    id: "amount",
    title: tell("column.amount"),
    width: "9.5rem",
    money: true,
    fold: "value",
    cell: ({ amount }) => <Money value={amount} signed />
  }
]
