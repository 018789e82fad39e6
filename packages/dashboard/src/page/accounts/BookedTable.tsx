/**
 * What was booked, the last first: under a heading for each day where there are several, to where the list ends.
 */
import type { useNewest } from "../data/newest.ts"
import { useTexts } from "../i18n/texts.ts"
import { Answer } from "../ui/Answer.tsx"
import { useFormats } from "../ui/formats.ts"
import { type Column, Table } from "../ui/Table.tsx"
import { ListEnd } from "./ListEnd.tsx"
import type { Range } from "./ranges.ts"

interface Booked {
  readonly number: number
  readonly period: string
}

interface Props<Row> {
  readonly label: string
  readonly list: ReturnType<typeof useNewest<Row>>
  readonly columns: ReadonlyArray<Column<Row>>
  readonly range: Range
  /** What a row is, for its looks. */
  readonly markOf?: (row: Row) => string
  /** Whether some kind of entries is looked for. */
  readonly isOfKind?: boolean
}

export const BookedTable = <Row extends Booked>({ columns, isOfKind, label, list, markOf, range }: Props<Row>) => {
  const tell = useTexts()
  const formats = useFormats()
  const { answer, isFar, more, rows } = list
  return (
    <Answer to={answer} shape="rows">
      {() => (
        <>
          {rows.length > 0 && (
            <Table
              label={label}
              columns={columns}
              rows={rows}
              keyOf={keyOf}
              more={isFar ? undefined : more}
              {...(markOf === undefined ? {} : { markOf })}
              {...(range.from === range.to ? {} : { groupOf: dayOf, heading: formats.day })}
            />
          )}
          <ListEnd list={list} none={tell(isOfKind === true ? "statement.noneOfKind" : "statement.none")} />
        </>
      )}
    </Answer>
  )
}

const keyOf = ({ number }: Booked): string => String(number)
const dayOf = ({ period }: Booked): string => period
