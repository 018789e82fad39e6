/**
 * An account over some days: from what it began with, through every entry, to what it ended with.
 */
import { useStore } from "@nanostores/react"
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { useEffect, useMemo } from "react"
import { $address } from "../address/address.ts"
import { rowsOf } from "../data/pages.ts"
import { type Tell, useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { Choice } from "../ui/Choice.tsx"
import { Moment } from "../ui/Day.tsx"
import { useFormats } from "../ui/formats.ts"
import { Money } from "../ui/Money.tsx"
import { type Column, Table } from "../ui/Table.tsx"
import { boundsOf, statementOf } from "./books.ts"
import { type Booked, type Kind, nameOf, ofStatement } from "./entries.ts"
import { EntryDialog } from "./EntryDialog.tsx"
import { EntryLink } from "./EntryLink.tsx"
import { HowItCame } from "./HowItCame.tsx"
import type { Range } from "./ranges.ts"

interface Props {
  readonly owner: string
  readonly name: string
  readonly range: Range
  /** Whether the days go up to now. */
  readonly isToday: boolean
}

const kinds: ReadonlyArray<Kind> = ["fee", "award", "payout"]

/** So many entries are added up; of more the ends are told alone. */
const addedUp = 1_000

export const Statement = ({ isToday, name, owner, range }: Props) => {
  const tell = useTexts()
  const formats = useFormats()
  const { query } = useStore($address)
  const kind = kinds.find((one) => one === query.get("kind")) ?? ""
  const bounds = useQuery(boundsOf(owner, range))
  const loaded = useInfiniteQuery(statementOf(owner, range))
  const { data, fetchNextPage, hasNextPage, isFetching } = loaded
  const entries = useMemo(
    () => rowsOf(data).map((row) => ofStatement(row, `popug:${owner}`, name)),
    [data, name, owner]
  )
  const shown = useMemo(() => (kind === "" ? entries : entries.filter((entry) => entry.kind === kind)), [entries, kind])
  const isWhole = data !== undefined && !hasNextPage
  const wanted = query.get("entry")
  const isMissing = wanted !== null && !entries.some(({ number }) => String(number) === wanted)
  const goOn = hasNextPage && !isFetching
  useEffect(() => {
    if (goOn && (entries.length < addedUp || isMissing)) void fetchNextPage()
  }, [goOn, entries.length, fetchNextPage, isMissing])
  const columns = useMemo(() => columnsOf(tell), [tell])
  return (
    <>
      <Answer to={bounds} shape="card">
        {(ends) => <HowItCame bounds={ends} entries={isWhole ? entries : undefined} isToday={isToday} range={range} />}
      </Answer>
      <div className="books-filters">
        <h2>{tell("statement.title")}</h2>
        <Choice
          label={tell("statement.kinds")}
          name="kind"
          value={kind}
          options={[["", tell("statement.all")], ...kinds.map((one) => [one, tell(`entries.${one}`)] as const)]}
        />
      </div>
      <Answer to={loaded} shape="rows">
        {() =>
          isWhole && shown.length === 0 ? (
            <p className="table-empty soft">{tell(entries.length === 0 ? "statement.none" : "statement.noneOfKind")}</p>
          ) : (
            <Table
              label={tell("statement.title")}
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
    </>
  )
}

const keyOf = ({ number }: Booked): string => String(number)
const dayOf = ({ period }: Booked): string => period
const markOf = ({ corrects, kind }: Booked): string => (corrects === null ? kind : "correction")

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
    width: "13rem",
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
