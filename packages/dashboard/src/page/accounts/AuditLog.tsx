/**
 * The audit log: every entry of everybody's accounts, with its task under the title it had, and what it moved.
 */
import { useStore } from "@nanostores/react"
import { useInfiniteQuery } from "@tanstack/react-query"
import { useEffect, useMemo } from "react"
import { $address, filter } from "../address/address.ts"
import { Link } from "../address/Link.tsx"
import { useCompany } from "../data/company.ts"
import { rowsOf } from "../data/pages.ts"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { popug } from "../session/session.ts"
import { useTitle } from "../shell/title.ts"
import { Answer } from "../ui/Answer.tsx"
import { Button } from "../ui/Button.tsx"
import { Choice } from "../ui/Choice.tsx"
import { Moment } from "../ui/Day.tsx"
import { useFormats } from "../ui/formats.ts"
import { Money } from "../ui/Money.tsx"
import { type Column, Table } from "../ui/Table.tsx"
import { auditLog } from "./books.ts"
import { BookTabs } from "./BookTabs.tsx"
import { Download } from "./Download.tsx"
import { type Entry, type Kind, nameOf, ofAuditLog } from "./entries.ts"
import { EntryDialog } from "./EntryDialog.tsx"
import { EntryLink } from "./EntryLink.tsx"
import { RangeFilter } from "./RangeFilter.tsx"
import { rangeIn } from "./ranges.ts"

const kinds: ReadonlyArray<Kind> = ["fee", "award", "payout"]

export const AuditLog = () => {
  const tell = useTexts()
  const formats = useFormats()
  useTitle(tell("nav.audit"))
  const { query } = useStore($address)
  const range = rangeIn(query, useCompany().period)
  const owner = query.get("owner") ?? ""
  const kind = kinds.find((one) => one === query.get("kind")) ?? ""
  const asked = owner === "" ? range : { ...range, owner }
  const loaded = useInfiniteQuery(auditLog(asked))
  const { data, fetchNextPage, hasNextPage, isFetching } = loaded
  const entries = useMemo(() => rowsOf(data).map(ofAuditLog), [data])
  const shown = useMemo(() => (kind === "" ? entries : entries.filter((entry) => entry.kind === kind)), [entries, kind])
  const wanted = query.get("entry")
  const isMissing = wanted !== null && !entries.some(({ number }) => String(number) === wanted)
  const goOn = hasNextPage && !isFetching
  useEffect(() => {
    if (goOn && isMissing) void fetchNextPage()
  }, [goOn, fetchNextPage, isMissing])
  const columns = useMemo(() => columnsOf(tell), [tell])
  return (
    <article className="books">
      <header className="books-head">
        <h1>{tell("nav.audit")}</h1>
        <Download
          label={tell("download.csv")}
          name="audit-log.csv"
          ask={() => popug.billing.auditLogCsv({ query: asked })}
        />
      </header>
      <BookTabs />
      <div className="books-filters">
        <RangeFilter range={range} />
        <Choice
          label={tell("statement.kinds")}
          name="kind"
          value={kind}
          options={[["", tell("statement.all")], ...kinds.map((one) => [one, tell(`entries.${one}`)] as const)]}
        />
        {owner !== "" && <Only owner={entries[0]?.name ?? owner} />}
      </div>
      <Answer to={loaded} shape="rows">
        {() =>
          shown.length === 0 && !hasNextPage ? (
            <p className="table-empty soft">{tell(entries.length === 0 ? "statement.none" : "statement.noneOfKind")}</p>
          ) : (
            <Table
              label={tell("nav.audit")}
              columns={columns}
              rows={shown}
              keyOf={keyOf}
              markOf={markOf}
              more={goOn ? fetchNextPage : undefined}
              {...(range.from === range.to ? {} : { groupOf: dayOf, heading: formats.day })}
            />
          )
        }
      </Answer>
      <EntryDialog entries={entries} isLoading={isMissing && (hasNextPage || isFetching)} />
    </article>
  )
}

/** Whose entries are shown; takes that back. */
const Only = ({ owner }: { readonly owner: string }) => {
  const tell = useTexts()
  return (
    <Button onClick={() => filter({ owner: undefined, entry: undefined })}>
      <span className="unseen">{tell("audit.onlyOf")}</span>
      <bdi>{owner}</bdi>
      <span aria-hidden="true">×</span>
    </Button>
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

const keyOf = ({ number }: Entry): string => String(number)
const dayOf = ({ period }: Entry): string => period
const markOf = ({ corrects, kind }: Entry): string => (corrects === null ? kind : "correction")

const columnsOf = (tell: Tell): ReadonlyArray<Column<Entry>> => [
  { id: "number", title: tell("column.number"), width: "6rem", fold: "gone", cell: ({ number }) => number },
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
    width: "12rem",
    fold: "note",
    cell: ({ name, owner }) => owner !== null && <OfOwner owner={owner} name={name ?? owner} />
  },
  {
    id: "kind",
    title: tell("column.kind"),
    width: "13rem",
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
